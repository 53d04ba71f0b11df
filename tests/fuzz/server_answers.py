"""Answers of a server of Label Studio, over a socket, as ``studio pull`` and ``status`` read them.

An input is one answer: a line of JSON about it, and its body. All other answers are right.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dateline.label_studio.config.labelling_config import labelling_config
from dateline.label_studio.convert.to_result import to_result

from ..label_studio.foreign import annotation
from ..label_studio.stand_in import TITLE, Answer, Route, answers, json_answer, stand_in
from ..small_corpus import TEXT, small_corpus
from . import oracle
from .kind import Kind
from .mutation import changed_json

STATUSES = (200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 503)
TYPES = ("application/json", "text/html", "application/json; charset=utf-16", "", "x", "image/png")
ENCODINGS = ("identity", "gzip", "br", "nothing")


class ServerKind(Kind):
    """The kind of answers; ``serve`` starts the server, which runs until the process ends."""

    usual: dict[Route, Any]
    changed: tuple[Route, Answer] | None = None

    def serve(self) -> str:
        """The URL of the server."""
        stack = contextlib.ExitStack()
        atexit.register(stack.close)
        return stack.enter_context(stand_in(self.answer))

    def answer(self, route: Route) -> Answer:
        if self.changed is not None and self.changed[0] == route:
            return self.changed[1]
        return json_answer(self.usual[route])

    def problems(self, content: bytes) -> Iterator[str]:
        line, _, body = content.partition(b"\n")
        about = json.loads(line)
        self.changed = (
            about["route"],
            Answer(body, about["status"], about["headers"], about["length"]),
        )
        yield from super().problems(content)


def server_answers(root: Path) -> Kind:
    files = small_corpus(root, "ana")
    corpus = files.corpus
    rows: Any = to_result(corpus.read_annotation("ana", "summit"), corpus.ontology)
    task = {
        "id": 5, "data": {"doc_id": "summit", "text": TEXT}, "drafts": [],
        "annotations": [annotation(msgspec.to_builtins(rows))],
    }  # fmt: skip
    usual = answers(labelling_config(corpus.ontology), task)
    made = root / "annotations" / "bo" / "summit.json"
    kept = made.parent / "label-studio" / "summit.json"

    def check(content: bytes, code: int) -> str | None:
        line, _, body = content.partition(b"\n")
        about = json.loads(line)
        if code == 0 and about["route"] != "export" and about["status"] == 200:
            try:
                oracle.strict_json(body)
            except (ValueError, RecursionError) as error:
                return f"{about['route']}: {error}"[:80]
        if made.exists():
            # What annotators left out is pulled, and reported.
            return oracle.quote_problem(oracle.strict_json(made.read_bytes()), TEXT)
        return None

    kind = ServerKind(
        root, root / "answer", [_content(route, usual[route]) for route in usual if route != "other"],
        _changed, [], check, [made, kept, *(root / ".dateline").glob("pull-*")],
    )  # fmt: skip
    kind.usual = usual
    options = ["--url", kind.serve(), "--token", "0" * 40, "--project", TITLE, "--backoff", "0"]
    kind.commands = [
        ["studio", "pull", *options, "--users", "7=bo", "--full"],
        ["studio", "status", *options],
        ["studio", "pull", *options, "--users", "7=bo", "--dry-run"],
    ]
    return kind


def _content(route: Route, value: object) -> bytes:
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    about = {"route": route, "status": 200, "headers": headers, "length": None}
    return json.dumps(about).encode() + b"\n" + body


def _changed(content: bytes, chance: random.Random) -> bytes:
    """The answer with another body, status, type or encoding, or cut off."""
    line, _, body = content.partition(b"\n")
    about = json.loads(line)
    match chance.choice(("body", "body", "body", "status", "type", "encoding", "cut", "deep")):
        case "body":
            body = changed_json(body, chance)
        case "status":
            about["status"] = chance.choice(STATUSES)
            body = changed_json(body, chance)
        case "type":
            about["headers"]["Content-Type"] = chance.choice(TYPES)
            body = changed_json(body, chance)
        case "encoding":
            about["headers"]["Content-Encoding"] = chance.choice(ENCODINGS)
        case "cut":
            about["length"] = len(body)
            body = body[: chance.randrange(len(body))]
        case "deep":
            depth = chance.choice((50, 200, 5000, 200_000))
            body = b'{"a":' * depth + b"1" + b"}" * depth
    return json.dumps(about).encode() + b"\n" + body
