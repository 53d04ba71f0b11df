"""1:1 matching of predicted spans to gold spans."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dateline.metrics.assignment import assign
from dateline.metrics.counts import BoolArray, FloatArray, IntArray
from dateline.metrics.spans import Spans, distinct_rows, labelled_place_ids, overlaps, place_ids
from dateline.metrics.tuple_sets import pack


class Matching(NamedTuple):
    """Pairs of gold and predicted spans, as columns.

    Pair k is gold span ``gold[k]`` and predicted span ``predicted[k]``. ``exact[k]`` says whether
    they have the same fragments, ``typed[k]`` whether they have the same label.
    """

    gold: IntArray
    predicted: IntArray
    exact: BoolArray
    typed: BoolArray


class DistinctMatching(NamedTuple):
    """Gold and predicted spans without duplicates, and their matching.

    ``gold_rows`` and ``predicted_rows`` are the rows that they had with duplicates.
    """

    gold: Spans
    predicted: Spans
    matching: Matching
    gold_rows: IntArray
    predicted_rows: IntArray


def match(gold: Spans, predicted: Spans) -> Matching:
    """Match spans 1:1, whatever their order.

    Spans with the same place and label are paired first, then those with the same place. The rest
    are paired if they overlap, so that there are as many pairs as possible, then as many pairs with
    the same label, then the greatest sum of intersection over union. Neither argument may have
    duplicates (see ``distinct_rows``).
    """
    return _match(gold, predicted, *place_ids(gold, predicted))


def match_distinct(gold: Spans, predicted: Spans) -> DistinctMatching:
    """Match spans as `match` does, each place with the same label once."""
    sides = gold, predicted
    places = place_ids(*sides)
    rows = [distinct_rows(spans, place) for spans, place in zip(sides, places, strict=True)]
    gold, predicted = (spans.take(kept) for spans, kept in zip(sides, rows, strict=True))
    kept_places = (place[kept] for place, kept in zip(places, rows, strict=True))
    return DistinctMatching(gold, predicted, _match(gold, predicted, *kept_places), *rows)


def match_by_overlap(
    gold: Spans,
    predicted: Spans,
    at_least: float,
    prefer: Callable[[IntArray, IntArray], BoolArray] | None = None,
) -> tuple[IntArray, IntArray]:
    """Match spans 1:1 whose intersection over union is ``at_least`` this, whatever their labels.

    As many pairs as possible, then as many preferred ones as possible, then the greatest sum of
    intersection over union. ``prefer`` gets the gold and the predicted rows of candidate pairs.
    Returns the rows of the pairs.
    """
    order, predicted_order = (
        np.argsort(ids, kind="stable")
        for ids in labelled_place_ids(place_ids(gold, predicted), (gold.label, predicted.label))
    )
    gold, predicted = gold.take(order), predicted.take(predicted_order)
    left, right, iou = _overlapping(gold, predicted)
    kept = iou >= at_least
    left, right, iou = left[kept], right[kept], iou[kept]
    worth = [np.ones(len(left)), iou]
    if prefer is not None:
        worth.insert(1, prefer(order[left], predicted_order[right]).astype(np.float64))
    pairs = assign(left, right, worth)
    return order[left[pairs]], predicted_order[right[pairs]]


def _match(
    gold: Spans, predicted: Spans, gold_places: IntArray, predicted_places: IntArray
) -> Matching:
    gold_ids, predicted_ids = labelled_place_ids(
        (gold_places, predicted_places), (gold.label, predicted.label)
    )
    gold_rest, predicted_rest = np.argsort(gold_ids), np.argsort(predicted_ids)
    pairs = []

    def pair(left: IntArray, right: IntArray) -> None:
        nonlocal gold_rest, predicted_rest
        pairs.append((gold_rest[left], predicted_rest[right]))
        gold_rest, predicted_rest = np.delete(gold_rest, left), np.delete(predicted_rest, right)

    _, left, right = np.intersect1d(
        gold_ids[gold_rest],
        predicted_ids[predicted_rest],
        assume_unique=True,
        return_indices=True,
    )
    pair(left, right)
    pair(*_pair_equal(gold_places[gold_rest], predicted_places[predicted_rest]))
    pair(*_pair_overlapping(gold.take(gold_rest), predicted.take(predicted_rest)))

    gold_rows = np.concatenate([rows for rows, _ in pairs])
    predicted_rows = np.concatenate([rows for _, rows in pairs])
    exact = np.arange(len(gold_rows)) < len(gold_rows) - len(pairs[-1][0])
    typed = gold.label[gold_rows] == predicted.label[predicted_rows]
    return Matching(gold_rows, predicted_rows, exact, typed)


def _pair_equal(left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """Rows of equal values, paired in order: the first with the first, and so on."""
    ranks = np.concatenate([_rank_among_equal(values) for values in (left, right)])
    ids = pack(np.concatenate((left, right)), ranks)
    _, left_rows, right_rows = np.intersect1d(
        ids[: len(left)], ids[len(left) :], return_indices=True
    )
    return left_rows, right_rows


def _rank_among_equal(values: IntArray) -> IntArray:
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=-1))
    rank = np.empty(len(values), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    return rank


def _pair_overlapping(gold: Spans, predicted: Spans) -> tuple[IntArray, IntArray]:
    left, right, iou = _overlapping(gold, predicted)
    typed = (gold.label[left] == predicted.label[right]).astype(np.float64)
    chosen = assign(left, right, (np.ones(len(left)), typed, iou))
    return left[chosen], right[chosen]


def _overlapping(gold: Spans, predicted: Spans) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs of overlapping spans, with their intersection over union."""
    left, right, shared = overlaps(gold, predicted)
    union = gold.length[left] + predicted.length[right] - shared
    return left, right, np.asarray(shared / union, np.float64)
