"""Scores as tables of text, which the terminal, Markdown and HTML pages all show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dateline.evaluation.measures.groups import MEAN
from dateline.evaluation.scoring import Rates, Report, Score
from dateline.rendering.listing import counted
from dateline.rendering.markdown import escape

NONE = "—"
LEGEND = "P, R, F and their interval are in per cent; docs/metrics.md defines every measure."
COLUMNS = ("measure", "P", "R", "F", "95 %", "macro F", "right", "predicted", "gold")


class Table(NamedTuple):
    """A title, names of columns, and rows of cells; the first ``texts`` columns are no numbers."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    texts: int = 1


def tables(report: Report, *, labels: bool = False) -> Iterator[Table]:
    """A table for each group of measures; then, if wanted, one of its labels for each measure.

    Tables of documents follow where the report has them.
    """
    for group in dict.fromkeys(score.group for score in report.scores):
        scores = [score for score in report.scores if score.group == group]
        yield Table(group, COLUMNS, [row(score) for score in scores])
        for score in scores:
            if labels and score.labels:
                yield _broken_down(score, "label", score.labels)
            if score.documents:
                yield _broken_down(score, "document", score.documents)


def notes(report: Report) -> list[str]:
    """What to keep in mind, as sentences."""
    found = counted(len(report.problems), "problem")
    noted = [f"the predictions have {found}"] if report.problems else []
    return [sentence(note) for note in (*report.notes, *noted)]


def sentence(note: str) -> str:
    """A note with a capital and a full stop."""
    return f"{note[:1].upper()}{note[1:]}."


def markdown_page(title: str, lead: Iterable[str], tables: Iterable[Table], signature: str) -> str:
    """A Markdown page with a title, some paragraphs, tables, and what to cite; text is escaped."""
    titled = (f"## {escape(table.title)}\n\n{_markdown(table)}" for table in tables)
    return (
        "\n\n".join([f"# {escape(title)}", *map(escape, lead), *titled, escape(signature)]) + "\n"
    )


def markdown_parts(lead: Iterable[str], tables: Sequence[Table]) -> str:
    """Tables and then paragraphs, to be part of a page; tables have titles if there are several."""
    shown = [
        f"**{escape(table.title)}**\n\n{_markdown(table)}" if len(tables) > 1 else _markdown(table)
        for table in tables
    ]
    return "\n\n".join([*shown, *map(escape, lead)]) + "\n"


def number(value: float | None) -> str:
    """A rate as a percentage with one decimal, or a dash where it is undefined."""
    return NONE if value is None else f"{100 * value:.1f}"


def interval(ends: tuple[float, float] | None) -> str:
    """An interval as two percentages."""
    return NONE if ends is None else f"{100 * ends[0]:.1f}–{100 * ends[1]:.1f}"


def amount(value: float) -> str:
    """A count, or credit that is no whole number."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def row(score: Score) -> tuple[str, ...]:
    """The cells of a score, for the columns ``COLUMNS``."""
    total = score.total
    if total is None:
        return score.measure, NONE, NONE, number(score.value), interval(score.interval), *[NONE] * 4
    simple = score.statistic == MEAN
    return (
        score.measure,
        NONE if simple else number(total.precision),
        NONE if simple else number(total.recall),
        number(score.value),
        interval(score.interval),
        number(score.macro),
        *_amounts(total),
    )


def _broken_down(score: Score, name: str, found: Mapping[str, Rates]) -> Table:
    rows = [
        (key, number(r.precision), number(r.recall), number(r.f), *_amounts(r))
        for key, r in found.items()
    ]
    columns = (name, "P", "R", "F", "right", "predicted", "gold")
    return Table(f"{score.group}: {score.measure}, by {name}", columns, rows)


def _amounts(found: Rates) -> tuple[str, str, str]:
    return amount(found.hit_gold), amount(found.predicted), amount(found.gold)


def _markdown(table: Table) -> str:
    lines = [
        "| " + " | ".join(table.columns) + " |",
        "|" + "---|" * table.texts + "---:|" * (len(table.columns) - table.texts),
    ]
    lines += ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines)
