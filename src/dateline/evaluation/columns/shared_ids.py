"""Integer ids shared by gold and predictions, for arguments, relation ends and entities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    EVENT,
    MENTION,
    MISSING_ROW,
    AnnotationColumns,
    RelationRows,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.metrics.counts import IntArray
from dateline.metrics.events import Arguments, Relations
from dateline.metrics.spans import first_rows


def argument_ids(inputs: ScoringInput) -> tuple[Arguments, Arguments]:
    """Gold and predicted arguments, by the places of their triggers and fillers."""
    places = inputs.place_ids
    gold = _arguments(inputs.gold, places.of_gold, places.end)
    # A missing filler matches nothing, so its ids must not be those of gold's missing fillers.
    return gold, _arguments(inputs.predicted, places.of_predicted, places.end + len(gold.role))


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


def ids_by_entity(inputs: ScoringInput) -> tuple[IntArray, IntArray]:
    """The entity of each gold and predicted mention.

    A predicted mention has the chain of the gold mention at its place, numbered below
    ``inputs.chain_count``. Without such a mention, its place is its id, numbered from there on.
    """
    predicted = inputs.place_ids.of_predicted[MENTION] + inputs.chain_count
    found = inputs.mention_matches
    predicted[found.predicted[found.exact]] = inputs.gold.chain[found.gold[found.exact]]
    return inputs.gold.chain, predicted[first_rows(inputs.predicted.mentions)]


def ids_by_overlap(inputs: ScoringInput) -> tuple[IntArray, IntArray]:
    """The place of each gold mention, and of the gold mention assigned to each predicted one.

    Mentions that overlap are assigned 1:1. A predicted mention without one has its own place.
    """
    gold = inputs.place_ids.of_gold[MENTION]
    predicted = inputs.place_ids.of_predicted[MENTION].copy()
    found = inputs.mention_matches
    predicted[found.predicted] = gold[found.gold]
    return gold, predicted[first_rows(inputs.predicted.mentions)]


def _relations(rows: RelationRows, end_ids: IntArray, unused: int) -> Relations:
    """Relations by the ids of their ends; missing ends get distinct ids from ``unused`` on."""
    ends: list[IntArray] = []
    for row in (rows.source, rows.target):
        end = unused + len(ends) * len(row) + np.arange(len(row))
        there = row != MISSING_ROW
        end[there] = end_ids[row[there]]
        ends.append(end)
    return Relations(rows.document, rows.label, *ends)


def _arguments(columns: AnnotationColumns, places: Mapping[int, IntArray], end: int) -> Arguments:
    found = columns.arguments
    return Arguments(
        columns.events.document[found.event],
        columns.events.label[found.event],
        places[EVENT][found.event],
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
