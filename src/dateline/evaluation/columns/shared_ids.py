"""Numbers that gold and predictions share: for what fills a role, ends a relation or is meant."""

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
    """The arguments of both sides by the places of triggers and fillers."""
    places = inputs.place_ids
    gold = _arguments(inputs.gold, places.of_gold, places.end)
    # A filler that is nowhere is no gold filler, so its numbers must not be those of gold's own.
    return gold, _arguments(inputs.predicted, places.of_predicted, places.end + len(gold.role))


def relation_ids(found: RelationRows, number: IntArray, beyond: int) -> Relations:
    """Relations with the numbers of their ends; one that is nowhere has one from ``beyond`` on."""
    ends: list[IntArray] = []
    for row in (found.source, found.target):
        end = beyond + len(ends) * len(row) + np.arange(len(row))
        there = row != MISSING_ROW
        end[there] = number[row[there]]
        ends.append(end)
    return Relations(found.document, found.label, *ends)


def ids_by_entity(inputs: ScoringInput) -> tuple[IntArray, IntArray]:
    """What each mention refers to: a gold chain, or for a mention that gold lacks its own place.

    A predicted mention refers to what the gold mention of the same place refers to. Gold chains are
    numbered below ``inputs.chain_count``, places from there on.
    """
    predicted = inputs.place_ids.of_predicted[MENTION] + inputs.chain_count
    found = inputs.mention_matches
    predicted[found.predicted[found.exact]] = inputs.gold.chain[found.gold[found.exact]]
    return inputs.gold.chain, predicted[first_rows(inputs.predicted.mentions)]


def ids_by_overlap(inputs: ScoringInput) -> tuple[IntArray, IntArray]:
    """What each mention stands for: the gold mention that it is assigned to, or its own place.

    The assignment is 1:1, of mentions that overlap, so that no gold mention stands for two.
    """
    gold, predicted = (
        inputs.place_ids.of_gold[MENTION],
        inputs.place_ids.of_predicted[MENTION].copy(),
    )
    found = inputs.mention_matches
    predicted[found.predicted] = gold[found.gold]
    return gold, predicted[first_rows(inputs.predicted.mentions)]


def _arguments(side: AnnotationColumns, places: Mapping[int, IntArray], end: int) -> Arguments:
    found = side.arguments
    return Arguments(
        side.events.document[found.event],
        side.events.label[found.event],
        places[EVENT][found.event],
        found.role,
        _place_of(found.kind, found.filler, places, end),
    )


def _place_of(kind: IntArray, row: IntArray, places: Mapping[int, IntArray], end: int) -> IntArray:
    """The place of each filler by its kind and row; a filler that is nowhere has one of its own."""
    found = end + np.arange(len(row))
    for number, numbers in places.items():
        there = (kind == number) & (row != MISSING_ROW)
        found[there] = numbers[row[there]]
    return found
