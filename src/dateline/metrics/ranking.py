"""Ranked items: how far to the front those stand that matter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    BoolArray,
    Counts,
    FloatArray,
    IntArray,
)


def ranking(
    document: IntArray,
    score: FloatArray,
    tie: IntArray,
    relevant: BoolArray,
    in_gold: IntArray,
    cutoffs: tuple[int, ...],
) -> Mapping[str, Counts]:
    """``AP``, ``RR`` and ``P@k`` for each document, to be averaged over documents.

    Entries are the predicted items; ``score`` ranks them, the highest first, and where scores are
    equal ``tie``, the lowest first. ``in_gold`` has how many relevant items each document has,
    found or not: relevant items that were not predicted count as never retrieved. A document
    without any has no score. A rank that the ranking does not reach is a miss.

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
    found = np.cumsum(relevant)
    before = np.concatenate(([0], found))[first]
    precision = np.where(relevant, (found - before) / np.maximum(rank, 1), 0.0)

    def summed(value: FloatArray | BoolArray) -> FloatArray:
        return np.bincount(document, value, minlength=documents).astype(np.float64)

    is_first = relevant & (found - before == 1)
    values = {
        "AP": summed(precision) / np.maximum(in_gold, 1),
        "RR": summed(np.where(is_first, 1 / np.maximum(rank, 1), 0.0)),
    }
    values.update({f"P@{k}": summed(relevant & (rank <= k)) / k for k in cutoffs})
    return {name: _averaged(value, in_gold > 0) for name, value in values.items()}


def _averaged(value: FloatArray, counted: BoolArray) -> Counts:
    counts = np.zeros((len(value), 1, 4))
    counts[:, 0, HIT_GOLD] = counts[:, 0, HIT_PREDICTED] = np.where(counted, value, 0.0)
    counts[:, 0, GOLD] = counts[:, 0, PREDICTED] = counted
    return counts
