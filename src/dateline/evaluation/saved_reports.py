"""Counts of systems from reports that were made earlier, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from dateline.errors import InvalidInputError
from dateline.evaluation.counting import CountedMeasure, CountedSystem
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.measures.groups import STATISTICS
from dateline.evaluation.report import Report, Score
from dateline.files.reading import MalformedError, converted, read_json

_ROUNDING = 1e-6


def read_report(path: Path) -> Report | Result:
    """Read a report, or a result of the leaderboard, from a JSON file.

    Raises InvalidInputError if it is neither.
    """
    content = read_json(path)
    try:
        fields = converted(content, dict[str, Any])
        fields.pop("signature_line", None)
        kind: type[Report | Result] = Result if "title" in fields else Report
        report = converted(fields, kind)
        _check_scores(report.scores)
    except MalformedError as error:
        raise InvalidInputError(
            f"{path}: is not a report: {error.problem}. Expected predictions (.jsonl), or the "
            "output of `dateline score --by-document --format json`."
        ) from None
    return report


def report_counts(name: str, report: Report | Result) -> CountedSystem:
    """A system's counts from a report, or from a result of the leaderboard.

    Raises InvalidInputError if it has no counts per document.
    """
    if any(not score.counts for score in report.scores):
        raise InvalidInputError(
            f"{name}: the report has no counts per document. Score with per_document=True "
            "(`dateline score --by-document --format json`)."
        )
    counted = [_counted(name, score, report.signature.runs) for score in report.scores]
    return CountedSystem(
        name,
        report.signature,
        report.units,
        {(one.group, one.measure): one for one in counted},
    )


def _check_scores(scores: Iterable[Score]) -> None:
    """Raise MalformedError for scores that no program of this package writes."""
    seen: set[tuple[str, str]] = set()
    for score in scores:
        place = f"{score.group}, {score.measure}"
        if (score.group, score.measure) in seen:
            raise MalformedError(f"{place}: is duplicated")
        seen.add((score.group, score.measure))
        if score.statistic not in STATISTICS:
            allowed = ", ".join(STATISTICS)
            raise MalformedError(
                f'{place}: "{score.statistic}" is not a statistic. Allowed: {allowed}'
            )
        for name, by_label in score.counts.items():
            for matched_gold, gold, matched_predicted, predicted in chain(*by_label.values()):
                if not (
                    0 <= matched_gold <= gold + _ROUNDING
                    and 0 <= matched_predicted <= predicted + _ROUNDING
                ):
                    raise MalformedError(f"{place}: {name}: has impossible counts")


def _counted(name: str, score: Score, runs: int) -> CountedMeasure:
    labels = tuple(dict.fromkeys(label for counts in score.counts.values() for label in counts))
    column = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((runs, len(score.counts), max(len(labels), 1), 4))
    for row, (document, by_label) in enumerate(score.counts.items()):
        for label, of_runs in by_label.items():
            if len(of_runs) != runs:
                raise InvalidInputError(
                    f"{name}: {score.group}: {score.measure}: {document} has counts of "
                    f"{len(of_runs)} runs, but the signature says {runs}. Score again."
                )
            counts[:, row, column[label]] = of_runs
    return CountedMeasure(
        score.group,
        score.measure,
        score.primary,
        labels or ("",),
        score.statistic,
        counts,
        tuple(score.counts),
    )
