"""Triggers, arguments and relations."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.columns.pairing import Pair
from dateline.evaluation.columns.shared_numbers import (
    entity_numbers,
    fillers,
    numbered,
    overlap_numbers,
)
from dateline.evaluation.columns.side import EVENT, MENTION, NOWHERE, Side
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
def triggers(pair: Pair) -> Iterator[Measured]:
    """Triggers with their types, and the attributes of events."""
    names = pair.vocabulary.types["events"]
    found = trigger_counts(*_triggers(pair), pair.documents, len(names))
    yield Measured("TI", found["TI"])
    yield Measured("TC", found["TC"], names.labels)
    matched = pair.events
    right = matched.exact & matched.typed
    yield from attribute_measures(
        pair.vocabulary.attributes["events"],
        (pair.gold.events, pair.gold.event_values),
        (pair.predicted.events, pair.predicted.event_values),
        (matched.gold[right], matched.predicted[right]),
        pair.documents,
    )


@group("arguments", "events", lambda side: len(side.arguments.event) > 0)
def arguments(pair: Pair) -> Iterator[Measured]:
    """Filled roles: by the filler's place, where the event was found, and by its entity."""
    vocabulary = pair.vocabulary
    events, roles = vocabulary.types["events"], vocabulary.roles
    gold, predicted = fillers(pair)
    size = pair.documents, len(events), len(roles)
    labels = {"AI": events.labels, "AC": roles.labels, "AI+": events.labels, "AC+": roles.labels}
    plain = argument_counts(gold, predicted, *size)
    for name in ("AC+", "AI+", "AC", "AI"):
        yield Measured(name, plain[name], labels[name])
    found = _triggers(pair)
    conditional = argument_counts(
        where_triggered(gold, *found), where_triggered(predicted, *found), *size
    )
    for name in ("AC+", "AI+"):
        yield Measured(f"{name}, of found events", conditional[name], labels[name])
    for way, turned in (
        ("overlap", _of_overlaps(pair, gold, predicted)),
        ("entity", _of_entities(pair, gold, predicted)),
    ):
        counts = argument_counts(*turned, *size)
        for name in ("AC+", "AC"):
            yield Measured(f"{name}, by {way}", counts[name], labels[name])


@group("event-relations", "events", lambda side: len(side.event_relations.source) > 0)
def event_relations(pair: Pair) -> Iterator[Measured]:
    """Relations between events: as they are marked, and between all events of both clusters."""
    names = pair.vocabulary.event_relations
    numbers = together(*_triggers(pair))
    size = pair.documents, len(names)
    beyond = 1 + max((int(number.max(initial=0)) for number in numbers), default=0)
    ours = numbered(pair.gold.event_relations, numbers[0], beyond)
    # An end that is nowhere equals nothing, so the sides must not number theirs alike.
    theirs = numbered(pair.predicted.event_relations, numbers[1], beyond + 2 * len(ours.source))
    yield Measured("as marked", relations(ours, theirs, *size), names.labels)
    yield Measured(
        "expanded",
        relations(_spread(pair.gold, numbers[0]), _spread(pair.predicted, numbers[1]), *size),
        names.labels,
    )


def _spread(side: Side, number: IntArray) -> Relations:
    found = side.event_relations
    there = (found.source != NOWHERE) & (found.target != NOWHERE)
    between = Relations(
        found.document[there],
        found.label[there],
        side.cluster[found.source[there]],
        side.cluster[found.target[there]],
    )
    return expanded(between, side.cluster, number)


def _triggers(pair: Pair) -> tuple[Triggers, Triggers]:
    def of(side: Side, place: IntArray) -> Triggers:
        return Triggers(side.events.document, side.events.label, place)

    places = pair.places
    return of(pair.gold, places.of_gold[EVENT]), of(pair.predicted, places.of_predicted[EVENT])


def _of_overlaps(pair: Pair, gold: Arguments, predicted: Arguments) -> tuple[Arguments, Arguments]:
    """The same arguments, each filled by the gold mention that its filler is assigned to."""
    return _refilled(pair, gold, predicted, overlap_numbers(pair), 0)


def _of_entities(pair: Pair, gold: Arguments, predicted: Arguments) -> tuple[Arguments, Arguments]:
    """The same arguments, each filled by the gold entity that its filler is a mention of.

    Several mentions of an entity in one role of one event are one argument, on either side.
    """
    return _refilled(pair, gold, predicted, entity_numbers(pair), pair.entities)


def _refilled(
    pair: Pair,
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
        (pair.gold, pair.predicted), (gold, predicted), numbers, strict=True
    ):
        rows = side.arguments
        mention = (rows.kind == MENTION) & (rows.filler != NOWHERE)
        filler = found.filler + above
        filler[mention] = number[rows.filler[mention]]
        turned.append(found._replace(filler=filler))
    return turned[0], turned[1]
