"""What all recipes do: read the gold of two splits, and record the run."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import ConflictError, InvalidInputError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold, gold_of_corpus, restricted
from dateline.evaluation.models.training_record import FILE, TrainingData, TrainingRecord
from dateline.evaluation.signature import sign
from dateline.files.writing import sha256
from dateline.model import Struct

WHOLE = 100
"""The share of all groups, in percent."""


class RecipeOptions(Struct, frozen=True):
    """What to train on: ``base`` names what the weights start from, or is empty.

    ``share`` is the percentage of the groups of ``split`` that are trained on; ``seed`` chooses
    them, too.
    """

    split: str = "train"
    validation_split: str = "validation"
    base: str = ""
    seed: int = 13
    share: int = WHOLE


class Trained(NamedTuple):
    """What a recipe knows of its run.

    ``used`` is the number of items that examples were made of and that of items left out, by
    reason: of the training split, then of the validation split.
    """

    config_sha256: str
    used: Sequence[tuple[int, Counter[str]]]
    scores: Mapping[str, float]
    packages: Mapping[str, str]
    hardware: str


class Run:
    """A run of a recipe on the gold of two splits, into the folder ``out``.

    Raises NotFoundError if there is no gold, InvalidInputError if the splits are the same, and
    ConflictError if ``out`` has something else than a model that a recipe wrote.
    """

    def __init__(
        self, corpus: Corpus, options: RecipeOptions, out: Path, by: tuple[str, ...] = ()
    ) -> None:
        if options.split == options.validation_split:
            raise InvalidInputError(
                f"validation_split is {options.split!r}, which is the training split. Name another."
            )
        _refuse_other_content(out)
        self._options, self.out = options, out
        self.train = share_of(gold_of_corpus(corpus, options.split, by=by), options)
        self.validation = gold_of_corpus(corpus, options.validation_split)
        self._started, self._clock = datetime.now(UTC), time.perf_counter()

    def record(self, recipe: str, folder: Path, trained: Trained) -> TrainingRecord:
        """Write the record of the run to the folder."""
        gold = self.train
        used, used_in_validation = trained.used
        record = TrainingRecord(
            recipe=recipe,
            settings=msgspec.to_builtins(self._options),
            config_sha256=trained.config_sha256,
            corpus=gold.name,
            version=gold.version,
            ontology=f"{gold.ontology.title} {gold.ontology.version}",
            train=_data(gold, *used),
            validation=_data(self.validation, *used_in_validation),
            scores={name: round(score, 6) for name, score in trained.scores.items()},
            packages=trained.packages,
            hardware=f"{trained.hardware}, {platform.machine()}, {platform.system()}",
            started=self._started.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - self._clock, 1),
        )
        (folder / FILE).write_bytes(canonical_json(record))
        return record


def share_of(gold: Gold, options: RecipeOptions) -> Gold:
    """The gold of a share of the groups, at least one; a document without a group is one alone.

    The groups of a smaller share, with the same seed, are among those of a larger one.
    """
    if options.share == WHOLE:
        return gold
    unit_of = {one.id: gold.units.get(one.id, (one.id,)) for one in gold.documents}
    order = sorted({*unit_of.values()}, key=lambda unit: sha256(f"{options.seed} {unit}".encode()))
    kept = {*order[: ceil(len(order) * options.share / WHOLE)]}
    return restricted(gold, [one for one in gold.documents if unit_of[one.id] in kept])


def hash_of(gold: Gold) -> str:
    """The hash of gold that signatures of scores have."""
    return sign(gold, ScoringInput(gold, ()), ()).gold


def refuse_empty(gold: Gold, items: int, what: str) -> None:
    """Raise InvalidInputError if there is no item to learn from."""
    if not items:
        raise InvalidInputError(f"the split {gold.split!r} has no {what}.")


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of Python, of Dateline and of these packages."""
    found: dict[str, Any] = {"python": platform.python_version()}
    return found | {name: version(name) for name in ("dateline", *packages)}


def _data(gold: Gold, items: int, left_out: Counter[str]) -> TrainingData:
    return TrainingData(
        split=gold.split or "all",
        gold=hash_of(gold),
        documents=tuple(document.id for document in gold.documents),
        items=items,
        left_out=dict(+left_out),
    )


def _refuse_other_content(out: Path) -> None:
    if out.exists() and not (out / FILE).is_file() and (out.is_file() or any(out.iterdir())):
        raise ConflictError(
            f"{out}: was not written by `dateline train`, and would be replaced. Choose another "
            "output folder, or remove this one."
        )
