"""Triggers, arguments and relations."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.columns.annotation_columns import (
    EVENT,
    MENTION,
    MISSING_ROW,
    AnnotationColumns,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import (
    argument_ids,
    ids_by_entity,
    ids_by_overlap,
    relation_ids,
)
from dateline.evaluation.measures.attributes import attribute_measures
from dateline.evaluation.measures.registry import Measured, group
from dateline.metrics.counts import IntArray
from dateline.metrics.events import (
    Arguments,
    Relations,
    Triggers,
    expanded,
    relations,
    where_triggered,
)
from dateline.metrics.events import arguments as argument_counts
from dateline.metrics.events import triggers as trigger_counts
from dateline.metrics.keys import together


@group("triggers", "events", lambda side: len(side.events) > 0)
def triggers(inputs: ScoringInput) -> Iterator[Measured]:
    """Triggers with their types, and the attributes of events."""
    names = inputs.ontology_index.types["events"]
    found = trigger_counts(*_triggers(inputs), inputs.document_count, len(names))
    yield Measured("TI", found["TI"])
    yield Measured("TC", found["TC"], names.labels)
    matched = inputs.event_matches
    right = matched.exact & matched.typed
    yield from attribute_measures(
        inputs.ontology_index.attributes["events"],
        (inputs.gold.events, inputs.gold.event_values),
        (inputs.predicted.events, inputs.predicted.event_values),
        (matched.gold[right], matched.predicted[right]),
        inputs.document_count,
    )


@group("arguments", "events", lambda side: len(side.arguments.event) > 0)
def arguments(inputs: ScoringInput) -> Iterator[Measured]:
    """Filled roles: by the filler's place, where the event was found, and by its entity."""
    vocabulary = inputs.ontology_index
    events, roles = vocabulary.types["events"], vocabulary.roles
    gold, predicted = argument_ids(inputs)
    size = inputs.document_count, len(events), len(roles)
    labels = {"AI": events.labels, "AC": roles.labels, "AI+": events.labels, "AC+": roles.labels}
    plain = argument_counts(gold, predicted, *size)
    for name in ("AC+", "AI+", "AC", "AI"):
        yield Measured(name, plain[name], labels[name])
    found = _triggers(inputs)
    conditional = argument_counts(
        where_triggered(gold, *found), where_triggered(predicted, *found), *size
    )
    for name in ("AC+", "AI+"):
        yield Measured(f"{name}, of found events", conditional[name], labels[name])
    for way, turned in (
        ("overlap", _of_overlaps(inputs, gold, predicted)),
        ("entity", _of_entities(inputs, gold, predicted)),
    ):
        counts = argument_counts(*turned, *size)
        for name in ("AC+", "AC"):
            yield Measured(f"{name}, by {way}", counts[name], labels[name])


@group("event-relations", "events", lambda side: len(side.event_relations.source) > 0)
def event_relations(inputs: ScoringInput) -> Iterator[Measured]:
    """Relations between events: as they are marked, and between all events of both clusters."""
    names = inputs.ontology_index.event_relations
    numbers = together(*_triggers(inputs))
    size = inputs.document_count, len(names)
    beyond = 1 + max((int(number.max(initial=0)) for number in numbers), default=0)
    ours = relation_ids(inputs.gold.event_relations, numbers[0], beyond)
    # An end that is nowhere equals nothing, so the sides must not number theirs alike.
    theirs = relation_ids(
        inputs.predicted.event_relations, numbers[1], beyond + 2 * len(ours.source)
    )
    yield Measured("as marked", relations(ours, theirs, *size), names.labels)
    yield Measured(
        "expanded",
        relations(_spread(inputs.gold, numbers[0]), _spread(inputs.predicted, numbers[1]), *size),
        names.labels,
    )


def _spread(side: AnnotationColumns, number: IntArray) -> Relations:
    found = side.event_relations
    there = (found.source != MISSING_ROW) & (found.target != MISSING_ROW)
    between = Relations(
        found.document[there],
        found.label[there],
        side.cluster[found.source[there]],
        side.cluster[found.target[there]],
    )
    return expanded(between, side.cluster, number)


def _triggers(inputs: ScoringInput) -> tuple[Triggers, Triggers]:
    def of(side: AnnotationColumns, place: IntArray) -> Triggers:
        return Triggers(side.events.document, side.events.label, place)

    places = inputs.place_ids
    return of(inputs.gold, places.of_gold[EVENT]), of(inputs.predicted, places.of_predicted[EVENT])


def _of_overlaps(
    inputs: ScoringInput, gold: Arguments, predicted: Arguments
) -> tuple[Arguments, Arguments]:
    """The same arguments, each filled by the gold mention that its filler is assigned to."""
    return _refilled(inputs, gold, predicted, ids_by_overlap(inputs), 0)


def _of_entities(
    inputs: ScoringInput, gold: Arguments, predicted: Arguments
) -> tuple[Arguments, Arguments]:
    """The same arguments, each filled by the gold entity that its filler is a mention of.

    Several mentions of an entity in one role of one event are one argument, on either side.
    """
    return _refilled(inputs, gold, predicted, ids_by_entity(inputs), inputs.chain_count)


def _refilled(
    inputs: ScoringInput,
    gold: Arguments,
    predicted: Arguments,
    numbers: tuple[IntArray, IntArray],
    above: int,
) -> tuple[Arguments, Arguments]:
    """Arguments whose mentions have other numbers; all other fillers keep theirs, from ``above``
    on.
    """
    turned = []
    for side, found, number in zip(
        (inputs.gold, inputs.predicted), (gold, predicted), numbers, strict=True
    ):
        rows = side.arguments
        mention = (rows.kind == MENTION) & (rows.filler != MISSING_ROW)
        filler = found.filler + above
        filler[mention] = number[rows.filler[mention]]
        turned.append(found._replace(filler=filler))
    return turned[0], turned[1]
