"""Ranked retrieval: how high the relevant items are ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import BoolArray, Counts, FloatArray, IntArray


def ranking_counts(
    document: IntArray,
    score: FloatArray,
    tie: IntArray,
    relevant: BoolArray,
    in_gold: IntArray,
    cutoffs: tuple[int, ...],
) -> Mapping[str, Counts]:
    """``AP``, ``RR`` and ``P@k`` for each document, to be averaged over documents.

    The columns describe predicted items, ranked by ``score``, highest first; equal scores are
    ranked by ``tie``, lowest first. ``in_gold`` is the number of relevant gold items of each
    document: those that were not predicted count as not retrieved, and a document with none has no
    score. A rank beyond the last predicted item counts as not relevant.

    Average precision: Buckley and Voorhees, "Evaluating Evaluation Measure Stability", SIGIR 2000.
    Reciprocal rank: Voorhees, "The TREC-8 Question Answering Track Report", 1999. For
    check-worthiness: Barrón-Cedeño et al., CheckThat! Lab, CLEF 2018. Each shape is (documents, 1,
    4).
    """
    documents = len(in_gold)
    order = np.lexsort((tie, -score, document))
    document, relevant = document[order], relevant[order]
    first = np.searchsorted(document, document, side="left")
    rank = np.arange(len(document)) - first + 1
    total = np.cumsum(relevant)
    found = total - np.concatenate(([0], total))[first]
    precision = np.where(relevant, found / np.maximum(rank, 1), 0.0)

    def summed(value: FloatArray | BoolArray) -> FloatArray:
        return np.bincount(document, value, minlength=documents).astype(np.float64)

    is_first = relevant & (found == 1)
    values = {
        "AP": summed(precision) / np.maximum(in_gold, 1),
        "RR": summed(np.where(is_first, 1 / np.maximum(rank, 1), 0.0)),
    }
    values.update({f"P@{k}": summed(relevant & (rank <= k)) / k for k in cutoffs})
    return {name: _as_counts(value, in_gold > 0) for name, value in values.items()}


def _as_counts(value: FloatArray, counted: BoolArray) -> Counts:
    """Counts whose recall and precision are the mean value of the counted documents."""
    columns = (np.where(counted, value, 0.0), counted) * 2
    return np.stack(columns, axis=-1)[:, None, :].astype(np.float64)


class PrecisionRecall(NamedTuple):
    """A precision-recall curve: thresholds from high to low, and the counts from each on.

    ``matched`` and ``predicted`` count the items whose confidence is not below the threshold.
    """

    threshold: FloatArray
    matched: IntArray
    predicted: IntArray
    gold: int

    @property
    def precision(self) -> FloatArray:
        """Precision at each threshold."""
        return np.asarray(self.matched / np.maximum(self.predicted, 1), np.float64)

    @property
    def recall(self) -> FloatArray:
        """Recall at each threshold; NaN without gold items."""
        return np.asarray(self.matched / (self.gold or np.nan), np.float64)

    @property
    def average_precision(self) -> float:
        """The mean of the precisions at each threshold, weighted by the increase in recall.

        Buckley and Voorhees, "Evaluating Evaluation Measure Stability", SIGIR 2000, over all items
        of all documents, without interpolation. Gold items that are never predicted count as not
        retrieved. NaN without gold items.
        """
        return float(np.diff(self.recall, prepend=0.0) @ self.precision)


def precision_recall(
    gold: IntArray, predicted: IntArray, confidence: FloatArray, *, distinct: bool = True
) -> PrecisionRecall:
    """The curve of predicted items; an item is right if gold has an item with the same id.

    Items with equal confidence are at the same threshold, so their order does not matter. With
    ``distinct``, items with the same id are one item that has the highest confidence; else as many
    of them are right as gold has.
    """
    order = np.argsort(-confidence, kind="stable")
    predicted, confidence = predicted[order], confidence[order]
    # The rank of an item among those with the same id, by confidence.
    by_id = np.argsort(predicted, kind="stable")
    first = np.searchsorted(predicted[by_id], predicted[by_id], side="left")
    rank = np.empty(len(predicted), np.int64)
    rank[by_id] = np.arange(len(predicted)) - first
    names, counts = np.unique(gold, return_counts=True)
    if distinct:
        predicted, confidence = predicted[rank == 0], confidence[rank == 0]
        right = np.isin(predicted, names)
    else:
        available = np.zeros(len(predicted), np.int64)
        known = np.isin(predicted, names)
        available[known] = counts[np.searchsorted(names, predicted[known])]
        right = rank < available
    # The last item of each group of equal confidence.
    last = np.flatnonzero(
        np.append(confidence[1:] != confidence[:-1], np.ones(len(confidence[:1]), np.bool_))
    )
    return PrecisionRecall(
        threshold=confidence[last],
        matched=np.cumsum(right, dtype=np.int64)[last],
        predicted=np.asarray(last + 1, np.int64),
        gold=len(names) if distinct else len(gold),
    )
