"""Precision, recall and F from counts; what is undefined stays undefined.

Counts are arrays whose last axis has four entries: credit of gold items, number of gold items,
credit of predicted items, number of predicted items. The axes before it are documents and labels.
Recall is the first over the second, precision the third over the fourth. Where a match gives both
its items the same credit, as in strict matching, the first and third are the true positives.

Measures return counts per document, not rates. Rates are computed from sums (micro average), so a
document without items has no rate.
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

ItemCredit: TypeAlias = tuple[IntArray, IntArray, BoolArray | FloatArray]
"""Document, label and credit (0 to 1) of each gold item, or of each predicted item."""


def tally(documents: int, labels: int, gold: ItemCredit, predicted: ItemCredit) -> Counts:
    """The four counts by document and label. Shape (documents, labels, 4)."""
    size = documents * labels
    counts = np.empty((size, 4))
    for first, (document, label, credit) in ((HIT_GOLD, gold), (HIT_PREDICTED, predicted)):
        cell = document * labels + label
        counts[:, first] = np.bincount(cell, credit, size)
        counts[:, first + 1] = np.bincount(cell, minlength=size)
    return counts.reshape(documents, labels, 4)


def recall(counts: Counts) -> FloatArray:
    """Recall, one axis less than ``counts``; NaN without gold items."""
    return _ratio(counts[..., HIT_GOLD], counts[..., GOLD])


def precision(counts: Counts) -> FloatArray:
    """Precision, one axis less than ``counts``; NaN without predicted items."""
    return _ratio(counts[..., HIT_PREDICTED], counts[..., PREDICTED])


def f_score(counts: Counts) -> FloatArray:
    """F1, the harmonic mean of precision and recall, one axis less than ``counts``.

    Van Rijsbergen, "Information Retrieval", 1979. NaN with neither gold nor predicted items; 0
    where there are items and none has credit.
    """
    r, p = recall(counts), precision(counts)
    mean = _ratio(2 * r * p, r + p)
    no_credit = (counts[..., HIT_GOLD] == 0) & (counts[..., HIT_PREDICTED] == 0)
    has_items = (counts[..., GOLD] > 0) | (counts[..., PREDICTED] > 0)
    return np.where(no_credit & has_items, 0.0, mean)


def micro_f(counts: Counts) -> FloatArray:
    """F of the sums over labels; ``counts`` has shape (..., labels, 4)."""
    return f_score(counts.sum(axis=-2))


def macro_f(counts: Counts) -> FloatArray:
    """Mean F of the labels that occur in gold or predictions; ``counts`` is (..., labels, 4).

    Sokolova and Lapalme, "A Systematic Analysis of Performance Measures for Classification Tasks",
    Information Processing & Management 45(4), 2009. NaN if no label occurs.
    """
    scores = f_score(counts)
    used = ~np.isnan(scores)
    return _ratio(np.where(used, scores, 0.0).sum(axis=-1), used.sum(axis=-1))


def defined(value: FloatArray | float) -> float | None:
    """A single number, or None if it is NaN."""
    return None if np.isnan(value) else float(value)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    result = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
