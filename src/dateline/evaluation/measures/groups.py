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
from dateline.ontology.labels import Ontology

F, MEAN, BLANC, CONLL = "F", "mean", "BLANC", "CoNLL"
JOINT = "joint"
"""Ends the names of measures of attributes that are counted out of all items."""
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

    ``primary`` is the measure on which systems are tested; with ``each``, it is scored for each of
    several attributes or values, whose names follow. It is declared here and in docs/metrics.md,
    before any system is scored; the other measures are exploratory. ``needs`` says whether an
    ontology that has the layer also has what the group measures.
    """

    name: str
    layer: str
    primary: str
    measure: Measure
    has_items: Callable[[AnnotationColumns], bool]
    needs: Callable[[Ontology], bool]
    each: bool

    def is_primary(self, measure: str) -> bool:
        """Whether this is the primary measure."""
        return measure == self.primary or (self.each and measure.startswith(f"{self.primary}, "))

    def is_decisive(self, measure: str) -> bool:
        """Whether the measure can say that all items are right: the primary one, and attributes."""
        return self.is_primary(measure) or measure.endswith(f", {JOINT}")

    def is_declared(self, ontology: Ontology) -> bool:
        """Whether a corpus with this ontology has what the group measures."""
        return self.layer in ontology.layers and self.needs(ontology)


GROUPS: dict[str, Group] = {}


def group(
    name: str,
    layer: str,
    primary: str,
    has_items: Callable[[AnnotationColumns], bool],
    needs: Callable[[Ontology], bool] = lambda _: True,
    *,
    each: bool = False,
) -> Callable[[Measure], Measure]:
    """Add a generator function to the table of groups."""

    def register(measure: Measure) -> Measure:
        GROUPS[name] = Group(name, layer, primary, measure, has_items, needs, each)
        return measure

    return register
