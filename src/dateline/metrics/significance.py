"""Significance tests for the difference of two systems, by resampling whole documents.

Counts have shape (units, labels, 4); a unit is a document or a group of documents.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.metrics.counts import Counts, FloatArray, defined
from dateline.metrics.intervals import Estimate, Statistic

FEW = 50
"""Units below which the paired bootstrap rejects true null hypotheses too often."""
ROUNDING = 1e-12
"""Differences up to this count as equal."""


def draws(units: int, resamples: int, seed: int) -> FloatArray:
    """How often each resample has each unit. Shape (resamples, units)."""
    drawn = np.random.default_rng(seed).integers(units, size=(resamples, units))
    drawn += np.arange(resamples)[:, None] * units
    times = np.bincount(drawn.ravel(), minlength=resamples * units)
    return times.reshape(resamples, units).astype(np.float64)


def resampled(counts: Counts, drawn: FloatArray, statistic: Statistic) -> FloatArray:
    """The statistic of each resample, shape (resamples,); ``counts`` is (units, labels, 4)."""
    return statistic(_weighted(drawn, counts))


def paired_bootstrap(
    first: Counts, second: Counts, drawn: FloatArray, statistic: Statistic
) -> float | None:
    """The two-sided p value of the bootstrap test, with resamples from `draws`.

    Berg-Kirkpatrick, Burkett and Klein, "An Empirical Investigation of Statistical Significance in
    NLP", EMNLP 2012: p is the share of resampled differences, centred on 0, that are at least as
    large as the observed one, so two equal systems have p = 1. None if a score is undefined. With
    fewer than `FEW` units p is too small.
    """
    observed = _difference(first, second, statistic)
    differences = resampled(second, drawn, statistic) - resampled(first, drawn, statistic)
    kept = differences[~np.isnan(differences)]
    if np.isnan(observed) or not len(kept):
        return None
    return (_reached(kept - observed, observed) + 1) / (len(kept) + 1)


def approximate_randomisation(
    first: Counts, second: Counts, trials: int, seed: int, statistic: Statistic
) -> float | None:
    """The two-sided p value of randomly swapping the systems' outputs, unit by unit.

    Noreen, "Computer-Intensive Methods for Testing Hypotheses", 1989; Yeh, "More Accurate Tests for
    the Statistical Significance of Result Differences", COLING 2000. If there are no more than
    ``trials`` ways to swap, each is tried once, and p is exact. Two equal systems have p = 1, and
    so has a single unit. None if a score is undefined.
    """
    observed = _difference(first, second, statistic)
    if np.isnan(observed):
        return None
    units = len(first)
    exact = 2**units <= trials
    if exact:
        swapped = (np.arange(2**units)[:, None] >> np.arange(units)) & 1
    else:
        swapped = np.random.default_rng(seed).integers(2, size=(trials, units))
    shift = _weighted(swapped.astype(np.float64), second - first)
    differences = statistic(second.sum(axis=0) - shift) - statistic(first.sum(axis=0) + shift)
    kept = differences[~np.isnan(differences)]
    # The observed difference is one of the exact ones, but not of the random ones.
    others = 0 if exact else 1
    return (_reached(kept, observed) + others) / (len(kept) + others)


def t_test(found: Estimate) -> float | None:
    """The two-sided p value of a difference that has a variance between runs; 1 if it is 0.

    Student's t with the variances between units and between runs, which covers other documents and
    other runs, as the Multi-Bootstrap does (Sellam et al., "The MultiBERTs: BERT Reproductions for
    Robustness Analysis", ICLR 2022), but needs no large number of runs. None if it is unknown.
    """
    if found.value == 0:
        return 1.0
    if np.isnan(found.variance) or found.variance == 0:
        return None
    from scipy.special import stdtr  # noqa: PLC0415 (slow)

    return defined(2 * stdtr(found.freedom, -abs(found.value) / np.sqrt(found.variance)))


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


def _weighted(weights: FloatArray, counts: Counts) -> Counts:
    """The counts summed with each row of weights. Shape (rows, labels, 4)."""
    flat = weights @ counts.reshape(len(counts), -1)
    return flat.reshape(len(weights), *counts.shape[1:])


def _difference(first: Counts, second: Counts, statistic: Statistic) -> float:
    return float(statistic(second.sum(axis=0)) - statistic(first.sum(axis=0)))


def _reached(values: FloatArray, observed: float) -> int:
    """How many values are at least as far from 0 as the observed one."""
    return int(np.count_nonzero(np.abs(values) >= abs(observed) - ROUNDING))
