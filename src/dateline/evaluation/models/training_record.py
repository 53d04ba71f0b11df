"""The record of how a model was trained, in the model's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dateline.corpus.store import read_struct
from dateline.model import Struct

FILE = "training.json"


class TrainingData(Struct, frozen=True):
    """The gold of a split: a hash of it, its documents, and how many items were used.

    ``left_out`` is the number of items that the library cannot represent, by reason.
    """

    split: str
    gold: str
    documents: tuple[str, ...]
    items: int
    left_out: Mapping[str, int]


class TrainingRecord(Struct, frozen=True):
    """What a model was trained on, how, with what, and how long.

    ``validation`` decided when to stop; ``scores`` are the library's precision, recall and F1 on
    it, from 0 to 1. ``config_sha256`` is of the library's whole configuration. ``started`` is ISO
    8601 in UTC.
    """

    recipe: str
    settings: Mapping[str, Any]
    config_sha256: str
    corpus: str
    version: str | None
    ontology: str
    train: TrainingData
    validation: TrainingData
    scores: Mapping[str, float]
    packages: Mapping[str, str]
    hardware: str
    started: str
    seconds: float

    @property
    def documents(self) -> list[str]:
        """All documents that the model depends on, sorted by id."""
        return sorted({*self.train.documents, *self.validation.documents})

    @property
    def origin(self) -> Mapping[str, Any]:
        """What the model depends on but for its documents, as JSON values."""
        return {
            "recipe": self.recipe,
            **self.settings,
            "config_sha256": self.config_sha256,
            "gold": {part.split: part.gold for part in (self.train, self.validation)},
            "packages": dict(self.packages),
        }


def read_training_record(model: Path) -> TrainingRecord | None:
    """The record in a model's folder, or None. Raises DatelineError if it is malformed."""
    path = model / FILE
    return read_struct(path, TrainingRecord) if path.is_file() else None
