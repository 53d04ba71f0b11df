"""Event triggers, arguments and relations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    EVENT,
    MISSING_ROW,
    AnnotationColumns,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import (
    argument_ids,
    by_entity,
    by_overlap,
    event_ids,
    relation_ids,
)
from dateline.evaluation.measures.attributes import ItemValues, MatchedValues, attribute_measures
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.counts import IntArray
from dateline.metrics.events import (
    Relations,
    Triggers,
    argument_counts,
    expand_clusters,
    of_matched_events,
    relation_counts,
    trigger_counts,
)
from dateline.metrics.tuple_sets import tuple_ids


@group("triggers", "events", "TC", lambda side: len(side.events) > 0)
def triggers(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Triggers, event types and attributes."""
    names = inputs.ontology_index.types["events"]
    counts = trigger_counts(*_triggers(inputs), inputs.document_count, len(names))
    yield MeasureCounts("TI", counts["TI"])
    yield MeasureCounts("TC", counts["TC"], names.labels)
    gold, predicted = (np.unique(side.original) for side in (inputs.gold, inputs.predicted))
    ids = event_ids(inputs)
    _, left, right = np.intersect1d(
        ids[0][gold], ids[1][predicted], assume_unique=True, return_indices=True
    )
    events = inputs.gold.events, inputs.predicted.events
    items = MatchedValues(
        ItemValues(events[0].document, events[0].label, inputs.gold.event_values, gold),
        ItemValues(events[1].document, events[1].label, inputs.predicted.event_values, predicted),
        (gold[left], predicted[right]),
        inputs.document_count,
    )
    yield from attribute_measures(inputs.ontology_index.attributes["events"], items)


@group(
    "arguments",
    "events",
    "AC+",
    lambda side: len(side.arguments.event) > 0,
    lambda ontology: bool(ontology.roles),
)
def arguments(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Arguments: by the filler's span, of matched events only, by overlap, entity; attributes."""
    vocabulary = inputs.ontology_index
    events, roles = vocabulary.types["events"], vocabulary.roles
    ids = event_ids(inputs)
    both = gold, predicted = argument_ids(inputs, ids)
    size = inputs.document_count, len(events), len(roles)
    labels = {"AI": events.labels, "AC": roles.labels, "AI+": events.labels, "AC+": roles.labels}
    plain = argument_counts(gold, predicted, *size)
    for name in ("AC+", "AI+", "AC", "AI"):
        yield MeasureCounts(name, plain[name], labels[name])
    matched = argument_counts(
        of_matched_events(gold, *ids), of_matched_events(predicted, *ids), *size
    )
    for name in ("AC+", "AI+"):
        yield MeasureCounts(f"{name}, matched events only", matched[name], labels[name])
    others = {"overlap": by_overlap(inputs, both)}
    if inputs.ontology.has_coreference:
        others["entity"] = by_entity(inputs, both)
    for matched_by, same in others.items():
        counts = argument_counts(gold, predicted, *size, correct_by=same)
        for name in ("AC+", "AC"):
            yield MeasureCounts(f"{name}, by {matched_by}", counts[name], labels[name])
    values = inputs.gold.argument_values, inputs.predicted.argument_values
    items = MatchedValues.of_equal(both, values, inputs.document_count)
    yield from attribute_measures(vocabulary.argument_attributes, items)


@group(
    "event-relations",
    "events",
    "expanded",
    lambda side: len(side.event_relations.source) > 0,
    lambda ontology: bool(ontology.event_relations),
)
def event_relations(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Relations between events: as annotated, and between all events of both clusters."""
    names = inputs.ontology_index.relations["event_relations"]
    size = inputs.document_count, len(names)
    gold_events, predicted_events = tuple_ids(*_triggers(inputs))
    relations = relation_ids(
        inputs.gold.event_relations,
        inputs.predicted.event_relations,
        (gold_events, predicted_events),
    )
    yield MeasureCounts("as annotated", relation_counts(*relations, *size), names.labels)
    yield MeasureCounts(
        "expanded",
        relation_counts(
            _expanded(inputs.gold, gold_events),
            _expanded(inputs.predicted, predicted_events),
            *size,
        ),
        names.labels,
    )


def _expanded(side: AnnotationColumns, ids: IntArray) -> Relations:
    rows = side.event_relations
    resolved = (rows.source != MISSING_ROW) & (rows.target != MISSING_ROW)
    between = Relations(
        rows.document[resolved],
        rows.label[resolved],
        side.cluster[rows.source[resolved]],
        side.cluster[rows.target[resolved]],
    )
    return expand_clusters(between, side.cluster, ids)


def _triggers(inputs: ScoringInput) -> tuple[Triggers, Triggers]:
    def of(side: AnnotationColumns, place: IntArray) -> Triggers:
        return Triggers(side.events.document, side.events.label, place)

    places = inputs.place_ids
    return of(inputs.gold, places.of_gold[EVENT]), of(inputs.predicted, places.of_predicted[EVENT])
