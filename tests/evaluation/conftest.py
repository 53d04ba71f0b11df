"""Gold and predictions for the benchmark's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dateline.corpus.store import Corpus
from dateline.model import Annotation
from tests.corpora import CorpusMaker

Prediction = dict[str, Any]


def predicted(annotation: Annotation) -> Prediction:
    """What would be a perfect prediction: the annotation's own items, as plain values."""
    content = json.loads(msgspec.json.encode(annotation))
    wanted = (
        "document", "text_sha256", "mentions", "entities", "events", "event_relations", "claims",
        "claim_relations",
    )  # fmt: skip
    return {name: content[name] for name in wanted}


def write_lines(path: Path, *predictions: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(p) + "\n" for p in predictions), encoding="utf-8")
    return path


@pytest.fixture
def perfect(repository: Corpus) -> Prediction:
    """The repository's gold as a prediction, to break in places."""
    return predicted(repository.read_annotation("gold", repository.document_ids()[0]))


@pytest.fixture
def five(tmp_path: Path) -> Corpus:
    """Five annotated documents, four of them in the training split."""
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty("five")
    for split in ("train", "train", "train", "train", "test"):
        maker.annotated(corpus, split)
    return corpus


@pytest.fixture
def five_predicted(five: Corpus) -> list[Prediction]:
    """Perfect predictions for the five, in the order of their ids."""
    return [predicted(five.read_annotation("gold", name)) for name in five.document_ids()]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write predictions to a file."""

    def write(*predictions: Mapping[str, Any], name: str = "predictions.jsonl") -> Path:
        return write_lines(tmp_path / name, *predictions)

    return write
