"""Comparisons as tables of text."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.comparison import ComparisonReport, Difference
from dateline.evaluation.tables.scores import NONE, interval, number
from dateline.rendering.tables import Table

LEGEND = (
    "Values and differences are in percent; 95% CI is the confidence interval of the difference. "
    "p boot: paired bootstrap. p rand: approximate randomization. p Holm: the latter, corrected "
    "for the number of systems."
)
COLUMNS = ("diff", "95% CI", "p boot", "p rand", "p Holm")


def tables(report: ComparisonReport) -> Iterator[Table]:
    """A table for each system, compared with the first."""
    first, *others = report.systems
    for position, name in enumerate(others):
        rows = [
            (
                f"{compared.group}: {compared.measure}",
                number(compared.first),
                number(compared.others[position].value),
                *_cells(compared.others[position]),
            )
            for compared in report.measures
        ]
        yield Table(f"{name} compared with {first}", ("measure", first, name, *COLUMNS), rows)


def notes(report: ComparisonReport) -> list[str]:
    """Notes for the reader, as sentences."""
    found = []
    if report.signature.documents == 1:
        found.append(
            "One document cannot show significance: p is 1 and there are no confidence intervals."
        )
    for name, differing in report.differing.items():
        found.append(f"The signature of {name} differs: {'; '.join(differing)}.")
    return found


def _cells(found: Difference) -> tuple[str, ...]:
    difference = NONE if found.difference is None else f"{100 * found.difference:+.1f}"
    tests = found.p_bootstrap, found.p_randomization, found.p_holm
    return difference, interval(found.interval), *map(_p, tests)


def _p(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"
