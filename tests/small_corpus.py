"""A small valid corpus, whose files tests invalidate in one place at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from dateline.cli.main import main
from dateline.corpus.store import Corpus
from dateline.ingest.ingest import ingest
from dateline.validation.engine import check_corpus
from dateline.validation.incidents import Incident

from .corpora import new_corpus

TEXT = (
    "Ana Ruiz met Bo Lind in Oslo on Monday.\n"
    "She said that the talks would go on, and that they had signed a treaty.\n"
    "“We will not attack,” Mr Lind added."
)


def span(quote: str, occurrence: int = 1) -> dict[str, Any]:
    start = -1
    for _ in range(occurrence):
        start = TEXT.index(quote, start + 1)
    return {"start": start, "end": start + len(quote), "text": quote}


def mention(id: str, quote: str, type: str, entity: str | None, level: str = "name", n: int = 1):
    return {
        "id": id,
        "spans": [span(quote, n)],
        "type": type,
        "attributes": {"level": level},
        "entity": entity,
    }


def event(id: str, quote: str, type: str, arguments: list[dict[str, str]], **attributes: str):
    defaults = {
        "polarity": "positive",
        "tense": "past",
        "modality": "asserted",
        "genericity": "specific",
    }
    return {
        "id": id,
        "trigger": [span(quote)],
        "type": type,
        "arguments": arguments,
        "attributes": defaults | attributes,
        "cluster": None,
    }


def claim(id: str, quote: str, claimer: str, cue: str | None, events: list[str]):
    return {
        "id": id,
        "spans": [span(quote)],
        "act": "ASSERT",
        "claimer": claimer,
        "cue": [span(cue)] if cue else None,
        "events": events,
        "attributes": {
            "quotation": "indirect",
            "polarity": "positive",
            "certainty": "certain",
            "check_worthy": "yes",
        },
    }


def annotation(text_sha256: str) -> dict[str, Any]:
    return {
        "schema_version": "2.0",
        "document": "summit",
        "text_sha256": text_sha256,
        "annotator": "gold",
        "layers": ["entities", "events", "claims"],
        "status": "submitted",
        "provenance": {
            "kind": "human",
            "tool": None,
            "created": None,
            "updated": None,
            "label_studio": None,
            "note": None,
        },
        "mentions": [
            mention("m1", "Ana Ruiz", "PERSON", "n1"),
            mention("m2", "Bo Lind", "PERSON", "n2"),
            mention("m3", "Oslo", "GPE", "n3"),
            mention("m4", "Monday", "DATE", "n4"),
            mention("m5", "She", "PERSON", "n1", level="pronoun"),
            mention("m6", "treaty", "AGREEMENT", "n5", level="nominal"),
            mention("m7", "Lind", "PERSON", "n2", n=2),
        ],
        "entities": [
            {"id": "n1", "type": "PERSON", "name": "Ana Ruiz"},
            {"id": "n2", "type": "PERSON", "name": "Bo Lind"},
            {"id": "n3", "type": "GPE", "name": "Oslo"},
            {"id": "n4", "type": "DATE", "name": "Monday"},
            {"id": "n5", "type": "AGREEMENT", "name": "treaty"},
        ],
        "events": [
            event(
                "e1",
                "met",
                "MEET",
                [
                    {"role": "party", "mention": "m1"},
                    {"role": "party", "mention": "m2"},
                    {"role": "place", "mention": "m3"},
                    {"role": "time", "mention": "m4"},
                ],
            ),
            event("e2", "signed", "AGREE", [{"role": "agreement", "mention": "m6"}]),
            event("e3", "attack", "ATTACK", [], polarity="negative", tense="future"),
        ],
        "event_relations": [{"type": "BEFORE", "source": "e2", "target": "e3"}],
        "claims": [
            claim("c1", "the talks would go on", "m5", "said", ["e1"]),
            claim("c2", "they had signed a treaty", "m5", "said", ["e2"]),
            claim("c3", "We will not attack", "m7", "added", ["e3"]),
        ],
        "claim_relations": [{"type": "SUPPORTS", "source": "c2", "target": "c3"}],
        "retired": ["m99"],
    }


class Files:
    """The corpus's files as plain JSON values, written back before a check."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.root = corpus.root
        self.document: dict[str, Any] = json.loads(corpus.document_path("summit").read_bytes())
        self.gold = annotation(self.document["text_sha256"])
        self.waivers: str | None = None

    def check(self) -> list[Incident]:
        self._write(self.corpus.document_path("summit"), self.document)
        self._write(self.corpus.annotation_path("gold", "summit"), self.gold)
        if self.waivers is not None:
            (self.corpus.annotations / "waivers.toml").write_text(self.waivers, encoding="utf-8")
        return [i for checked in check_corpus(self.corpus) for i in checked.incidents]

    def _write(self, path: Path, value: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")


def small_corpus(root: Path, *annotators: str) -> Files:
    """The small corpus, with the gold as the annotation of more annotators."""
    corpus = new_corpus(root)
    (root / "seeds" / "summit.txt").write_text(TEXT, encoding="utf-8", newline="")
    list(ingest(corpus, [root / "seeds" / "summit.txt"]))
    files = Files(corpus)
    files.check()
    gold = corpus.read_annotation("gold", "summit")
    for name in annotators:
        corpus.write_annotation(msgspec.structs.replace(gold, annotator=name))
        added = ["--root", str(root), "annotators", "add", name, "--kind", "human"]
        assert CliRunner().invoke(main, added).exit_code == 0
    return files
