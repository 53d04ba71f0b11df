"""Two annotators who disagree once in each kind of field, on the small corpus."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import Corpus
from dateline.model import Annotation
from tests.conftest import Run
from tests.small_corpus import Files, annotation, claim, event, mention, small_corpus, span


def two(files: Files) -> tuple[dict[str, Any], dict[str, Any]]:
    """The small corpus's annotation, and another that disagrees with it in most fields."""
    ana = annotation(files.document["text_sha256"]) | {"annotator": "ana", "retired": []}
    bo = copy.deepcopy(ana) | {"annotator": "bo"}
    bo["mentions"][2] |= {"type": "LOCATION"}  # Oslo, and its entity
    bo["entities"][2] |= {"type": "LOCATION", "name": "the city of Oslo"}
    bo["mentions"][3] |= {"spans": [span("on Monday")]}
    bo["mentions"][4] |= {"attributes": {"level": "nominal"}, "entity": "n2"}  # She
    bo["mentions"].append(mention("m8", "talks", "NAMED_EVENT", "n6", level="nominal"))
    bo["entities"].append({"id": "n6", "type": "NAMED_EVENT", "name": "talks"})
    bo["entities"][1]["links"] = [{"kb": "wikidata", "id": "Q5159"}]
    bo["events"][0]["arguments"] = [
        {"role": "party", "mention": "m1"},
        {"role": "party", "mention": "m7"},
        {"role": "place", "mention": "m3"},
        {"role": "time", "mention": "m4"},
    ]
    bo["events"][1] |= {"type": "CONFIRM", "arguments": [{"role": "content", "event": "e1"}]}
    bo["events"][2]["attributes"] |= {"tense": "present"}
    bo["events"].append(event("e4", "go on", "MEET", []))
    bo["event_relations"] = [{"type": "BEFORE", "source": "e1", "target": "e3"}]
    bo["claims"][0] |= {"claimer": "m1", "cue": None, "events": []}
    bo["claims"][1] |= {"act": "CONFIRM"}
    bo["claims"].append(claim("c4", "signed a treaty", "AUTHOR", None, ["e2"]))
    bo["claim_relations"] = []
    return ana, bo


def write(corpus: Corpus, *annotations: dict[str, Any]) -> list[Annotation]:
    converted = [msgspec.convert(items, Annotation) for items in annotations]
    for one in converted:
        corpus.write_annotation(one)
    return converted


def gold(corpus: Corpus) -> bytes:
    return corpus.annotation_path("gold", "summit").read_bytes()


def log(corpus: Corpus) -> list[dict]:
    """The decisions that were logged; what was written by them aside."""
    path = corpus.annotations / "gold" / "summit.log.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [record for record in map(json.loads, lines) if "case" in record]


def cases(run: Run, corpus: Corpus, *options: str) -> list[dict]:
    result = run(corpus, "adjudicate", "ana", "bo", "--list", "--format", "json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def decided(path: Path, decisions: list[dict]) -> str:
    path.write_text("".join(f"{json.dumps(decision)}\n" for decision in decisions))
    return str(path)


def disagreeing(root: Path) -> Corpus:
    """A corpus with two annotators who disagree, and no gold."""
    files = small_corpus(root)
    corpus = files.corpus
    corpus.annotation_path("gold", "summit").unlink()
    write(corpus, *two(files))
    return corpus


def with_decisions(root: Path, run: Run) -> Corpus:
    """Two annotators who disagree, and a file ``decisions.jsonl`` that decides all their cases."""
    corpus, decisions = disagreeing(root), []
    when = {"curator": "cy", "role": "human", "when": "2025-01-01T00:00:00Z"}
    while found := cases(run, corpus):
        decisions += [
            {"document": c["document"], "case": c["case"], "choice": ["bo"], **when} for c in found
        ]
        run(corpus, *deciding(decided(root / "decisions.jsonl", decisions)))
    shutil.rmtree(corpus.annotations / "gold")
    return corpus


def deciding(path: str) -> tuple[str, ...]:
    """The command that applies the decisions of a file."""
    return ("adjudicate", "ana", "bo", "--curator", "cy", "--kind", "human", "--decisions", path)
