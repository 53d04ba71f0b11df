"""How sure a score is, and whether two differ: by drawing whole documents again and again.

Items of one document are not independent, so documents are what is drawn. Everything works on sums
of counts over documents; no item is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dateline.metrics.counts import Counts, FloatArray

Statistic = Callable[[Counts], FloatArray]
"""From summed counts, shape (..., labels, 4), to a score, shape (...)."""

LEVEL = 0.95
SAME = 1e-12
"""Differences up to this are rounding, not a difference."""


def draws(documents: int, resamples: int, seed: int) -> FloatArray:
    """How often each document is drawn, with replacement: (resamples, documents)."""
    drawn = np.random.default_rng(seed).integers(documents, size=(resamples, documents))
    drawn += np.arange(resamples)[:, None] * documents
    times = np.bincount(drawn.ravel(), minlength=resamples * documents)
    return times.reshape(resamples, documents).astype(np.float64)


def resampled(counts: Counts, drawn: FloatArray, statistic: Statistic) -> FloatArray:
    """The statistic of each resample of documents; ``counts`` is (documents, labels, 4)."""
    return statistic(resampled_sums(counts, drawn))


def resampled_sums(counts: Counts, drawn: FloatArray) -> Counts:
    """The summed counts of each resample: (resamples, labels, 4)."""
    flat = drawn @ counts.reshape(len(counts), -1)
    return flat.reshape(len(drawn), *counts.shape[1:])


def interval(values: FloatArray) -> tuple[float, float] | None:
    """The percentile interval of resampled scores: Efron and Tibshirani, "An Introduction to the
    Bootstrap", 1993, with documents as clusters. None where no resample has a score.
    """
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)


def paired_bootstrap(
    first: Counts, second: Counts, drawn: FloatArray, statistic: Statistic
) -> tuple[FloatArray, float | None]:
    """Resampled differences, second less first on the same documents, and the two-sided p.

    Berg-Kirkpatrick, Burkett and Klein, "An Empirical Investigation of Statistical Significance in
    NLP", EMNLP 2012: how often a difference, centred on none, is at least as large as the one seen.
    At least, not larger than: two equal systems have p = 1. None where a score is undefined.
    """
    observed = _difference(first, second, statistic)
    differences = resampled(second, drawn, statistic) - resampled(first, drawn, statistic)
    defined = differences[~np.isnan(differences)]
    if np.isnan(observed) or not len(defined):
        return defined, None
    return defined, _share(np.abs(defined - observed), abs(observed))


def approximate_randomisation(
    first: Counts, second: Counts, trials: int, seed: int, statistic: Statistic
) -> float | None:
    """The two-sided p of exchanging the systems' outputs document by document.

    Noreen, "Computer-Intensive Methods for Testing Hypotheses", 1989; Yeh, "More Accurate Tests for
    the Statistical Significance of Result Differences", COLING 2000. Counts of two equal systems
    give p = 1, and so does a single document. None where a score is undefined.
    """
    observed = _difference(first, second, statistic)
    if np.isnan(observed):
        return None
    swapped = np.random.default_rng(seed).integers(2, size=(trials, len(first))).astype(np.float64)
    moved = (swapped @ (second - first).reshape(len(first), -1)).reshape(trials, *first.shape[1:])
    one, other = first.sum(axis=0) + moved, second.sum(axis=0) - moved
    differences = statistic(other) - statistic(one)
    return _share(np.abs(differences[~np.isnan(differences)]), abs(observed))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """The p values corrected for being so many: Holm, "A Simple Sequentially Rejective Multiple
    Test Procedure", Scandinavian Journal of Statistics 6, 1979.
    """
    ranked = sorted((p, i) for i, p in enumerate(values) if p is not None)
    corrected: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (p, i) in enumerate(ranked):
        highest = max(highest, min(1.0, p * (len(ranked) - rank)))
        corrected[i] = highest
    return corrected


def _difference(first: Counts, second: Counts, statistic: Statistic) -> float:
    return float(statistic(second.sum(axis=0)) - statistic(first.sum(axis=0)))


def _share(values: FloatArray, bound: float) -> float:
    """The share of values that reach the bound; the observed one is among them."""
    return float((np.count_nonzero(values >= bound - SAME) + 1) / (len(values) + 1))
