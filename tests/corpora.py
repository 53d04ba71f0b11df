"""Small corpora of news about conflicts: documents in several splits, some with gold.

Their schemas are a copy that changes only with the format, so that tests may name its labels.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.segmentation.alphabetic import segment
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus, file_name, schema_json
from dateline.files.writing import sha256
from dateline.model import ITEM_FIELDS, SCHEMA_VERSION, SPAN_LAYERS, Annotation, Document
from dateline.ontology.derived_schemas import derived_schemas
from dateline.ontology.schemas import split_shares
from dateline.text import sha256_of_text

SCHEMA = Path(__file__).parent / "schema"
NEWS = Corpus(SCHEMA.parent)
"""The schemas of the small corpora; read them only."""

TEXT = (
    "Kim Jong Un met Putin in Kursk, the Russian city 🏙️ on Monday.\n"
    "“We will,” the North Korean leader said, “fight on.” Many soldiers died."
)


def quote(text: str, *fragments: str) -> list[dict[str, Any]]:
    """Spans of the first occurrence of each fragment, in a row."""
    spans, position = [], 0
    for fragment in fragments:
        start = text.index(fragment, position)
        position = start + len(fragment)
        spans.append({"start": start, "end": position, "text": fragment})
    return spans


def event_attributes(**changed: str) -> dict[str, str]:
    return {
        "polarity": "positive",
        "tense": "past",
        "modality": "asserted",
        "genericity": "specific",
        **changed,
    }


def gold_of(text: str) -> dict[str, Any]:
    """Items of a gold annotation of TEXT: nested, discontinuous, and after an astral character."""

    def mention(id_: str, type_: str, entity: str | None, *fragments: str, level: str = "name"):
        return {
            "id": id_,
            "spans": quote(text, *fragments),
            "type": type_,
            "attributes": {"level": level},
            "entity": entity,
        }

    return {
        "mentions": [
            mention("m1", "PERSON", "e1", "Kim Jong Un"),
            mention("m2", "PERSON", "e2", "Putin"),
            mention("m3", "GPE", "e3", "Kursk"),
            mention("m4", "GPE", "e3", "the Russian city", level="nominal"),
            mention("m5", "GPE", "e4", "Russian"),
            mention("m6", "DATE", None, "Monday"),
            mention("m7", "PERSON", "e1", "the North Korean leader", level="nominal"),
            mention("m8", "GPE", "e5", "North", "Korean"),
            mention("m9", "GROUP", None, "Many soldiers", level="nominal"),
        ],
        "entities": [
            {"id": "e1", "type": "PERSON", "name": "Kim Jong Un"},
            {"id": "e2", "type": "PERSON", "name": "Putin"},
            {
                "id": "e3",
                "type": "GPE",
                "name": "Kursk",
                "links": [{"kb": "wikidata", "id": "Q5159"}],
            },
            {"id": "e4", "type": "GPE", "name": "Russia"},
            {"id": "e5", "type": "GPE", "name": "North Korea"},
        ],
        "events": [
            {
                "id": "v1",
                "trigger": quote(text, "met"),
                "type": "MEET",
                "arguments": [
                    {"role": "party", "mention": "m1"},
                    {"role": "party", "mention": "m7"},
                    {"role": "place", "mention": "m3"},
                ],
                "attributes": event_attributes(),
                "cluster": None,
            },
            {
                "id": "v2",
                "trigger": quote(text, "fight"),
                "type": "FIGHT",
                "arguments": [],
                "attributes": event_attributes(tense="future", modality="intended"),
                "cluster": "k1",
            },
            {
                "id": "v3",
                "trigger": quote(text, "died"),
                "type": "DIE",
                "arguments": [{"role": "victim", "mention": "m9"}],
                "attributes": event_attributes(),
                "cluster": None,
            },
        ],
        "event_relations": [{"type": "BEFORE", "source": "v1", "target": "v2"}],
        "claims": [
            {
                "id": "c1",
                "spans": quote(text, "We will", "fight on"),
                "act": "PROMISE",
                "claimer": "m7",
                "cue": quote(text, "said"),
                "events": ["v2"],
                "attributes": {
                    "quotation": "direct",
                    "polarity": "positive",
                    "certainty": "certain",
                    "check_worthy": "no",
                    "topic": "military",
                },
            },
            {
                "id": "c2",
                "spans": quote(text, "Many soldiers died"),
                "act": "ASSERT",
                "claimer": "AUTHOR",
                "cue": None,
                "events": ["v3"],
                "attributes": {
                    "quotation": "none",
                    "polarity": "positive",
                    "certainty": "certain",
                    "check_worthy": "yes",
                },
            },
        ],
        "claim_relations": [],
    }


EMPTY: Mapping[str, Any] = {name: [] for name in ITEM_FIELDS}


def new_corpus(root: Path) -> Corpus:
    """A corpus with the schemas of the tests and nothing else."""
    shutil.copytree(SCHEMA, root / "schema")
    for part in ("seeds", "corpus", "annotations"):
        (root / part).mkdir()
    return Corpus(root)


def write_ontology(corpus: Corpus, ontology: dict[str, Any]) -> None:
    """Give a corpus another ontology, and the schemas that are derived from it."""
    for name, schema in {"ontology": ontology, **derived_schemas(ontology)}.items():
        path = corpus.root / "schema" / file_name(name)
        path.write_bytes(schema_json(schema))


def make_document(name: str, text: str, split: str, **fields: Any) -> Document:
    sentences, tokens = segment(text)
    content = {
        "schema_version": SCHEMA_VERSION,
        "id": name,
        "text": text,
        "text_sha256": sha256_of_text(text),
        "language": "en",
        "title": None,
        "source": {"publisher": None, "url": None, "published": "2024-11-03"},
        "rights": {"license": "CC0-1.0", "holder": None, "redistribute_text": True},
        "split": split,
        "seed": {"file": f"{name}.txt", "sha256": sha256(text.encode()), "dropped": []},
        "segmentation": {"name": "syntok"},
        "sentences": sentences,
        "tokens": tokens,
        **fields,
    }
    return msgspec.convert(content, Document)


def make_annotation(
    document: Document,
    items: Mapping[str, Any],
    annotator: str = "gold",
    layers: Iterable[str] = SPAN_LAYERS,
    kind: str = "human",
) -> Annotation:
    content = {
        "schema_version": SCHEMA_VERSION,
        "document": document.id,
        "text_sha256": document.text_sha256,
        "annotator": annotator,
        "layers": list(layers),
        "status": "adjudicated" if annotator == "gold" else "submitted",
        "provenance": {
            "kind": kind,
            "tool": None if kind == "human" else "robot 1",
            "created": None,
            "updated": None,
            "label_studio": None,
            "note": None,
        },
        **EMPTY,
        **items,
        "retired": [],
    }
    return msgspec.convert(content, Annotation)


class CorpusMaker:
    """Makes corpora below a folder, and adds documents to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def empty(self, name: str = "corpus") -> Corpus:
        """A corpus with schemas and nothing else."""
        return new_corpus(self.folder / name)

    def add(self, corpus: Corpus, document: Document, *annotations: Annotation) -> None:
        """Put a document with its seed and annotations into a corpus."""
        corpus.write_document(document)
        (corpus.seeds / document.seed.file).write_bytes(document.text.encode())
        for annotation in annotations:
            corpus.write_annotation(annotation)

    def add_in_split(self, corpus: Corpus, split: str, text: str = TEXT, **fields: Any) -> Document:
        """Put a new document without annotation into a split, under an id that belongs there."""
        shares = split_shares(corpus.schemas)
        taken = set(corpus.document_ids())
        name = next(
            name
            for name in (f"doc{number:04}" for number in range(10_000))
            if name not in taken and assign_split(name, shares) == split
        )
        # No two documents of a corpus have the same text.
        document = make_document(name, text.replace("Monday", f"Monday {name}"), split, **fields)
        self.add(corpus, document)
        return document

    def annotated(self, corpus: Corpus, split: str, **options: Any) -> Document:
        """Put a new document with the gold of TEXT into a split."""
        document = self.add_in_split(corpus, split)
        corpus.write_annotation(make_annotation(document, gold_of(document.text), **options))
        return document
