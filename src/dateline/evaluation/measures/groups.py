"""Groups of measures that are computed together, and the table of all groups.

A group is a generator function from a pair of gold and predicted columns to counts; the decorator
``@group`` adds it to ``GROUPS``. Scoring works on that table and knows no group by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from dateline.evaluation.columns.annotation_columns import AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.metrics.coreference import blanc_score, conll_score
from dateline.metrics.counts import Counts, micro_f
from dateline.metrics.intervals import Statistic

F, MEAN, BLANC, CONLL = "F", "mean", "BLANC", "CoNLL"
STATISTICS: Mapping[str, Statistic] = {
    F: micro_f,
    MEAN: micro_f,
    BLANC: blanc_score,
    CONLL: conll_score,
}
"""How the value of a measure is computed from its summed counts."""


class MeasureCounts(NamedTuple):
    """The counts of a measure, shape (documents, labels, 4), and the names of its labels."""

    name: str
    counts: Counts
    labels: tuple[str, ...] = ("",)
    statistic: str = F


Measure: TypeAlias = Callable[[ScoringInput], Iterator[MeasureCounts]]


class Group(NamedTuple):
    """Measures on one layer. ``has_items`` says whether gold or predictions have items for it.

    ``primary`` is the measure on which systems are tested. It is declared here and in
    docs/metrics.md, before any system is scored; the other measures are exploratory.
    """

    name: str
    layer: str
    primary: str
    measure: Measure
    has_items: Callable[[AnnotationColumns], bool]

    def is_primary(self, measure: str) -> bool:
        """Whether this is the primary measure; of rankings, for any value that is ranked."""
        return (measure.rpartition(", ")[0] if " = " in measure else measure) == self.primary


GROUPS: dict[str, Group] = {}


def group(
    name: str, layer: str, primary: str, has_items: Callable[[AnnotationColumns], bool]
) -> Callable[[Measure], Measure]:
    """Add a generator function to the table of groups."""

    def register(measure: Measure) -> Measure:
        GROUPS[name] = Group(name, layer, primary, measure, has_items)
        return measure

    return register
