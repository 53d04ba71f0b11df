"""The predictions of a system as columns, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, cast

import numpy as np

from dateline.evaluation.columns.annotation_columns import AnnotationColumns
from dateline.evaluation.columns.builder import ColumnsBuilder
from dateline.evaluation.columns.given_items import GivenItems
from dateline.evaluation.columns.gold_columns import GoldColumns
from dateline.evaluation.columns.item_confidence import (
    ItemConfidence,
    claim_scores,
    given_confidence,
)
from dateline.evaluation.columns.items import Items, documents_of
from dateline.evaluation.columns.prediction_suspects import suspects
from dateline.metrics.counts import BoolArray, IntArray
from dateline.model import ITEM_FIELDS
from dateline.predictions.confidence import above
from dateline.predictions.item_checks import check_items, useless_scores
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import Predicted

if TYPE_CHECKING:
    from dateline.predictions.rows.table import PredictionRow

BATCH_ITEMS = 10_000
"""The number of items that are held as structs."""


def batched(
    predictions: Iterable[Predicted],
) -> Iterator[list[Prediction] | list[PredictionRow]]:
    """Structs with about `BATCH_ITEMS` items, or rows of one block."""
    for block, found in groupby(predictions, lambda one: getattr(one, "block", None)):
        if block is None:
            yield from _batched_structs(cast("Iterable[Prediction]", found))
        else:
            yield list(cast("Iterable[PredictionRow]", found))


def _batched_structs(predictions: Iterable[Prediction]) -> Iterator[list[Prediction]]:
    batch: list[Prediction] = []
    size = 0
    for prediction in predictions:
        batch.append(prediction)
        size += 1 + sum(len(getattr(prediction, field)) for field in ITEM_FIELDS)
        if size >= BATCH_ITEMS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class PredictedColumns:
    """Collects predictions for documents of the gold.

    Items that have an error are changed so that they match nothing; see `check_items`. Those with
    a confidence below ``threshold`` are left out.
    """

    def __init__(self, gold: GoldColumns, threshold: float | None) -> None:
        self._gold, self._threshold = gold, threshold
        self._numbers = {name: number for number, name in enumerate(gold.document_ids)}
        self._builder = ColumnsBuilder(gold.ontology_index)
        self._problems: dict[int, list[PredictionProblem]] = {}

    @property
    def problems(self) -> list[PredictionProblem]:
        """The problems of all items, in the order of the documents."""
        return [problem for _, found in sorted(self._problems.items()) for problem in found]

    @property
    def missing(self) -> tuple[str, ...]:
        """The documents without a prediction."""
        return tuple(n for n, number in self._numbers.items() if number not in self._problems)

    def add(self, batch: list[Prediction] | list[PredictionRow]) -> None:
        """Add predictions for different documents: structs, or rows of one block."""
        numbers = self._numbers_of(batch)
        self._problems.update((number, []) for number in numbers.tolist())
        if isinstance(batch[0], Prediction):
            self._add_structs(batch, numbers)
        else:
            self._add_rows(batch, numbers)

    def _add_structs(self, batch: list[Prediction], numbers: IntArray) -> None:
        try:
            given, is_suspect = self._read(batch, numbers, documents_of(batch))
        except OverflowError:
            self._add_checked(batch, range(len(batch)))
            return
        for position, prediction in enumerate(batch):
            if prediction.scores:
                index = self._gold.ontology_index
                is_suspect[position] |= any(True for _ in useless_scores(prediction, index))
        self._add_checked(batch, np.flatnonzero(is_suspect).tolist(), given)

    def _add_rows(self, rows: list[PredictionRow], numbers: IntArray) -> None:
        """Add rows, but as structs those that may have problems."""
        # Importing Arrow is slow, and without rows it is not needed.
        from dateline.evaluation.columns.arrow_items import ArrowItems  # noqa: PLC0415
        from dateline.predictions.rows.table import table_of  # noqa: PLC0415

        given, is_suspect = self._read(rows, numbers, ArrowItems.of(table_of(rows)))
        if not is_suspect.any():
            self._builder.add(given)
            return
        wrong = [row.prediction() for row, suspect in zip(rows, is_suspect, strict=True) if suspect]
        others = [row for row, suspect in zip(rows, is_suspect, strict=True) if not suspect]
        self._add_checked(wrong, range(len(wrong)))
        if others:
            self._add_rows(others, numbers[~is_suspect])

    def _add_checked(
        self,
        batch: list[Prediction],
        suspicious: Iterable[int],
        given: GivenItems | None = None,
    ) -> None:
        """Add predictions, some of which are checked first; ``given`` are their items if known."""
        numbers = self._numbers_of(batch)
        is_changed = self._threshold is not None
        for position in suspicious:
            text = self._gold.texts[batch[position].document]
            checked, self._problems[int(numbers[position])] = check_items(
                batch[position], text, self._gold.ontology_index, self._gold.knowledge_bases
            )
            is_changed |= checked is not batch[position]
            batch[position] = checked
        if self._threshold is not None:
            batch = [above(prediction, self._threshold) for prediction in batch]
        if given is None or is_changed:
            given, _ = self._builder.given(documents_of(batch), numbers)
        self._builder.add(given, given_confidence(batch), claim_scores(batch))

    def _numbers_of(self, batch: Sequence[Predicted]) -> IntArray:
        return np.array([self._numbers[prediction.document] for prediction in batch], np.int64)

    def _read(
        self, batch: Sequence[Predicted], numbers: IntArray, documents: Items
    ) -> tuple[GivenItems, BoolArray]:
        """The items of a batch, and which predictions may have problems."""
        index, first = self._gold.ontology_index, self._builder.first
        given, noted = self._builder.given(documents, numbers, self._gold.knowledge_bases)
        is_suspect = noted.unknown_labels | noted.unresolved
        texts = [self._gold.texts[prediction.document] for prediction in batch]
        for rows in suspects(documents, given, texts, index, first):
            is_suspect[rows] = True
        return given, is_suspect

    def columns(self) -> tuple[AnnotationColumns, ItemConfidence]:
        """The columns of all predictions, and the confidence of their rows."""
        return self._builder.columns()
