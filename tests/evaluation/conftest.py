"""Gold and predictions for the benchmark's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dateline.corpus.store import Corpus
from dateline.model import ITEM_FIELDS, Annotation
from tests.corpora import CorpusMaker

ALWAYS = ("entity", "arguments", "cluster", "cue", "events")
"""Fields of items that are there even if they are empty."""


def predicted(annotation: Annotation) -> dict[str, Any]:
    """What would be a perfect prediction: the annotation's own items, as plain values.

    Lists of the layers of news are there even if they are empty.
    """
    usual = ("mentions", "entities", "events", "event_relations", "claims", "claim_relations")
    items = {name: [_fields(item) for item in getattr(annotation, name)] for name in ITEM_FIELDS}
    content = {
        "document": annotation.document,
        "text_sha256": annotation.text_sha256,
        **({"attributes": annotation.attributes} if annotation.attributes else {}),
        **{name: found for name, found in items.items() if found or name in usual},
    }
    plain: dict[str, Any] = json.loads(msgspec.json.encode(content))
    return plain


def _fields(item: msgspec.Struct) -> dict[str, Any]:
    fields = msgspec.structs.asdict(item)
    return {name: value for name, value in fields.items() if value or name in ALWAYS}


def write_lines(path: Path, *predictions: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(p) + "\n" for p in predictions), encoding="utf-8")
    return path


@pytest.fixture
def perfect(article: Corpus) -> dict[str, Any]:
    """The article's gold as a prediction, to break in places."""
    return predicted(article.read_annotation("gold", article.document_ids()[0]))


@pytest.fixture
def five(tmp_path: Path) -> Corpus:
    """Five annotated documents, four of them in the training split."""
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty("five")
    for split in ("train", "train", "train", "train", "test"):
        maker.annotated(corpus, split)
    return corpus


@pytest.fixture
def five_predicted(five: Corpus) -> list[dict[str, Any]]:
    """Perfect predictions for the five, in the order of their ids."""
    return [predicted(five.read_annotation("gold", name)) for name in five.document_ids()]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write predictions to a file."""

    def write(*predictions: Mapping[str, Any], name: str = "predictions.jsonl") -> Path:
        return write_lines(tmp_path / name, *predictions)

    return write
