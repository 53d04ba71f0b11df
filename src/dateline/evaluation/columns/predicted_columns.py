"""The predictions of a system as columns, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
from dateline.evaluation.columns.items import documents_of
from dateline.evaluation.columns.prediction_suspects import suspects
from dateline.metrics.counts import IntArray
from dateline.model import ITEM_FIELDS
from dateline.predictions.confidence import above
from dateline.predictions.item_checks import check_items
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem

BATCH_ITEMS = 10_000
"""The number of items that are held as structs."""


def batched(predictions: Iterable[Prediction]) -> Iterator[list[Prediction]]:
    """Predictions in lists with about `BATCH_ITEMS` items."""
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

    def add(self, batch: list[Prediction]) -> None:
        """Add predictions for different documents."""
        numbers = np.array([self._numbers[prediction.document] for prediction in batch], np.int64)
        self._problems.update((number, []) for number in numbers.tolist())
        given, suspicious = self._read(batch, numbers)
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

    def _read(
        self, batch: Sequence[Prediction], numbers: IntArray
    ) -> tuple[GivenItems | None, list[int]]:
        """The items of a batch, and which predictions may have problems."""
        documents, index = documents_of(batch), self._gold.ontology_index
        try:
            given, noted = self._builder.given(documents, numbers, self._gold.knowledge_bases)
        except OverflowError:
            return None, [*range(len(batch))]
        is_suspect = noted.unknown_labels | noted.unresolved
        texts = [self._gold.texts[prediction.document] for prediction in batch]
        for rows in suspects(documents, given, texts, index, self._builder.first):
            is_suspect[rows] = True
        return given, np.flatnonzero(is_suspect).tolist()

    def columns(self) -> tuple[AnnotationColumns, ItemConfidence]:
        """The columns of all predictions, and the confidence of their rows."""
        return self._builder.columns()
