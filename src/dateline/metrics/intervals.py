"""Confidence intervals of scores and of their differences, by the jackknife over documents.

Items of one document are not independent, so the unit is the document, or a group of documents. A
unit enters with its counts only, so that its documents are simply added up (`by_unit`). Systems may
have several runs, such as one for each random seed: then a score is the mean of its runs, and the
variance between runs is added to that between units.

Percentiles of the bootstrap are not used: with few documents they are too narrow. docs/metrics.md
shows both in a simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from dateline.metrics.counts import GOLD, PREDICTED, BoolArray, Counts, FloatArray
from dateline.metrics.student_t import t_quantile

Statistic: TypeAlias = Callable[[Counts], FloatArray]
"""From summed counts, shape (..., labels, 4), to a score, shape (...)."""

LEVEL = 0.95


class Estimate(NamedTuple):
    """A score or a difference, with its variance and the degrees of freedom of the variance.

    All have the shape of the leading axes of the counts. The variance is NaN if it is unknown: for
    fewer than two units with items, or if the score is undefined without one of them.
    """

    value: FloatArray
    variance: FloatArray
    freedom: FloatArray


def by_unit(counts: Counts, units: Sequence[Hashable]) -> Counts:
    """Add up the documents of each unit. (..., documents, labels, 4) to (..., units, labels, 4).

    ``units`` has the unit of each document.
    """
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    if len(numbers) == len(units):
        return counts
    member = np.zeros((len(numbers), len(units)))
    member[[numbers[unit] for unit in units], np.arange(len(units))] = 1
    return np.asarray(np.einsum("ud,...dlk->...ulk", member, counts), np.float64)


def estimate(counts: Counts, statistic: Statistic) -> Estimate:
    """The mean score of the runs. ``counts`` has shape (..., runs, units, labels, 4).

    Leaves out each unit in turn (Tukey 1958; Miller, "The Jackknife: A Review", Biometrika 61,
    1974). The variance between runs has its own degrees of freedom (Satterthwaite 1946).
    """
    values = _values(counts, statistic)
    parts = [_between_units(_influence(counts, statistic), _has_items(counts))]
    if values.shape[-1] > 1:
        parts.append(_between_runs(values))
    return Estimate(values.mean(axis=-1), *_added(parts))


def difference(first: Counts, second: Counts, statistic: Statistic) -> Estimate:
    """The difference of two systems on the same units, second minus first.

    Shapes are (..., runs, units, labels, 4); the numbers of runs may differ. The variance between
    runs is pooled over both systems, so that one of them may have a single run.
    """
    one, other = _values(first, statistic), _values(second, statistic)
    influence = _influence(second, statistic) - _influence(first, statistic)
    parts = [_between_units(influence, _has_items(first) | _has_items(second))]
    if max(one.shape[-1], other.shape[-1]) > 1:
        parts.append(_between_runs(one, other))
    return Estimate(other.mean(axis=-1) - one.mean(axis=-1), *_added(parts))


def score_interval(counts: Counts, statistic: Statistic) -> FloatArray:
    """The 95% interval of a score from 0 to 1. (..., runs, units, labels, 4) to (..., 2).

    The score interval for a proportion (Wilson 1927), with a quantile of Student's t, and with the
    number of items that would give the jackknife's variance if items were independent (Korn and
    Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive Counts
    Estimated from Survey Data", Survey Methodology 24, 1998; Franco et al., "Comparative Study of
    Confidence Intervals for Proportions in Complex Sample Surveys", Journal of Survey Statistics
    and Methodology 7, 2019). Where no item is wrong, or none right, the variance is not known, and
    it is the actual number of items. NaN if there is no interval.
    """
    found = estimate(counts, statistic)
    value, variance = found.value, found.variance
    spread = value * (1 - value)
    extreme = (spread <= 0) & ~np.isnan(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where all units have the same score, the size is infinite, and the interval is a point.
        size = np.where(extreme, _items(counts), spread / variance)
        weight = _quantile(found.freedom) ** 2 / size
        centre = (value + weight / 2) / (1 + weight)
        half = np.sqrt(weight * spread + weight**2 / 4) / (1 + weight)
    return np.stack([np.maximum(centre - half, 0), np.minimum(centre + half, 1)], axis=-1)


def difference_interval(found: Estimate) -> FloatArray:
    """The 95% interval of a difference of scores. Shape (..., 2); NaN if there is none."""
    with np.errstate(invalid="ignore"):
        half = _quantile(found.freedom) * np.sqrt(found.variance)
    ends = np.stack([found.value - half, found.value + half], axis=-1)
    return np.clip(ends, -1, 1)


def run_deviation(counts: Counts, statistic: Statistic) -> float | None:
    """The standard deviation of the scores of runs; None with one run, or if one is undefined."""
    values = _values(counts, statistic)
    if len(values) < 2 or np.isnan(values).any():
        return None
    return float(values.std(ddof=1))


def as_interval(ends: FloatArray) -> tuple[float, float] | None:
    """Two numbers, or None if there is no interval."""
    return None if np.isnan(ends).any() else (float(ends[0]), float(ends[1]))


def _quantile(freedom: FloatArray) -> FloatArray:
    """The quantile of Student's t for the ends of an interval."""
    return t_quantile(freedom, (1 + LEVEL) / 2)


def _values(counts: Counts, statistic: Statistic) -> FloatArray:
    """The score of each run. Shape (..., runs)."""
    return statistic(counts.sum(axis=-3))


def _influence(counts: Counts, statistic: Statistic) -> FloatArray:
    """How the mean score of the runs changes without each unit. Shape (..., units)."""
    total = counts.sum(axis=-3, keepdims=True)
    change = statistic(total - counts) - statistic(total)
    return np.asarray(change.mean(axis=-2), np.float64)


def _has_items(counts: Counts) -> BoolArray:
    """Which units have items in any run. Shape (..., units)."""
    return np.asarray((counts > 0).any(axis=(-4, -2, -1)), np.bool_)


def _between_units(influence: FloatArray, has_items: BoolArray) -> tuple[FloatArray, FloatArray]:
    """The variance over units with items, and its degrees of freedom."""
    number = has_items.sum(axis=-1)
    squares = (np.where(has_items, influence, 0.0) ** 2).sum(axis=-1)
    known = np.where(number > 1, number, np.nan)
    return (known - 1) / known * squares, known - 1


def _between_runs(*systems: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The variance of means of runs, pooled, and its degrees of freedom."""
    freedom = sum(values.shape[-1] - 1 for values in systems)
    squares = sum(values.shape[-1] * values.var(axis=-1) for values in systems)
    means = sum(1 / values.shape[-1] for values in systems)
    variance = np.asarray(squares / freedom * means, np.float64)
    return variance, np.full(variance.shape, float(freedom))


def _added(parts: Sequence[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
    """The sum of variances, with its degrees of freedom.

    Satterthwaite, "An Approximate Distribution of Estimates of Variance Components", Biometrics
    Bulletin 2, 1946.
    """
    if len(parts) == 1:
        return parts[0]
    total = np.asarray(sum(variance for variance, _ in parts), np.float64)
    squares = np.asarray(sum(variance**2 / freedom for variance, freedom in parts))
    fewest = np.min([freedom for _, freedom in parts], axis=0)
    some = squares > 0
    return total, np.where(some, total**2 / np.where(some, squares, 1), fewest)


def _items(counts: Counts) -> FloatArray:
    """The number of items that a score depends on; labels with few items count for more.

    The mean of n labels' scores varies as a score of n times the harmonic mean of their items.
    """
    sides = counts[..., [GOLD, PREDICTED]].sum(axis=-3).mean(axis=(-1, -3))
    used = sides > 0
    inverse = np.divide(1, sides, out=np.zeros_like(sides), where=used).sum(axis=-1)
    return np.asarray(used.sum(axis=-1) ** 2 / np.maximum(inverse, 1e-9), np.float64)
