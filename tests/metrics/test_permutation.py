"""Permutation tests against all permutations, and their error rates."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.metrics.permutation import TRIALS, decline, smallest_uneven, uneven

UNITS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), min_size=2,
                 max_size=6)  # fmt: skip


def columns(rows):
    """Hits, sizes and times; no unit has more hits than its size."""
    return (np.array(x, float) for x in zip(*((min(a, b), b, t) for a, b, t in rows), strict=True))


@given(UNITS)
def test_a_decline_has_the_p_value_of_all_orders(rows):
    hits, sizes, times = columns(rows)
    excess = hits - sizes * hits.sum() / max(sizes.sum(), 1)
    ranks = np.array([(times < t).sum() + (times == t).sum() / 2 for t in times])
    every = np.array([excess @ ranks[list(order)] for order in permutations(range(len(rows)))])
    exact = (every <= excess @ ranks + 1e-6).mean()
    # Large p values are computed from few trials.
    tolerance = 0.07 if exact > 0.015 else 0.005
    assert decline(hits, sizes, times, 13) == pytest.approx(exact, abs=tolerance)


@given(st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=1, max_size=8))
def test_uneven_sides_have_the_p_value_of_all_swaps(rows):
    difference = np.array(rows, float)
    norms = np.sqrt((difference**2).sum(axis=0))
    scaled = np.divide(difference, norms, out=np.zeros_like(difference), where=norms > 0)
    swaps = np.array([*product((1, -1), repeat=len(rows))])
    largest = np.abs(swaps @ scaled).max(axis=1)
    exact = [
        (largest >= abs(column.sum()) - 1e-6).mean() if column.any() else 1 for column in scaled.T
    ]
    first = np.maximum(difference, 0)
    assert uneven(first, first - difference, 13) == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("units", [1, 3, 8])
def test_no_p_value_of_uneven_sides_is_smaller_than_their_number_allows(units):
    found = uneven(np.ones((units, 1)), np.zeros((units, 1)), 13)
    assert found == pytest.approx(smallest_uneven(units), abs=0.003)


def test_a_fall_is_found_and_a_rise_is_not():
    sizes, times = np.full(40, 20.0), np.arange(40.0)
    falling = np.linspace(19, 10, 40)
    assert decline(falling, sizes, times, 13) == 1 / (TRIALS + 1)
    assert decline(falling[::-1], sizes, times, 13) == 1
    assert decline(falling, sizes, np.zeros(40), 13) == 1
    assert decline(np.zeros(40), np.zeros(40), times, 13) == 1


def test_units_without_a_trend_are_rejected_as_often_as_the_level_says():
    generator = np.random.default_rng(13)
    sizes = generator.integers(1, 40, (400, 30)).astype(float)
    hits = generator.binomial(sizes.astype(int), generator.beta(8, 2, (400, 30))).astype(float)
    found = [decline(a, b, np.arange(30.0), 13) for a, b in zip(hits, sizes, strict=True)]
    # 400 tests at a level of .05 reject 20 on average; more than 36 have a probability of .0003.
    assert sum(p <= 0.05 for p in found) <= 36


def test_results_are_the_same_each_time():
    sizes, times = np.full(9, 5.0), np.arange(9.0)
    hits = np.array([5, 4, 5, 3, 4, 3, 2, 3, 2.0])
    assert decline(hits, sizes, times, 13) == decline(hits, sizes, times, 13)
