"""The result of scoring: scores with their counts, intervals, notes and signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from dateline.evaluation.signature import Signature
from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    Counts,
    defined,
    f_score,
    precision,
    recall,
)
from dateline.model import Struct
from dateline.predictions.problems import PredictionProblem
from dateline.rendering.listing import counted

FEWEST_RELIABLE = 5
"""The number of gold items from which a score is reliable; docs/metrics.md has the reason."""


class Rates(Struct, frozen=True):
    """Counts, and the rates computed from them; None if undefined.

    ``matched_gold`` and ``matched_predicted`` are the true positives. They are equal unless a
    measure gives partial credit, or the credit of an item depends on its chain. ``reliable`` says
    whether there are at least 5 gold items; it follows from ``gold``.
    """

    matched_gold: float
    gold: float
    matched_predicted: float
    predicted: float
    precision: float | None
    recall: float | None
    f1: float | None
    reliable: bool = True

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "reliable", self.gold >= FEWEST_RELIABLE)


RunCounts: TypeAlias = tuple[tuple[float, float, float, float], ...]
"""For each run: true positives among gold items, gold items, and the same of predicted items."""


class FieldScore(Struct, frozen=True):
    """The score of the documents with one value of a field, by a primary measure.

    ``documents`` is their number, without those that are not annotated on the layer. ``gold`` is
    the number of gold items, for CoNLL of mentions, and ``reliable`` says whether there are at
    least 5. The other fields are those of `Score`.
    """

    documents: int
    gold: float
    reliable: bool
    value: float | None
    interval: tuple[float, float] | None
    deviation: float | None
    total: Rates | None


class Score(Struct, frozen=True):
    """A score by one measure.

    ``primary`` says that it is the primary measure of its group. ``value`` is the number to cite:
    for most measures F1 of the summed counts (micro F1), else what ``statistic`` names. With
    several runs, it is the mean of ``runs``, and ``deviation`` their standard deviation; all counts
    are means of runs. ``interval`` is the 95% interval over documents and runs, None for fewer than
    two documents or five gold items. ``total`` has the summed counts, None for BLANC and CoNLL,
    whose classes cannot be added. ``macro_f1`` is the mean F1 of labels, None for a measure without
    labels.
    ``documents`` and ``counts``, the counts by document and label, are empty unless counts per
    document were asked for. ``by`` has the scores of a primary measure by field and value; those of
    documents without a value are at the empty string.
    """

    group: str
    measure: str
    primary: bool
    statistic: str
    value: float | None
    interval: tuple[float, float] | None
    runs: tuple[float | None, ...]
    deviation: float | None
    total: Rates | None
    macro_f1: float | None
    macro_f1_interval: tuple[float, float] | None
    macro_f1_deviation: float | None
    labels: Mapping[str, Rates]
    documents: Mapping[str, Rates]
    counts: Mapping[str, Mapping[str, RunCounts]]
    by: Mapping[str, Mapping[str, FieldScore]] = {}


class Consistency(Struct, frozen=True):
    """The share of contrast sets in which a system is right on all members, by a measure.

    ``sets`` is the number of sets with gold items in their edited sentences, ``right`` of how many
    the system is right; ``reliable`` says whether there are at least 5. The other fields are those
    of `Score`.
    """

    group: str
    measure: str
    sets: int
    right: float
    reliable: bool
    value: float | None
    interval: tuple[float, float] | None
    deviation: float | None


class ContrastScores(Struct, frozen=True):
    """The scores on contrasts, which are not among the other documents, by primary measures.

    ``documents`` is the number of contrasts. ``scores`` are those on contrasts alone, and
    ``of_originals`` those on their originals alone, which are the same measures. ``consistency`` is
    over the sets of an original and its contrasts.
    """

    documents: int
    scores: tuple[Score, ...]
    of_originals: tuple[Score, ...]
    consistency: tuple[Consistency, ...]


class Report(Struct, frozen=True):
    """All scores of a system, with their signature, problems of the predictions, and notes.

    ``units`` has the group of each document that is in one, if counts per document were asked for.
    ``contrasts`` has the scores on contrasts, if the gold has any.
    ``print(report)`` shows tables, as a notebook does.
    """

    signature: Signature
    scores: tuple[Score, ...]
    problems: tuple[PredictionProblem, ...]
    notes: tuple[str, ...]
    units: Mapping[str, str] = {}
    contrasts: ContrastScores | None = None

    def score(self, group: str, measure: str) -> Score:
        """The score by a measure of a group. Raises KeyError if it was not computed."""
        for score in self.scores:
            if (score.group, score.measure) == (group, measure):
                return score
        raise KeyError(f"{group}: {measure}")

    @property
    def primary(self) -> tuple[Score, ...]:
        """The scores by primary measures, those to cite first."""
        return tuple(score for score in self.scores if score.primary)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON, with the signature also as a line of text."""
        return {"signature_line": str(self.signature), **msgspec.to_builtins(self)}

    @property
    def summary(self) -> str:
        """What was scored, on one line."""
        return (
            f"{counted(len(self.scores), 'score')} on {self.signature.subject}, "
            f"{counted(len(self.problems), 'problem')} in the predictions"
        )

    def __repr__(self) -> str:
        return f"<Report: {self.summary}>"

    def __str__(self) -> str:
        from dateline.evaluation.tables.scores import tables  # noqa: PLC0415
        from dateline.rendering.tables import text_tables  # noqa: PLC0415

        return f"{self.summary}\n\n{text_tables(tables(self))}"

    def _repr_html_(self) -> str:
        from dateline.evaluation.tables.scores import tables  # noqa: PLC0415
        from dateline.rendering.html import html_tables  # noqa: PLC0415

        return html_tables([self.summary], tables(self))


def rates(counts: Counts) -> Rates:
    """The rates of four counts."""
    return Rates(
        matched_gold=float(counts[HIT_GOLD]),
        gold=float(counts[GOLD]),
        matched_predicted=float(counts[HIT_PREDICTED]),
        predicted=float(counts[PREDICTED]),
        precision=defined(precision(counts)),
        recall=defined(recall(counts)),
        f1=defined(f_score(counts)),
    )
