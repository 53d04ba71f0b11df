"""A group of measures, and the table of all groups.

A group is a generator function from a pair of sides to measured counts; ``@group`` puts it into the
table. The engine that makes scores of them knows none by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dateline.evaluation.columns.annotation_columns import AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.metrics.coreference import blanc_score, conll_score
from dateline.metrics.counts import Counts, micro_f
from dateline.metrics.resampling import Statistic

F, MEAN, BLANC, CONLL = "F", "mean", "BLANC", "CoNLL"
STATISTICS: Mapping[str, Statistic] = {
    F: micro_f,
    MEAN: micro_f,
    BLANC: blanc_score,
    CONLL: conll_score,
}
"""How the one number of a measure is made from its counts."""


class Measured(NamedTuple):
    """A measure's counts, shape (documents, labels, 4), with the names of the labels."""

    name: str
    counts: Counts
    labels: tuple[str, ...] = ("",)
    statistic: str = F


class Group(NamedTuple):
    """Measures that are computed together. ``is_said`` tells whether a side says anything of it."""

    name: str
    layer: str
    measure: Callable[[ScoringInput], Iterator[Measured]]
    is_said: Callable[[AnnotationColumns], bool]


GROUPS: dict[str, Group] = {}


def group(
    name: str, layer: str, is_said: Callable[[AnnotationColumns], bool]
) -> Callable[
    [Callable[[ScoringInput], Iterator[Measured]]], Callable[[ScoringInput], Iterator[Measured]]
]:
    """Put a generator function into the table of groups."""

    def register(
        measure: Callable[[ScoringInput], Iterator[Measured]],
    ) -> Callable[[ScoringInput], Iterator[Measured]]:
        GROUPS[name] = Group(name, layer, measure, is_said)
        return measure

    return register
