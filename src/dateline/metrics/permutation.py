"""Permutation tests on units such as documents. The observed arrangement counts as a trial.

The smallest p value is 1 / (`TRIALS` + 1): enough to correct for some two hundred tests.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dateline.metrics.counts import FloatArray

TRIALS = 19_999
FIRST, MANY = 999, 20
"""If so many of the first trials reach the observed value, p is not small, and the others are not
needed: stopping makes no p below .02, so tests at lower levels keep them."""
LARGEST = 10_000_000
"""Entries of a table of trials; with very many units there are fewer trials."""
ROUNDING = 1e-5
"""Share of the largest possible statistic up to which two statistics count as equal."""

Table = npt.NDArray[np.float32]
"""Shape (trials, units)."""


def decline(hits: FloatArray, sizes: FloatArray, times: FloatArray, seed: int) -> float:
    """The one-sided p value of a share that falls with time; 1 if all units have the same time.

    Of ``sizes``, ``hits`` are right, shape (units,). The statistic is the sum over units of the
    rank of the unit's time and what its hits exceed the common share by, so that large units count
    for more. It is compared with random assignments of the units to the times. If time has no
    influence, p is at most x with a probability of at most x, for any number of units.

    Pitman, "Significance Tests Which May be Applied to Samples from any Populations. II", Journal
    of the Royal Statistical Society (Supplement) 4, 1937; Phipson and Smyth, "Permutation P-values
    Should Never Be Zero", Statistical Applications in Genetics and Molecular Biology 9, 2010.
    """
    in_order = np.argsort(times, kind="stable")
    excess = (hits - sizes * (hits.sum() / max(sizes.sum(), 1)))[in_order]
    ranks = _mean_ranks(times[in_order])
    observed = float(excess @ ranks) + ROUNDING * float(np.abs(excess) @ np.abs(ranks))
    orders = _orders(tuple(ranks.tolist()), seed)
    for trials in (orders[:FIRST], orders):
        reached = np.count_nonzero(trials @ excess.astype(np.float32) <= observed)
        if reached >= MANY:
            break
    return (reached + 1) / (len(trials) + 1)


def uneven(first: FloatArray, second: FloatArray, seed: int) -> FloatArray:
    """The two-sided p values of several columns in which one side has more than the other.

    Shapes (units, columns) to (columns,). Sides are swapped at random, for all columns of a unit
    together. Each column is compared with the largest statistic of all columns, so the p values are
    corrected for the number of columns, also where columns depend on each other. 1 where the sides
    are equal.

    Westfall and Young, "Resampling-Based Multiple Testing", 1993 (single-step maxT).
    """
    difference = first - second
    norms = np.sqrt((difference**2).sum(axis=0))
    scaled = np.divide(difference, norms, out=np.zeros_like(difference), where=norms > 0)
    observed = np.abs(scaled.sum(axis=0))
    largest = np.abs(_signs(len(scaled), seed) @ scaled.astype(np.float32)).max(axis=1, initial=0)
    reached = (largest[:, None] >= observed - ROUNDING * len(scaled) ** 0.5).sum(axis=0)
    p: FloatArray = np.where(norms > 0, (reached + 1) / (len(largest) + 1), 1.0)
    return p


def smallest_uneven(units: int) -> float:
    """The smallest p value that `uneven` can find with so many units."""
    return 2.0 ** (1 - units)


def _mean_ranks(times: FloatArray) -> FloatArray:
    """Ranks around 0; equal times have the mean of their ranks."""
    _, group, counts = np.unique(times, return_inverse=True, return_counts=True)
    means = np.cumsum(counts) - (counts + 1) / 2
    return np.asarray(means[group] - (len(times) - 1) / 2, np.float64)


def _trials(units: int) -> int:
    return min(TRIALS, LARGEST // max(units, 1))


@lru_cache(maxsize=4)
def _orders(ranks: tuple[float, ...], seed: int) -> Table:
    drawn = np.random.default_rng(seed).random((_trials(len(ranks)), len(ranks)), np.float32)
    orders: Table = np.array(ranks, np.float32)[drawn.argsort(axis=1)]
    return orders


@lru_cache(maxsize=4)
def _signs(units: int, seed: int) -> Table:
    generator = np.random.default_rng(seed)
    signs = generator.integers(2, size=(_trials(units), units), dtype=np.int8) * 2 - 1
    return signs.astype(np.float32)
