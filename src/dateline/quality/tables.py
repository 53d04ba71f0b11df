"""The report as tables, for the terminal and as an HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.model import GOLD
from dateline.quality.report import OTHERS, Agreement, Drift, LabelUse, QualityReport, Work
from dateline.rendering.header import Header
from dateline.rendering.html import html_page
from dateline.rendering.tables import Table

WEEKS = 8
"""Weeks that the terminal shows, the latest ones."""

TOO_FEW = "too few documents"

LEAD = (
    "Agreement is F1 of items, of their arguments and relations, and of the values of matched "
    "items, with a 95% interval over documents. Minutes are how long the page was open for a "
    "document, pauses included.",
    "Drift: agreement falls with time. A label: the annotator uses it more or less often than "
    "others on the same documents. With several others, this holds whichever of them is left out. "
    "With a single one, either of the two may be the cause.",
)


def quality_html(report: QualityReport, header: Header) -> str:
    """The report as an HTML page."""
    tables = [work_table(report.work), drift_table(report.drift), label_table(report.labels)]
    return html_page("Quality", header, LEAD, tables)


def terminal_tables(report: QualityReport) -> Iterator[Table]:
    """The latest weeks, all tests of drift, and the labels that are used differently."""
    weeks = sorted({one.week for one in report.work if one.week is not None})
    shown = {*weeks[-WEEKS:], None}
    yield work_table([one for one in report.work if one.week in shown])
    if report.drift:
        yield drift_table(report.drift)
    flagged = [one for one in report.labels if one.flagged]
    if flagged:
        yield label_table(flagged)


def work_table(work: Sequence[Work]) -> Table:
    """What each annotator did by week."""
    columns = ("annotator", "week", "documents", "items", "min each", "agreement", "with gold")
    rows = [
        (
            one.annotator,
            one.week or "—",
            f"{one.documents:,}",
            f"{one.items:,}",
            f"{one.seconds / 60 / one.timed:.1f}" if one.timed else "—",
            _agreement(one.others),
            _agreement(one.gold),
        )
        for one in work
    ]
    return Table("Work by week", columns, rows, texts=2)


def drift_table(drift: Sequence[Drift]) -> Table:
    """The tests of drift."""
    columns = ("annotator", "against", "drift", "documents", "first half", "second half", "p")
    rows = [
        (
            one.annotator,
            one.against,
            _verdict(one),
            f"{one.documents:,}",
            _number(one.earlier),
            _number(one.later),
            _p(one.adjusted),
        )
        for one in drift
    ]
    return Table("Drift", columns, rows, texts=3)


def label_table(labels: Sequence[LabelUse]) -> Table:
    """The use of labels; those used differently come first."""
    columns = (
        "annotator", "layer", "label", "against", "others give instead",
        "differs", "own", "others", "F1", "p",
    )  # fmt: skip
    rows = [
        (
            one.annotator,
            one.layer,
            one.label,
            one.against,
            one.instead or "—",
            TOO_FEW if one.adjusted is None else "yes" if one.flagged else "no",
            f"{one.own:,}",
            f"{one.others:,.1f}".removesuffix(".0"),
            _number(one.value),
            _p(one.adjusted),
        )
        for one in sorted(labels, key=_by_p)
    ]
    return Table("Labels", columns, rows, texts=6)


def no_label_flagged(labels: Sequence[LabelUse]) -> str:
    """What it means that no label is marked."""
    if all(one.adjusted is None for one in labels):
        return "There are too few shared documents to tell whether a label is used differently."
    few = sorted({one.annotator for one in labels if one.adjusted is None})
    but = f", but {', '.join(few)} shared too few documents to tell" if few else ""
    return f"No label is used differently by anybody{but}; --format html shows all labels."


def _by_p(one: LabelUse) -> tuple[bool, float, str]:
    return one.adjusted is None, one.adjusted or 0.0, one.annotator


def _verdict(one: Drift) -> str:
    if one.p is None:
        return TOO_FEW
    if not one.flagged:
        return "no"
    return "yes" if one.against in (GOLD, OTHERS) else f"yes, of {one.annotator} or {one.against}"


def _agreement(found: Agreement | None) -> str:
    if found is None:
        return "—"
    interval = "" if found.low is None else f" [{_number(found.low)}, {_number(found.high)}]"
    return f"{_number(found.value)}{interval}"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}".removeprefix("0")


def _p(value: float | None) -> str:
    if value is None:
        return "—"
    return "< .001" if value < 0.001 else f"{value:.3f}"
