"""Chance-corrected coefficients, by kept libraries; undefined is None, never 0 or 1 by accident."""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from dateline.errors import DatelineError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.integer[Any]]
    Values = npt.NDArray[np.float64]

NEEDED = "pip install 'dateline[agreement]'"


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's κ of two lists of labels, one for each unit.

    None where there are no units, or where both use one and the same label throughout, so that
    agreement could not have been otherwise.

    Source: Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological
    Measurement 20(1), 1960. Raises DatelineError where scikit-learn is not installed.
    """
    if len({*first, *second}) < 2:
        return None
    try:
        from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415 (heavy and optional)
    except ModuleNotFoundError:
        raise DatelineError(f"Agreement needs scikit-learn: {NEEDED}") from None
    numbers = {label: n for n, label in enumerate(dict.fromkeys((*first, *second)))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = cohen_kappa_score([numbers[x] for x in first], [numbers[x] for x in second])
    return _defined(value)


def alpha(coders: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Krippendorff's α for nominal data: a list of labels for each coder, None where missing.

    None where fewer than two labels occur, or no unit has two of them.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011. Raises
    DatelineError where the package krippendorff is not installed.
    """
    labels = dict.fromkeys(label for coder in coders for label in coder if label is not None)
    paired = any(sum(label is not None for label in unit) > 1 for unit in zip(*coders, strict=True))
    if len(labels) < 2 or not paired:
        return None
    try:
        import krippendorff  # noqa: PLC0415 (optional)
        import numpy as np  # noqa: PLC0415 (heavy)
    except ModuleNotFoundError:
        raise DatelineError(f"Agreement needs krippendorff: {NEEDED}") from None
    numbers = {label: n for n, label in enumerate(labels)}
    data = np.array(
        [[np.nan if x is None else numbers[x] for x in coder] for coder in coders], dtype=float
    )
    try:
        value = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    except ValueError:
        return None  # only one label is left among the units that can be paired
    return _defined(value)


def of_tables(tables: Counts) -> tuple[Values, Values]:
    """Cohen's κ and Krippendorff's nominal α of many tables at once; NaN where undefined.

    ``tables`` has the shape (tables, labels, labels): how many units the first coder gave the
    label of the row, and the second that of the column. The same as ``kappa`` and ``alpha`` of each
    table's units, a thousand times as fast, which is what resampling takes.
    """
    import numpy as np  # noqa: PLC0415 (heavy)

    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    units = rows.sum(axis=1).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        same = np.trace(tables, axis1=1, axis2=2) / units
        by_chance = (rows * columns).sum(axis=1) / units**2
        kappas = (same - by_chance) / (1 - by_chance)
        values = 2 * units
        differ = (values**2 - ((rows + columns) ** 2).sum(axis=1)) / (values * (values - 1))
        alphas = 1 - (1 - same) / differ
    kappas[by_chance == 1] = np.nan
    alphas[differ == 0] = np.nan
    return kappas, alphas


def f1(common: float, first: float, second: float) -> float | None:
    """F₁ of one side against the other, which is the same both ways; None where both are empty."""
    return 2 * common / (first + second) if first + second else None


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
