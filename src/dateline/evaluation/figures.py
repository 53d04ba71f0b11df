"""Scores of a system as charts, with the tables of their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from dateline.evaluation.curves import Curve, CurveReport
from dateline.evaluation.report import Consistency, FieldScore, Report, Score
from dateline.evaluation.tables import curves as curve_tables
from dateline.evaluation.tables.scores import (
    NO_VALUE,
    contrast_tables,
    field_table,
    marked,
    tables,
)
from dateline.rendering.charts import Bar, BarChart, Chart, Point, Section

INTERVALS = "F1 in percent, or the mean for rankings; thin lines are 95% confidence intervals."
UNRELIABLE = "Names with * have fewer than 5 gold items or sets, which is not reliable."


def score_sections(report: Report) -> Iterator[Section]:
    """Primary measures, then by each field, then on contrasts."""
    plain = [msgspec.structs.replace(score, by={}) for score in report.scores]
    without = msgspec.structs.replace(report, scores=tuple(plain), contrasts=None)
    chart = BarChart("Primary measures", [*map(_bar, report.primary)])
    yield Section("Scores", INTERVALS, (), [chart], [*tables(without)])
    runs = report.signature.runs
    for field in _fields(report.primary):
        yield Section(
            f"Scores by {field}",
            f"{INTERVALS} {UNRELIABLE}",
            (),
            [*_by_field(report.primary, field)],
            [field_table(one, field, one.by[field], runs) for one in report.primary],
        )
    if report.contrasts is not None:
        found = report.contrasts
        consistency = BarChart("Contrast consistency", [*map(_bar, found.consistency)])
        charts = [
            chart for field in _fields(found.scores) for chart in _by_field(found.scores, field)
        ]
        yield Section(
            "Contrasts",
            "Share of contrast sets in percent in which the system is right on the original and on "
            f"all contrasts. Then by field, on contrasts alone: {INTERVALS} {UNRELIABLE}",
            (),
            [consistency, *charts],
            [*contrast_tables(found, runs)],
        )


def curve_section(report: CurveReport) -> Section:
    """Calibration, and risk at each coverage, of each layer with confidences."""
    return Section(
        "Confidence",
        "Calibration: the precision of the items in each tenth of the range of confidence; on the "
        "dashed line, confidence is right. Risk and coverage: the share of wrong items, if only "
        "the most confident are kept. Rates are in percent.",
        [chart for curve in report.curves for chart in _of_curve(curve)],
        (),
        [*curve_tables.tables(report)],
    )


def _fields(scores: Iterable[Score]) -> list[str]:
    """The fields by which there are scores; some are of contrasts alone."""
    return [*dict.fromkeys(field for score in scores for field in score.by)]


def _by_field(scores: Iterable[Score], field: str) -> Iterator[BarChart]:
    for one in scores:
        if field in one.by:
            yield BarChart(f"{one.group}: {one.measure}, by {field}", [*_values(one.by[field])])


def _values(found: Mapping[str, FieldScore]) -> Iterator[Bar]:
    for value, one in found.items():
        yield Bar(marked(value or NO_VALUE, one.reliable), one.value, one.interval)


def _bar(one: Score | Consistency) -> Bar:
    reliable = one.reliable if isinstance(one, Consistency) else True
    return Bar(marked(f"{one.group}: {one.measure}", reliable), one.value, one.interval)


def _of_curve(curve: Curve) -> Iterator[Chart]:
    name = f"{curve.group}: {curve.measure}"
    if curve.bins:
        yield Chart(
            f"{name}, calibration",
            "precision by confidence; the table has the expected calibration error",
            "confidence",
            "precision",
            [Point(one.confidence, one.precision) for one in curve.bins],
            diagonal=True,
        )
    yield Chart(
        f"{name}, risk and coverage",
        "share of wrong items by share of items that are kept; the table has the numbers",
        "coverage",
        "risk",
        [Point(one.coverage, 1 - one.precision) for one in curve.points],
    )
