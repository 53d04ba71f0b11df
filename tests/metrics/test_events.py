"""Several events of one trigger and type: matched as by trying every assignment."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dateline.metrics.events import (
    Arguments,
    EventFeatures,
    Triggers,
    argument_counts,
    match_events,
)

from .test_sets import columns, totals

Event = tuple[tuple[int, int, int], frozenset[tuple[int, int]]]
"""Document, type and trigger; the arguments as role and filler."""

events = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)),
        st.frozensets(st.tuples(st.integers(0, 1), st.integers(0, 2)), max_size=4),
    ),
    max_size=7,
)


def triggers(some: list[Event]) -> Triggers:
    return Triggers(*columns([place for place, _ in some], 3))


def features(some: list[Event], number) -> EventFeatures:
    rows = [(event, number(*one)) for event, (_, found) in enumerate(some) for one in found]
    return EventFeatures(*columns(rows, 2))


def matched(gold: list[Event], predicted: list[Event]) -> tuple[np.ndarray, np.ndarray]:
    levels = [
        tuple(features(side, number) for side in (gold, predicted))
        for number in (lambda role, filler: role * 10 + filler, lambda _, filler: filler)
    ]
    return match_events(triggers(gold), triggers(predicted), levels)


def best_matches(gold: list[Event], predicted: list[Event]) -> tuple[int, int, int]:
    """Pairs, then common arguments, then common fillers, of the best of all assignments."""
    total = [0, 0, 0]
    for place in {place for place, _ in gold}:
        few, many = ([a for p, a in side if p == place] for side in (gold, predicted))
        if len(few) > len(many):
            few, many = many, few
        common = (
            (
                sum(len(one & other) for one, other in zip(few, chosen, strict=True)),
                sum(
                    len({f for _, f in one} & {f for _, f in other})
                    for one, other in zip(few, chosen, strict=True)
                ),
            )
            for chosen in permutations(many, len(few))
        )
        best = max(common)
        total = [total[0] + len(few), total[1] + best[0], total[2] + best[1]]
    return tuple(total)


@given(events, events)
def test_events_of_one_trigger_are_matched_as_by_trying_every_assignment(gold, predicted):
    gold_ids, predicted_ids = matched(gold, predicted)
    assert len(set(gold_ids.tolist())) == len(gold)
    assert len(set(predicted_ids.tolist())) == len(predicted)
    _, left, right = np.intersect1d(gold_ids, predicted_ids, return_indices=True)
    pairs = [(gold[i], predicted[j]) for i, j in zip(left, right, strict=True)]
    assert all(one[0] == other[0] for one, other in pairs)
    found = (
        len(pairs),
        sum(len(one[1] & other[1]) for one, other in pairs),
        sum(len({f for _, f in one[1]} & {f for _, f in other[1]}) for one, other in pairs),
    )
    assert found == best_matches(gold, predicted)


@given(events, events)
def test_argument_counts_are_those_of_the_best_assignment(gold, predicted):
    sides = []
    for some, ids in zip((gold, predicted), matched(gold, predicted), strict=True):
        rows = [
            (*place[:2], ids[event], role, filler)
            for event, (place, arguments) in enumerate(some)
            for role, filler in arguments
        ]
        sides.append(Arguments(*columns(rows, 5)))
    _, arguments, fillers = best_matches(gold, predicted)
    counts = argument_counts(*sides, documents=2, labels=2, roles=2)
    sizes = [sum(len(found) for _, found in side) for side in (gold, predicted)]
    assert totals(counts["AC+"]) == [arguments, sizes[0], arguments, sizes[1]]
    sizes = [sum(len({f for _, f in found}) for _, found in side) for side in (gold, predicted)]
    assert totals(counts["AI+"]) == [fillers, sizes[0], fillers, sizes[1]]


@given(events, st.randoms(use_true_random=False))
def test_all_events_are_found_in_any_order(gold, chance):
    predicted = chance.sample(gold, len(gold))
    gold_ids, predicted_ids = matched(gold, predicted)
    assert sorted(gold_ids.tolist()) == sorted(predicted_ids.tolist())
    of_gold = Counter(zip(gold_ids.tolist(), gold, strict=True))
    assert of_gold == Counter(zip(predicted_ids.tolist(), predicted, strict=True))
