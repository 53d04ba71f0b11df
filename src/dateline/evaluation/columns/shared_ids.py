"""Integer ids shared by gold and predictions, for arguments, relation ends and entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    EVENT,
    MENTION,
    MISSING_ROW,
    AnnotationColumns,
    AttributeColumns,
    RelationRows,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.metrics.coreference import Chains, merge_chains
from dateline.metrics.counts import IntArray
from dateline.metrics.events import (
    Arguments,
    EventFeatures,
    Relations,
    Triggers,
    match_events,
)
from dateline.metrics.tuple_sets import tuple_ids

Sides: TypeAlias = tuple[IntArray, IntArray]
"""Numbers of gold and of predicted items."""


def argument_ids(inputs: ScoringInput, events: Sides) -> tuple[Arguments, Arguments]:
    """Gold and predicted arguments, by their events (see ``event_ids``) and the fillers' places."""
    places = inputs.place_ids
    return (
        _arguments(inputs.gold, events[0], places.of_gold, places.end),
        # A missing filler matches nothing, so its ids must not be those of gold's missing fillers.
        _arguments(
            inputs.predicted,
            events[1],
            places.of_predicted,
            places.end + len(inputs.gold.arguments.role),
        ),
    )


def by_overlap(
    inputs: ScoringInput, arguments: tuple[Arguments, Arguments]
) -> tuple[Arguments, Arguments]:
    """The arguments with a filler that is a mention as the gold mention assigned to it."""
    ids = inputs.place_ids.of_gold[MENTION], inputs.mention_places
    return _with_mentions_as(inputs, arguments, ids, 0)


def by_entity(
    inputs: ScoringInput, arguments: tuple[Arguments, Arguments]
) -> tuple[Arguments, Arguments]:
    """The arguments with a filler that is a mention as its gold entity."""
    return _with_mentions_as(inputs, arguments, entity_ids(inputs), inputs.place_ids.end)


def event_ids(inputs: ScoringInput) -> Sides:
    """An id for each gold and each predicted event, equal if they are the same event.

    Events are the same if their triggers and types are. Several events of one trigger and type are
    matched by arguments: with the same role and filler, then with the same filler, then with the
    same role and a filler that is the same by overlap or by entity; then by attributes. Duplicates
    have the same id.
    """
    places = inputs.place_ids
    sides = inputs.gold, inputs.predicted
    gold_rows, predicted_rows = (np.unique(side.original) for side in sides)
    found = match_events(
        _triggers(inputs.gold, places.of_gold, gold_rows),
        _triggers(inputs.predicted, places.of_predicted, predicted_rows),
        _event_features(inputs, gold_rows, predicted_rows),
    )
    return (
        found[0][np.searchsorted(gold_rows, inputs.gold.original)],
        found[1][np.searchsorted(predicted_rows, inputs.predicted.original)],
    )


def relation_ids(
    gold: RelationRows, predicted: RelationRows, end_ids: tuple[IntArray, IntArray]
) -> tuple[Relations, Relations]:
    """Gold and predicted relations, by the ids of their ends; a missing end matches nothing.

    ``end_ids`` are the ids of all gold and of all predicted items that can be an end.
    """
    unused = 1 + max(int(ids.max(initial=0)) for ids in end_ids)
    return (
        _relations(gold, end_ids[0], unused),
        _relations(predicted, end_ids[1], unused + 2 * len(gold.source)),
    )


def mention_ids(inputs: ScoringInput) -> Sides:
    """An id for each gold and each predicted mention, equal if place and type are."""
    gold, predicted, places = inputs.gold.mentions, inputs.predicted.mentions, inputs.place_ids
    ids = tuple_ids(
        (gold.document, gold.label, places.of_gold[MENTION]),
        (predicted.document, predicted.label, places.of_predicted[MENTION]),
    )
    return ids[0], ids[1]


def entity_ids(inputs: ScoringInput) -> Sides:
    """The entity of each gold and of each predicted mention.

    A predicted mention has the chain of the gold mentions at its place, numbered below
    ``inputs.place_ids.end``. Without any, its place is its id, numbered from there on.
    """
    places = inputs.place_ids
    gold, predicted = places.of_gold[MENTION], places.of_predicted[MENTION]
    chain_of_place = places.end + np.arange(places.end)
    merged = merge_chains(Chains(inputs.gold.mentions.document, gold, inputs.gold.chain))
    chain_of_place[merged.mention] = np.unique(merged.chain, return_inverse=True)[1]
    return chain_of_place[gold], chain_of_place[predicted]


def _relations(rows: RelationRows, end_ids: IntArray, unused: int) -> Relations:
    """Relations by the ids of their ends; missing ends get distinct ids from ``unused`` on."""
    ends: list[IntArray] = []
    for row in (rows.source, rows.target):
        end = unused + len(ends) * len(row) + np.arange(len(row))
        there = row != MISSING_ROW
        end[there] = end_ids[row[there]]
        ends.append(end)
    return Relations(rows.document, rows.label, *ends)


def _triggers(side: AnnotationColumns, places: Mapping[int, IntArray], rows: IntArray) -> Triggers:
    events = side.events
    return Triggers(events.document[rows], events.label[rows], places[EVENT][rows])


def _event_features(
    inputs: ScoringInput, gold_rows: IntArray, predicted_rows: IntArray
) -> Iterator[tuple[EventFeatures, EventFeatures]]:
    """What events of one trigger and type are matched by; computed if there are several.

    Events are numbered as in the rows.
    """
    numbers = (
        np.searchsorted(gold_rows, inputs.gold.original),
        np.searchsorted(predicted_rows, inputs.predicted.original),
    )
    plain = argument_ids(inputs, numbers)
    yield _with_role(plain)
    gold, predicted = plain
    yield EventFeatures(gold.event, gold.filler), EventFeatures(predicted.event, predicted.filler)
    yield _with_role(by_overlap(inputs, plain))
    yield _with_role(by_entity(inputs, plain))
    yield (
        _values(inputs.gold.event_values, gold_rows),
        _values(inputs.predicted.event_values, predicted_rows),
    )


def _with_role(arguments: tuple[Arguments, Arguments]) -> tuple[EventFeatures, EventFeatures]:
    gold, predicted = arguments
    ids = tuple_ids((gold.role, gold.filler), (predicted.role, predicted.filler))
    return EventFeatures(gold.event, ids[0]), EventFeatures(predicted.event, ids[1])


def _values(values: AttributeColumns, rows: IntArray) -> EventFeatures:
    """The values of all attributes of these events; values of other attributes differ."""
    found = [column[rows] * (len(values) + 1) + n for n, column in enumerate(values.values())]
    events = np.tile(np.arange(len(rows)), len(found))
    return EventFeatures(events, np.concatenate(found) if found else events)


def _with_mentions_as(
    inputs: ScoringInput, arguments: tuple[Arguments, Arguments], ids: Sides, first_free: int
) -> tuple[Arguments, Arguments]:
    """The arguments with other ids for mentions; to those of other fillers, add ``first_free``."""

    def of(side: AnnotationColumns, found: Arguments, mention_ids: IntArray) -> Arguments:
        rows = side.arguments
        is_mention = (rows.kind == MENTION) & (rows.filler != MISSING_ROW)
        filler = found.filler + first_free
        filler[is_mention] = mention_ids[rows.filler[is_mention]]
        return found._replace(filler=filler)

    return of(inputs.gold, arguments[0], ids[0]), of(inputs.predicted, arguments[1], ids[1])


def _arguments(
    columns: AnnotationColumns, events: IntArray, places: Mapping[int, IntArray], end: int
) -> Arguments:
    found = columns.arguments
    return Arguments(
        columns.events.document[found.event],
        columns.events.label[found.event],
        events[found.event],
        found.role,
        _filler_places(found.kind, found.filler, places, end),
    )


def _filler_places(
    kind: IntArray, row: IntArray, places: Mapping[int, IntArray], end: int
) -> IntArray:
    """The place of each filler by its kind and row; a missing filler has a place of its own."""
    found = end + np.arange(len(row))
    for number, numbers in places.items():
        there = (kind == number) & (row != MISSING_ROW)
        found[there] = numbers[row[there]]
    return found
