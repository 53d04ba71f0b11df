"""Confidence intervals and significance tests, by resampling whole documents.

Items of one document are not independent, so documents are the unit of resampling. Everything works
on the counts of documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dateline.metrics.counts import Counts, FloatArray

Statistic = Callable[[Counts], FloatArray]
"""From summed counts, shape (..., labels, 4), to a score, shape (...)."""

LEVEL = 0.95
ROUNDING = 1e-12
"""Differences up to this count as equal."""


def draws(documents: int, resamples: int, seed: int) -> FloatArray:
    """How often each resample has each document. Shape (resamples, documents)."""
    drawn = np.random.default_rng(seed).integers(documents, size=(resamples, documents))
    drawn += np.arange(resamples)[:, None] * documents
    times = np.bincount(drawn.ravel(), minlength=resamples * documents)
    return times.reshape(resamples, documents).astype(np.float64)


def resampled(counts: Counts, drawn: FloatArray, statistic: Statistic) -> FloatArray:
    """The statistic of each resample, shape (resamples,); ``counts`` is (documents, labels, 4)."""
    return statistic(resampled_sums(counts, drawn))


def resampled_sums(counts: Counts, drawn: FloatArray) -> Counts:
    """The summed counts of each resample. Shape (resamples, labels, 4)."""
    flat = drawn @ counts.reshape(len(counts), -1)
    return flat.reshape(len(drawn), *counts.shape[1:])


def interval(values: FloatArray) -> tuple[float, float] | None:
    """The 95% percentile interval of resampled scores; None if no resample has a score.

    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, with documents as clusters.
    """
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)


def paired_bootstrap(
    first: Counts, second: Counts, drawn: FloatArray, statistic: Statistic
) -> tuple[FloatArray, float | None]:
    """Resampled differences (second minus first) and the two-sided p value of the bootstrap test.

    Berg-Kirkpatrick, Burkett and Klein, "An Empirical Investigation of Statistical Significance in
    NLP", EMNLP 2012: p is the share of resampled differences, centred on 0, that are at least as
    large as the observed one, so two equal systems have p = 1. p is None if a score is undefined.
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
    """The two-sided p value of randomly swapping the systems' outputs, document by document.

    Noreen, "Computer-Intensive Methods for Testing Hypotheses", 1989; Yeh, "More Accurate Tests for
    the Statistical Significance of Result Differences", COLING 2000. Two equal systems have p = 1,
    and so has a single document. None if a score is undefined.
    """
    observed = _difference(first, second, statistic)
    if np.isnan(observed):
        return None
    swapped = np.random.default_rng(seed).integers(2, size=(trials, len(first))).astype(np.float64)
    shift = (swapped @ (second - first).reshape(len(first), -1)).reshape(trials, *first.shape[1:])
    one, other = first.sum(axis=0) + shift, second.sum(axis=0) - shift
    differences = statistic(other) - statistic(one)
    return _share(np.abs(differences[~np.isnan(differences)]), abs(observed))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Adjust p values for multiple comparisons; undefined ones stay None and do not count.

    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
    Statistics 6, 1979.
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
    """The share of values that reach the bound, the observed difference included."""
    return float((np.count_nonzero(values >= bound - ROUNDING) + 1) / (len(values) + 1))
