"""Chance-corrected coefficients; undefined is None or NaN, never 0 or 1 by accident."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.metrics.counts import FloatArray

Tables = npt.NDArray[np.integer[Any]]
"""Contingency tables, shape (..., labels, labels): rows are the first coder's labels."""


def kappa_and_alpha(tables: Tables) -> tuple[FloatArray, FloatArray]:
    """Cohen's κ and Krippendorff's nominal α of two coders, for many tables at once.

    Shapes: (..., labels, labels) to (...). NaN where undefined: there are no units, or κ's expected
    agreement is 1, or α's expected disagreement is 0.

    Sources: Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological
    Measurement 20(1), 1960; Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011.
    """
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    units = rows.sum(axis=-1).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.trace(tables, axis1=-2, axis2=-1) / units
        expected = (rows * columns).sum(axis=-1) / units**2
        values = 2 * units
        disagreement = (values**2 - ((rows + columns) ** 2).sum(axis=-1)) / (values * (values - 1))
        kappas = np.where(expected == 1, np.nan, (observed - expected) / (1 - expected))
        alphas = np.where(disagreement == 0, np.nan, 1 - (1 - observed) / disagreement)
    return kappas, alphas


def distance_alpha(observed: FloatArray, values: FloatArray, distances: FloatArray) -> FloatArray:
    """Krippendorff's α of two coders for any distance of values, for many samples at once.

    ``observed`` (...) is the sum of the distances within units, ``values`` (..., values) the number
    of times that each value was given, ``distances`` (values, values) the distance of each two
    values. NaN where the expected disagreement is 0.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011.
    """
    total = values.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = ((values @ distances) * values).sum(axis=-1) / (total * (total - 1))
        alphas: FloatArray = 1 - (2 * observed / total) / np.where(expected > 0, expected, np.nan)
    return alphas


def interval_alpha(
    units: FloatArray, observed: FloatArray, sums: FloatArray, squares: FloatArray
) -> FloatArray:
    """Krippendorff's α of two coders for numbers (interval data), for many samples at once.

    All have the same shape: the number of units, the sum of the squared differences within units,
    and the sums of all values and of their squares. NaN where all values are the same.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011.
    """
    total = 2 * units
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = 2 * (total * squares - sums**2) / (total * (total - 1))
        # What is left of equal values is a rounding error.
        varied = expected > 1e-12 * squares / total
        alphas: FloatArray = 1 - (observed / units) / np.where(varied, expected, np.nan)
    return alphas


def masi_distance(one: frozenset[str], other: frozenset[str]) -> float:
    """The distance of two sets of labels, 0 (the same) to 1 (disjoint).

    Source: Passonneau, "Measuring Agreement on Set-valued Items (MASI) for Semantic and Pragmatic
    Annotation", LREC 2006.
    """
    if one == other:
        return 0.0
    jaccard = len(one & other) / len(one | other)
    return 1 - jaccard * (2 / 3 if one <= other or other <= one else 1 / 3)


def krippendorff_alpha(coders: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Krippendorff's nominal α of any number of coders.

    ``coders`` has a list of labels for each coder, None where a label is missing. Units with a
    single label do not count. None if fewer than two labels are left.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011.
    """
    labels = dict.fromkeys(label for coder in coders for label in coder if label is not None)
    numbers = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((max(map(len, coders), default=0), len(labels)))
    for coder in coders:
        given = [unit for unit, label in enumerate(coder) if label is not None]
        counts[given, [numbers[coder[unit]] for unit in given]] += 1
    counts = counts[counts.sum(axis=1) > 1]
    values, totals = counts.sum(axis=1), counts.sum(axis=0)
    observed = ((values**2 - (counts**2).sum(axis=1)) / (values - 1)).sum()
    pairs = totals.sum() ** 2 - (totals**2).sum()
    return float(1 - observed * (totals.sum() - 1) / pairs) if pairs else None


def f1(common: float, first: float, second: float) -> float | None:
    """F1 of one side against the other, which is symmetric; None if both are empty."""
    return 2 * common / (first + second) if first + second else None
