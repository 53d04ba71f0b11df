"""Scores as tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dateline.evaluation.measures.groups import MEAN
from dateline.evaluation.report import (
    FEWEST_RELIABLE,
    Consistency,
    ContrastScores,
    FieldScore,
    Rates,
    Report,
    Score,
)
from dateline.rendering.listing import counted
from dateline.rendering.tables import Table

NONE = "—"
NO_VALUE = "(none)"
"""Stands for the value of documents that have none."""
LEGEND = (
    "P, R, F1 and the 95% confidence interval of F1 are in percent. TP counts matched gold items. "
    'F1 is the mean for rankings and "claimer tokens". —: undefined. For the definitions, run: '
    "dateline docs metrics"
)
UNRELIABLE = "*"
UNRELIABLE_LEGEND = (
    f"{UNRELIABLE} after a name: not reliable, because there are fewer than {FEWEST_RELIABLE} gold "
    "items or contrast sets."
)
RUNS_LEGEND = "Numbers are means of {runs} runs; SD is the standard deviation of F1 over runs."


def tables(report: Report, *, by_label: bool = False) -> Iterator[Table]:
    """A table for each group of measures, with tables by label, document and field after it.

    Tables by document and by field are shown if the report has them.
    """
    for group in dict.fromkeys(score.group for score in report.scores):
        scores = [score for score in report.scores if score.group == group]
        runs = report.signature.runs
        yield Table(group, columns(runs), [row(score, runs) for score in scores])
        for score in scores:
            if by_label and score.labels:
                yield _broken_down(score, "label", score.labels)
            if score.documents:
                yield _broken_down(score, "document", score.documents)
            for field, found in score.by.items():
                yield field_table(score, field, found, runs)
    if report.contrasts is not None:
        yield from contrast_tables(report.contrasts, report.signature.runs)


def legend(report: Report) -> list[str]:
    """What the columns of the tables mean."""
    runs = report.signature.runs
    return [LEGEND, RUNS_LEGEND.format(runs=runs)] if runs > 1 else [LEGEND]


def footnotes(report: Report, *, by_label: bool = False) -> list[str]:
    """What a mark in the tables means, if there is one."""
    contrasts = report.contrasts
    scores = (*report.scores, *(contrasts.scores if contrasts else ()))
    shown: list[Iterable[Rates | FieldScore | Consistency]] = [
        found.values() for score in scores for found in score.by.values()
    ]
    if by_label:
        shown += (score.labels.values() for score in report.scores)
    shown.append(contrasts.consistency if contrasts else ())
    marked = any(not one.reliable for found in shown for one in found)
    return [UNRELIABLE_LEGEND] if marked else []


def notes(report: Report) -> list[str]:
    """The notes of a report as sentences."""
    found = counted(len(report.problems), "problem")
    problems = [f"the predictions have {found}"] if report.problems else []
    return [sentence(note) for note in (*report.notes, *problems)]


def sentence(note: str) -> str:
    """A note with a capital and a full stop."""
    return f"{note[:1].upper()}{note[1:]}."


def columns(runs: int = 1) -> tuple[str, ...]:
    """The names of the columns of scores, for a system with so many runs."""
    spread = ("SD",) if runs > 1 else ()
    return "measure", "TP", "predicted", "gold", "P", "R", "F1", *spread, "95% CI", "macro F1"


def row(score: Score, runs: int = 1) -> tuple[str, ...]:
    """The cells of a score, for the columns that `columns` names."""
    return score.measure, *_cells(score, score.statistic, runs), number(score.macro_f1)


def number(value: float | None) -> str:
    """A rate in percent with one decimal, or a dash if it is undefined."""
    return NONE if value is None else f"{100 * value:.1f}"


def interval(ends: tuple[float, float] | None) -> str:
    """An interval in percent, or a dash."""
    return NONE if ends is None else f"{100 * ends[0]:.1f}–{100 * ends[1]:.1f}"


def amount(value: float) -> str:
    """A count, with decimals for partial credit."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _broken_down(score: Score, name: str, found: Mapping[str, Rates]) -> Table:
    # Items that match with another label count for the label of each of them.
    is_one_sided = all(r.matched_gold == r.matched_predicted for r in found.values())
    amounts, counted_as = (
        (_amounts, ("TP", "predicted", "gold"))
        if is_one_sided
        else (_amounts_by_side, ("TP of predicted", "predicted", "TP of gold", "gold"))
    )
    rows = [
        (marked(key, r.reliable or name == "document"), *amounts(r), *_shown_rates(r))
        for key, r in found.items()
    ]
    columns = (name, *counted_as, "P", "R", "F1")
    return Table(f"{score.group}: {score.measure}, by {name}", columns, rows)


def contrast_tables(found: ContrastScores, runs: int) -> Iterator[Table]:
    """The scores on contrasts beside those on their originals, by field, and the consistency."""
    *names, _ = columns(runs)
    rows = [
        (f"{one.group}: {one.measure}", *_cells(one, one.statistic, runs), number(original.value))
        for one, original in zip(found.scores, found.of_originals, strict=True)
    ]
    yield Table(counted(found.documents, "contrast"), (*names, "originals F1"), rows)
    for score in found.scores:
        for field, values in score.by.items():
            table = field_table(score, field, values, runs)
            yield table._replace(title=f"contrasts, {table.title}")
    if found.consistency:
        yield _consistency(found, runs)


def _consistency(found: ContrastScores, runs: int) -> Table:
    spread = ("SD",) if runs > 1 else ()
    rows = [
        (
            marked(f"{one.group}: {one.measure}", one.reliable),
            f"{one.sets:,}",
            amount(one.right),
            number(one.value),
            *((number(one.deviation),) if runs > 1 else ()),
            interval(one.interval),
        )
        for one in found.consistency
    ]
    columns = ("measure", "sets", "right", "share", *spread, "95% CI")
    return Table("contrast consistency", columns, rows)


def field_table(score: Score, field: str, found: Mapping[str, FieldScore], runs: int) -> Table:
    """The scores by the values of a field, of a system with so many runs."""
    rows = []
    for value, one in found.items():
        cells = _cells(one, score.statistic, runs)
        # CoNLL has no total, but gold items.
        shown = *cells[:2], amount(one.gold), *cells[3:]
        rows.append((marked(value or NO_VALUE, one.reliable), f"{one.documents:,}", *shown))
    _, *names = columns(runs)[:-1]
    title = f"{score.group}: {score.measure}, by {field}"
    return Table(title, (field, "documents", *names), rows)


def _cells(found: Score | FieldScore, statistic: str, runs: int) -> tuple[str, ...]:
    """The cells from true positives to the interval."""
    total = found.total
    spread = (number(found.deviation),) if runs > 1 else ()
    value = number(found.value), *spread, interval(found.interval)
    if total is None:
        return *[NONE] * 5, *value
    mean = statistic == MEAN
    precision = NONE if mean else number(total.precision)
    recall = NONE if mean else number(total.recall)
    return *_amounts(total), precision, recall, *value


def marked(name: str, reliable: bool) -> str:
    """A name, with a mark if its score is not reliable."""
    return name if reliable else f"{name} {UNRELIABLE}"


def _shown_rates(found: Rates) -> tuple[str, str, str]:
    return number(found.precision), number(found.recall), number(found.f1)


def _amounts_by_side(found: Rates) -> tuple[str, ...]:
    sides = (found.matched_predicted, found.predicted, found.matched_gold, found.gold)
    return tuple(map(amount, sides))


def _amounts(found: Rates) -> tuple[str, ...]:
    return amount(found.matched_gold), amount(found.predicted), amount(found.gold)
