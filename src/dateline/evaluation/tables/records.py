"""Scores and comparisons as CSV, with full precision, for other programs to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from dateline.evaluation.comparison_report import ComparedMeasure, ComparisonReport
from dateline.evaluation.report import Consistency, ContrastScores, FieldScore, Rates, Report, Score
from dateline.rendering.markdown import one_line

Row: TypeAlias = tuple[str | float | None, ...]

SCORES = (
    "group", "measure", "primary", "statistic", "label", "document", "value", "low", "high", "sd",
    "macro_f1", "macro_f1_low", "macro_f1_high", "macro_f1_sd", "matched_gold", "gold",
    "matched_predicted", "predicted", "precision", "recall", "reliable",
)  # fmt: skip
FIELDS = "field", "field_value", "documents"
DIFFERENCES = (
    "group", "measure", "primary", "first_system", "first_value", "system", "value", "difference",
    "low", "high", "p_bootstrap", "p_randomization", "p_runs", "p_holm", *FIELDS, "gold",
    "reliable",
)  # fmt: skip


def score_csv(report: Report, *, by_label: bool = False) -> str:
    """One row for each score; rows by label, document or field have a label, document or field.

    Rows of contrasts follow, with the field "contrasts" and "only" or "originals" as its value, or
    with a field and value of contrasts. Last are rows of contrast consistency; their gold items are
    the sets.
    """
    rows: list[Row] = []
    for score in report.scores:
        rows.append(_score(score))
        rows += _broken_down(score, score.labels if by_label else {}, "label")
        rows += _broken_down(score, score.documents, "document")
        for field, values in score.by.items():
            rows += (_by_field(score, field, value, one) for value, one in values.items())
    if report.contrasts is not None:
        rows += _contrasts(report.contrasts)
        rows += map(_consistency, report.contrasts.consistency)
    columns = *SCORES, *FIELDS
    empty = (None,) * len(FIELDS)
    every = ((*row, *empty)[: len(columns)] for row in rows)
    return _csv(str(report.signature), columns, every)


def scores_csv(scores: Mapping[str, tuple[str, Sequence[Score]]]) -> str:
    """The scores of several systems, each with its signature; for a leaderboard."""
    rows = (
        (name, *_score(score), signature)
        for name, (signature, found) in scores.items()
        for score in found
    )
    return _csv("", ("system", *SCORES, "signature"), rows)


def comparison_csv(report: ComparisonReport) -> str:
    """One row for each measure and each system but the first, and for each value of a field."""
    rows: list[Row] = []
    for measure in report.measures:
        rows += _differences(measure, report.systems[0])
        for field, values in measure.by.items():
            for value, found in values.items():
                rows += _differences(found, report.systems[0], field, value)
    for measure in report.consistency:
        rows += _differences(measure, report.systems[0], "contrast consistency")
    return _csv(report.signature_line, DIFFERENCES, rows)


def _differences(
    measure: ComparedMeasure, first: str, field: str = "", value: str = ""
) -> Iterator[Row]:
    for one in measure.others:
        yield (
            measure.group,
            measure.measure,
            _yes(measure.primary),
            first,
            measure.first,
            one.system,
            one.value,
            one.difference,
            *(one.interval or (None, None)),
            one.p_bootstrap,
            one.p_randomization,
            one.p_runs,
            one.p_holm,
            field,
            value,
            measure.documents,
            measure.gold,
            _yes(measure.reliable),
        )


def _score(score: Score) -> Row:
    return (
        score.group,
        score.measure,
        _yes(score.primary),
        score.statistic,
        "",
        "",
        score.value,
        *(score.interval or (None, None)),
        score.deviation,
        score.macro_f1,
        *(score.macro_f1_interval or (None, None)),
        score.macro_f1_deviation,
        *_rates(score.total),
    )


def _broken_down(score: Score, found: Mapping[str, Rates], by: str) -> Iterator[Row]:
    for key, rates in found.items():
        of = (key, "") if by == "label" else ("", key)
        start = score.group, score.measure, _yes(score.primary), score.statistic
        yield *start, *of, rates.f1, *[None] * 7, *_rates(rates)


def _by_field(score: Score, field: str, value: str, one: FieldScore) -> Row:
    start = score.group, score.measure, _yes(score.primary), score.statistic, "", ""
    ends = one.interval or (None, None)
    shown = one.value, *ends, one.deviation, *[None] * 4
    # CoNLL has no total, but gold items.
    rates = _rates(one.total) if one.total else (None, one.gold, *[None] * 4, _yes(one.reliable))
    return *start, *shown, *rates, field, value, one.documents


def _contrasts(found: ContrastScores) -> Iterator[Row]:
    for scores, name in ((found.scores, "only"), (found.of_originals, "originals")):
        for score in scores:
            yield *_score(score), "contrasts", name, None
    for score in found.scores:
        for field, values in score.by.items():
            for value, one in values.items():
                yield _by_field(score, f"contrasts, {field}", value, one)


def _consistency(one: Consistency) -> Row:
    start = one.group, one.measure, "no", "contrast consistency", "", ""
    shown = one.value, *(one.interval or (None, None)), one.deviation, *[None] * 4
    return *start, *shown, one.right, one.sets, *[None] * 4, _yes(one.reliable)


def _rates(found: Rates | None) -> Row:
    if found is None:
        return (None,) * 7
    counts = found.matched_gold, found.gold, found.matched_predicted, found.predicted
    return *counts, found.precision, found.recall, _yes(found.reliable)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _csv(signature: str, columns: Sequence[str], rows: Iterable[Row]) -> str:
    """CSV in UTF-8 with the signature as a comment on the first line; undefined values are empty.

    ``pandas.read_csv(file, skiprows=1)`` reads it.
    """
    written = io.StringIO()
    if signature:
        written.write(f"# {one_line(signature)}\n")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue()
