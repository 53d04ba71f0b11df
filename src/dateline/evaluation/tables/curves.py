"""Precision-recall curves as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.evaluation.curves import Curve, CurvePoint, CurveReport
from dateline.evaluation.tables.scores import number
from dateline.rendering.tables import Table

LEGEND = (
    "AP is average precision, ECE the expected calibration error, AURC the area under the "
    "risk-coverage curve; all rates are in percent. Best F1: the highest F1 of all thresholds, "
    "chosen on this gold. Items without a confidence are in every row. "
    "`dateline docs metrics` defines the curves."
)
COLUMNS = ("threshold", "coverage", "TP", "predicted", "P", "R", "F1")
SHOWN = 11
"""Points of a curve that are shown; JSON has all."""


def tables(report: CurveReport) -> Iterator[Table]:
    """A table of all curves, and one of the thresholds of each."""
    yield Table(
        "average precision",
        (
            *("measure", "gold", "predicted", "without confidence", "AP", "ECE", "AURC"),
            *("best F1", "threshold"),
        ),
        [_summary(curve) for curve in report.curves],
    )
    for curve in report.curves:
        yield Table(
            f"{curve.group}: {curve.measure}",
            COLUMNS,
            [_cells(point) for point in _spread(curve.points)],
        )


def _summary(curve: Curve) -> tuple[str, ...]:
    amounts = curve.gold, curve.points[-1].predicted, curve.unrated
    return (
        f"{curve.group}: {curve.measure}",
        *(f"{amount:,}" for amount in amounts),
        number(curve.average_precision),
        number(curve.calibration_error),
        number(curve.risk_coverage),
        number(curve.best.f1),
        f"{curve.best.threshold:g}",
    )


def _cells(point: CurvePoint) -> tuple[str, ...]:
    rates = point.precision, point.recall, point.f1
    counts = f"{point.matched:,}", f"{point.predicted:,}"
    return f"{point.threshold:g}", number(point.coverage), *counts, *map(number, rates)


def _spread(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Points at equal distances, the first and the last among them."""
    if len(points) <= SHOWN:
        return list(points)
    return [points[round(n * (len(points) - 1) / (SHOWN - 1))] for n in range(SHOWN)]
