"""From counts to precision, recall and F, where what is undefined stays undefined.

Counts are arrays whose last axis has four entries: credit given to gold items, gold items, credit
given to predicted items, predicted items. The axes before it are documents and labels. Recall is
the first over the second, precision the third over the fourth. Where a measure gives one item the
same credit on both sides, as strict matching does, first and third are the number of true
positives.

Metrics emit counts for each document, never rates: rates are made from sums (micro), so that an
empty document has no rate instead of a 0 or a 1 that somebody chose for it.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float64]
Counts: TypeAlias = npt.NDArray[np.float64]
"""Shape (documents, labels, 4), or fewer axes before the last."""

HIT_GOLD, GOLD, HIT_PREDICTED, PREDICTED = range(4)


Side: TypeAlias = tuple[IntArray, IntArray, BoolArray | FloatArray]
"""Document, label and credit of each item of a side."""


def tally(documents: int, labels: int, gold: Side, predicted: Side) -> Counts:
    """The four counts by document and label, from the credit that each item is given."""
    keys, weights = [], []
    for first, (document, label, credit) in ((HIT_GOLD, gold), (HIT_PREDICTED, predicted)):
        cell = (document * labels + label) * 4 + first
        keys += [cell, cell + 1]
        weights += [credit, np.ones(len(cell))]
    size = documents * labels * 4
    # One pass over all four, straight into the array's own order: copying it costs more.
    counts = np.bincount(np.concatenate(keys), np.concatenate(weights), minlength=size)
    return counts.reshape(documents, labels, 4).astype(np.float64, copy=False)


def recall(counts: Counts) -> FloatArray:
    """Recall, one axis less than ``counts``; NaN where there is no gold."""
    return _ratio(counts[..., HIT_GOLD], counts[..., GOLD])


def precision(counts: Counts) -> FloatArray:
    """Precision, one axis less than ``counts``; NaN where nothing is predicted."""
    return _ratio(counts[..., HIT_PREDICTED], counts[..., PREDICTED])


def f_score(counts: Counts) -> FloatArray:
    """F1, the harmonic mean (van Rijsbergen, Information Retrieval, 1979).

    NaN where there is neither gold nor prediction; 0 where there is one of them without any hit.
    """
    found, right = recall(counts), precision(counts)
    mean = _ratio(2 * found * right, found + right)
    nothing_hit = (counts[..., HIT_GOLD] == 0) & (counts[..., HIT_PREDICTED] == 0)
    something = (counts[..., GOLD] > 0) | (counts[..., PREDICTED] > 0)
    return np.where(nothing_hit & something, 0.0, mean)


def micro_f(counts: Counts) -> FloatArray:
    """F of the sums over labels; ``counts`` is (..., labels, 4)."""
    return f_score(counts.sum(axis=-2))


def macro_f(counts: Counts) -> FloatArray:
    """Mean F of the labels that are in gold or in the predictions; ``counts`` is (..., labels, 4).

    Sokolova and Lapalme, "A Systematic Analysis of Performance Measures for Classification Tasks",
    Information Processing & Management 45(4), 2009. A label that nobody used has no F and is left
    out; NaN where no label was used.
    """
    scores = f_score(counts)
    used = ~np.isnan(scores)
    return _ratio(np.where(used, scores, 0.0).sum(axis=-1), used.sum(axis=-1))


def defined(value: FloatArray | float) -> float | None:
    """A single number, or None where it is undefined."""
    return None if np.isnan(value) else float(value)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    result = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
