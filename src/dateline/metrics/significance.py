"""Significance tests for the difference of two systems, by resampling whole documents.

Counts have shape (units, labels, 4); a unit is a document or a group of documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

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
    differences = _swapped(first, second, _swaps(len(first), trials, seed), statistic)
    kept = differences[~np.isnan(differences)]
    return _reached(kept, observed) / len(kept)


def tell_apart(
    systems: Sequence[Counts], trials: int, seed: int, statistic: Statistic
) -> FloatArray:
    """The two-sided p value of each pair of systems, corrected for all pairs.

    Shape (systems, systems). The test is `approximate_randomisation`, the correction the step-down
    maxT procedure of Westfall and Young, "Resampling-Based Multiple Testing", 1993: each trial
    swaps the same units for all pairs, and a difference must be larger than the largest one of all
    pairs that are not told apart yet, each divided by its standard deviation over trials. Holm's
    correction multiplies p by up to the number of pairs, and p cannot be below 2 / 2ⁿ with n units,
    so with few units it would tell no systems apart. Two equal systems have p = 1, and so have
    systems without a score.
    """
    size = len(systems)
    corrected = np.ones((size, size))
    if size < 2:
        return corrected
    swaps = _swaps(len(systems[0]), trials, seed)
    pairs = list(combinations(range(size), 2))
    differences = np.stack([_swapped(systems[i], systems[j], swaps, statistic) for i, j in pairs])
    differences = np.abs(np.nan_to_num(differences))
    spread = np.sqrt((differences**2).mean(axis=1, keepdims=True))
    scaled = np.divide(differences, spread, out=np.zeros_like(differences), where=spread > ROUNDING)
    order = np.argsort(-scaled[:, 0], kind="stable")
    largest = np.maximum.accumulate(scaled[order[::-1]], axis=0)[::-1]
    p_values = (largest >= scaled[order, :1] - ROUNDING).mean(axis=1)
    for pair, p in zip(order, np.maximum.accumulate(p_values), strict=True):
        i, j = pairs[pair]
        corrected[i, j] = corrected[j, i] = p
    return corrected


def clusters(scores: Sequence[float], p_values: FloatArray, alpha: float = 0.05) -> list[int]:
    """The rank of each system; systems of one cluster share the rank of its best.

    Every system is significantly better than all systems of lower clusters, and clusters are as
    small as that allows, as in Bojar et al., "Findings of the 2016 Conference on Machine
    Translation", WMT 2016. ``p_values`` has shape (systems, systems).
    """
    order = sorted(range(len(scores)), key=lambda system: -scores[system])
    ranks = [1] * len(scores)
    first = 0
    for position, system in enumerate(order):
        if (p_values[np.ix_(order[:position], order[position:])] <= alpha).all():
            first = position
        ranks[system] = first + 1
    return ranks


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


def _swaps(units: int, trials: int, seed: int) -> FloatArray:
    """Which units each trial swaps, the first one none. Shape (trials, units).

    If there are no more than ``trials`` ways to swap, each is tried once.
    """
    if 2**units <= trials:
        every = (np.arange(2**units)[:, None] >> np.arange(units)) & 1
        return np.asarray(every, np.float64)
    drawn = np.random.default_rng(seed).integers(2, size=(trials, units))
    return np.vstack([np.zeros((1, units)), drawn])


def _swapped(first: Counts, second: Counts, swaps: FloatArray, statistic: Statistic) -> FloatArray:
    """The difference of two systems in each trial, shape (trials,)."""
    shift = _weighted(swaps, second - first)
    found: FloatArray = statistic(second.sum(axis=0) - shift) - statistic(first.sum(axis=0) + shift)
    return found


def _weighted(weights: FloatArray, counts: Counts) -> Counts:
    """The counts summed with each row of weights. Shape (rows, labels, 4)."""
    flat = weights @ counts.reshape(len(counts), -1)
    return flat.reshape(len(weights), *counts.shape[1:])


def _difference(first: Counts, second: Counts, statistic: Statistic) -> float:
    return float(statistic(second.sum(axis=0)) - statistic(first.sum(axis=0)))


def _reached(values: FloatArray, observed: float) -> int:
    """How many values are at least as far from 0 as the observed one."""
    return int(np.count_nonzero(np.abs(values) >= abs(observed) - ROUNDING))
