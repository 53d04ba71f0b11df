"""The counts of measures over the runs of a system, from which all scores are computed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from dateline.errors import ConflictError
from dateline.evaluation.columns.annotation_columns import EVENT
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.groups import (
    BLANC,
    CONLL,
    MEAN,
    STATISTICS,
    F,
    Group,
    MeasureCounts,
)
from dateline.evaluation.report import FEWEST_RELIABLE
from dateline.evaluation.signature import Signature
from dateline.metrics.counts import GOLD, Counts, defined, macro_f
from dateline.metrics.intervals import (
    Statistic,
    as_interval,
    by_unit,
    run_deviation,
    score_interval,
)

MACRO = "macro F1"
MeasureKey: TypeAlias = tuple[str, str]
"""A group of measures, and the name of one in it."""


class Average(NamedTuple):
    """A measure, or its macro average, with counts by unit: (runs, units, classes, 4).

    ``gold_items`` is the number of gold items of all classes.
    """

    group: str
    name: str
    primary: bool
    counts: Counts
    statistic: Statistic
    document_ids: tuple[str, ...]
    gold_items: float

    @property
    def is_reliable(self) -> bool:
        """Whether there are enough gold items for an interval to mean anything."""
        return self.gold_items >= FEWEST_RELIABLE

    @property
    def of_runs(self) -> tuple[float | None, ...]:
        """The score of each run."""
        return tuple(defined(value) for value in self.statistic(self.counts.sum(axis=1)))

    @property
    def value(self) -> float | None:
        """The mean score of the runs."""
        return defined(self.statistic(self.counts.sum(axis=1)).mean())

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the value; None if it is not reliable."""
        if not self.is_reliable:
            return None
        return as_interval(score_interval(self.counts, self.statistic))

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the runs' scores; None with one run."""
        return run_deviation(self.counts, self.statistic)


class CountedMeasure(NamedTuple):
    """A measure with its counts on the documents that are scored.

    ``counts`` has shape (runs, documents, labels, 4).
    """

    group: str
    measure: str
    primary: bool
    labels: tuple[str, ...]
    statistic: str
    counts: Counts
    document_ids: tuple[str, ...]

    def with_labels(self, labels: tuple[str, ...]) -> CountedMeasure:
        """The same with these labels, which include its own; others have no items."""
        if labels == self.labels:
            return self
        counts = np.zeros((*self.counts.shape[:2], len(labels), 4))
        counts[:, :, [labels.index(label) for label in self.labels]] = self.counts
        return self._replace(labels=labels, counts=counts)

    def of_documents(self, names: Container[str]) -> CountedMeasure:
        """The same on these documents only."""
        kept = [name in names for name in self.document_ids]
        ids = tuple(name for name in self.document_ids if name in names)
        return self._replace(counts=self.counts[:, kept], document_ids=ids)

    def by_value(
        self, values: Mapping[str, tuple[str, ...]]
    ) -> Iterator[tuple[str, CountedMeasure]]:
        """The same on the documents with each value, sorted by it; without one, it is empty.

        A document with several values is in several of them.
        """
        documents: dict[str, set[str]] = {}
        for name in self.document_ids:
            for value in values.get(name, ("",)):
                documents.setdefault(value, set()).add(name)
        for value in sorted(documents, key=lambda value: (not value, value)):
            yield value, self.of_documents(documents[value])

    @property
    def gold_items(self) -> float:
        """The number of gold items; of CoNLL, that of mentions, which are the items of B3."""
        of_labels = self.counts.mean(axis=0).sum(axis=0)[:, GOLD]
        return float(of_labels.max() if self.statistic in (BLANC, CONLL) else of_labels.sum())

    def averages(self, units: Mapping[str, str]) -> Iterator[Average]:
        """The measure itself, and macro F if it has labels.

        ``units`` has the group of each document that is in one; other documents are their own unit.
        """
        counts = self.counts
        if units:
            counts = by_unit(counts, [units.get(name, (name,)) for name in self.document_ids])
        statistic = STATISTICS[self.statistic]
        pooled = self.statistic in (F, MEAN)
        summed = counts.sum(axis=-2, keepdims=True) if pooled else counts
        rest = self.document_ids, self.gold_items
        yield Average(self.group, self.measure, self.primary, summed, statistic, *rest)
        if self.statistic == F and self.labels != ("",):
            name = f"{self.measure}, {MACRO}"
            yield Average(self.group, name, False, counts, macro_f, *rest)


class CountedSystem(NamedTuple):
    """A system with its counts by measure, and their signature.

    ``units`` has the group of each document that is in one. ``consistency`` has the contrast sets
    that are right, by measure.
    """

    name: str
    signature: Signature
    units: Mapping[str, str]
    measures: Mapping[MeasureKey, CountedMeasure]
    consistency: Mapping[MeasureKey, CountedMeasure] = {}


def count_runs(
    runs: Sequence[ScoringInput], groups: Iterable[Group]
) -> tuple[list[CountedMeasure], list[str]]:
    """The counts of each measure, on the documents whose gold was annotated on its layer.

    ``runs`` have the same gold. Measures that a run does not have, such as those of an attribute
    that it never predicts, are left out; their names are returned too.
    """
    found, left_out = [], []
    for run in runs:
        if run.options.given_triggers:
            _refuse_other_triggers(run)
    for group in groups:
        kept = runs[0].annotated(group.layer)
        names = tuple(np.array(runs[0].document_ids, object)[kept])
        measured = [{one.name: one for one in group.measure(run)} for run in runs]
        for name in dict.fromkeys(name for run in measured for name in run):
            if not all(name in run for run in measured):
                left_out.append(f"{group.name}: {name}")
                continue
            of_runs: list[MeasureCounts] = [run[name] for run in measured]
            found.append(
                CountedMeasure(
                    group.name,
                    name,
                    group.is_primary(name),
                    of_runs[0].labels,
                    of_runs[0].statistic,
                    np.stack([one.counts[kept] for one in of_runs]),
                    names,
                )
            )
    return found, left_out


def _refuse_other_triggers(inputs: ScoringInput) -> None:
    places = inputs.place_ids
    gold, predicted = (
        set(zip(place.tolist(), side.events.label.tolist(), strict=True))
        for side, place in (
            (inputs.gold, places.of_gold[EVENT]),
            (inputs.predicted, places.of_predicted[EVENT]),
        )
    )
    if gold != predicted:
        raise ConflictError(
            "with given triggers, the predicted events must be those of the gold: "
            f"{len(gold & predicted)} of {len(gold)} gold triggers are predicted with their type, "
            f"and {len(predicted - gold)} other triggers."
        )
