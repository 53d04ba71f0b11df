"""Comparisons as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.evaluation.comparison_report import ComparedMeasure, ComparisonReport, Difference
from dateline.evaluation.tables.scores import (
    NO_VALUE,
    NONE,
    UNRELIABLE_LEGEND,
    interval,
    marked,
    number,
)
from dateline.metrics.significance import FEW
from dateline.rendering.listing import listed
from dateline.rendering.tables import Table

LEGEND = (
    "Values and differences are in percent; 95% CI is the confidence interval of the difference. "
    "Systems are tested on the primary measure of each group; the other measures are exploratory: "
    "their intervals are not corrected for their number. p boot: paired bootstrap. p rand: "
    "approximate randomization. p runs: t test over documents and runs. p Holm: p rand or p runs, "
    "corrected for all primary measures and systems."
)
SIGNIFICANT = 0.05
SHOWN = 5
"""How many measures a note lists."""
P_VALUES = {
    "p boot": "p_bootstrap",
    "p rand": "p_randomization",
    "p runs": "p_runs",
    "p Holm": "p_holm",
}
"""Columns and the fields that they show; a column without values is left out."""


def tables(report: ComparisonReport) -> Iterator[Table]:
    """For each system: tables of primary and exploratory measures, by field, and of contrasts."""
    first, *others = report.systems
    for position, name in enumerate(others):
        title = f"{name} compared with {first}"
        for suffix, is_primary in (("", True), (": exploratory measures", False)):
            measures = [one for one in report.measures if one.primary == is_primary]
            if measures:
                yield _table(f"{title}{suffix}", (first, name), measures, position)
        for measure in report.measures:
            for field, found in measure.by.items():
                of_field = f"{title}: {measure.group}: {measure.measure} by {field}"
                yield _by_field(of_field, field, (first, name), found, position)
        if report.consistency:
            of_sets = {f"{one.group}: {one.measure}": one for one in report.consistency}
            yield _consistency(f"{title}: contrast consistency", (first, name), of_sets, position)


def notes(report: ComparisonReport) -> list[str]:
    """Notes for the reader, as sentences."""
    found = []
    units = report.units
    unit, of_units = "document", "documents"
    if report.signature.units != of_units:
        unit, of_units = "group of documents", "groups of documents"
    tested = [one for measure in report.measures for one in measure.others]
    if units == 1:
        found.append(
            f"One {unit} cannot show significance: p is 1 and there are no confidence intervals."
        )
    elif any(one.p_randomization is not None for one in tested):
        if units < FEW:
            found.append(
                f"p boot is not shown: with fewer than {FEW} {of_units} (here {units}) the paired "
                "bootstrap finds differences between equal systems too often."
            )
        if 2 / 2**units > SIGNIFICANT:
            found.append(
                f"With {units} {of_units}, p rand cannot be less than {2 / 2**units:.3f}, whatever "
                "the difference."
            )
    for name, differing in report.differing.items():
        found.append(f"The signature of {name} differs: {'; '.join(differing)}.")
    for name, measures in report.missing.items():
        shown = "; ".join(listed(measures, SHOWN))
        found.append(f"Not compared, because {name} was not scored on it: {shown}.")
    return found


def footnotes(report: ComparisonReport) -> list[str]:
    """What a mark in the tables means, if there is one."""
    of_fields = [found for measure in report.measures for found in measure.by.values()]
    shown = [*report.consistency, *(one for found in of_fields for one in found.values())]
    is_marked = any(not one.reliable for one in shown)
    return [UNRELIABLE_LEGEND] if is_marked else []


def _table(
    title: str,
    systems: tuple[str, str],
    measures: Sequence[ComparedMeasure],
    position: int,
) -> Table:
    found = [measure.others[position] for measure in measures]
    shown = [
        name for name in P_VALUES if any(getattr(one, P_VALUES[name]) is not None for one in found)
    ]
    rows = [
        (
            f"{measure.group}: {measure.measure}",
            *_values(measure, one),
            *(_p(getattr(one, P_VALUES[name])) for name in shown),
        )
        for measure, one in zip(measures, found, strict=True)
    ]
    return Table(title, ("measure", *systems, "diff", "95% CI", *shown), rows)


def _by_field(
    title: str,
    field: str,
    systems: tuple[str, str],
    found: Mapping[str, ComparedMeasure],
    position: int,
) -> Table:
    rows = [
        (
            marked(value or NO_VALUE, one.reliable),
            f"{one.documents:,}",
            f"{one.gold:,.0f}",
            *_values(one, one.others[position]),
        )
        for value, one in found.items()
    ]
    return Table(title, (field, "documents", "gold", *systems, "diff", "95% CI"), rows)


def _consistency(
    title: str, systems: tuple[str, str], found: Mapping[str, ComparedMeasure], position: int
) -> Table:
    rows = [
        (marked(name, one.reliable), f"{one.documents:,}", *_values(one, one.others[position]))
        for name, one in found.items()
    ]
    return Table(title, ("measure", "sets", *systems, "diff", "95% CI"), rows)


def _values(measure: ComparedMeasure, one: Difference) -> tuple[str, ...]:
    difference = NONE if one.difference is None else f"{100 * one.difference:+.1f}"
    return number(measure.first), number(one.value), difference, interval(one.interval)


def _p(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"
