"""Comparisons as tables of text."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.comparison import Comparison, Difference
from dateline.evaluation.tables.scores import NONE, Table, interval, number

LEGEND = (
    "Values and differences are in per cent. p: by paired bootstrap, by approximate randomisation, "
    "and the latter corrected for the number of systems (Holm)."
)
COLUMNS = ("more", "95 %", "p boot", "p rand", "p Holm")


def tables(comparison: Comparison) -> Iterator[Table]:
    """A table for each system, against the first."""
    first, *others = comparison.systems
    for position, name in enumerate(others):
        rows = [
            (
                f"{line.group}: {line.measure}",
                number(line.first),
                number(line.others[position].value),
                *_cells(line.others[position]),
            )
            for line in comparison.lines
        ]
        yield Table(f"{name} against {first}", ("measure", first, name, *COLUMNS), rows)


def notes(comparison: Comparison) -> list[str]:
    """What to keep in mind, as sentences."""
    found = []
    if comparison.documents == 1:
        found.append(
            "One document: nothing can be told apart by drawing documents, so p is 1 and there is "
            "no interval."
        )
    for name, differing in comparison.differing.items():
        found.append(f"The signature of {name} differs: {'; '.join(differing)}.")
    return found


def _cells(found: Difference) -> tuple[str, ...]:
    gain = found.difference
    return (
        NONE if gain is None else f"{100 * gain:+.1f}",
        interval(found.interval),
        *(_p(value) for value in (found.bootstrap, found.randomisation, found.corrected)),
    )


def _p(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"
