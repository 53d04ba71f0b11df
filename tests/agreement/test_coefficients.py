"""The coefficients give what their authors published, and nothing where they are undefined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dateline.agreement.coefficients import alpha, f1, kappa, of_tables

N = None


def test_kappa_is_cohens_own_example():
    # Cohen 1960: .44 .07 .09 / .05 .20 .05 / .01 .03 .06 of all units; κ = .492.
    table = [[44, 7, 9], [5, 20, 5], [1, 3, 6]]
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    assert kappa([i for i, _ in pairs], [j for _, j in pairs]) == pytest.approx(0.492, abs=5e-4)


def test_kappa_of_a_textbook_table():
    # Fleiss, Levin and Paik 2003, p. 600: 75 1 4 / 5 4 1 / 0 0 10 of 100 patients; κ = .68.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    assert kappa([i for i, _ in pairs], [j for _, j in pairs]) == pytest.approx(0.676, abs=5e-4)


def test_alpha_is_krippendorffs_own_example():
    # Krippendorff 2011, section C: four observers, twelve units, missing data; nominal α = .743.
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
    assert alpha(observers) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers():
    # Krippendorff 2011, section B: two observers, ten binary units; α = .095.
    observers = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert alpha(observers) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize(
    "coders", [[[], []], [["a", "a"], ["a", "a"]], [["a", N], [N, "b"]]], ids=str
)
def test_undefined_is_undefined(coders):
    assert alpha(coders) is None
    if N not in coders[0]:
        assert kappa(*coders) is None


def test_perfect_and_none():
    assert kappa("abab", "abab") == 1
    assert alpha(["abab", "abab"]) == 1
    assert f1(0, 0, 0) is None
    assert f1(1, 2, 2) == 0.5
    assert f1(0, 2, 0) == 0


@given(arrays(np.int64, (3, 4, 4), elements=st.integers(0, 3)))
def test_many_tables_at_once_are_what_the_libraries_say_of_each(tables):
    kappas, alphas = of_tables(tables)
    for table, one_kappa, one_alpha in zip(tables, kappas, alphas, strict=True):
        units = [(i, j) for (i, j), n in np.ndenumerate(table) for _ in range(n)]
        first, second = [i for i, _ in units], [j for _, j in units]
        for found, expected in (
            (one_kappa, kappa(first, second)),
            (one_alpha, alpha([first, second])),
        ):
            assert np.isnan(found) if expected is None else found == pytest.approx(expected)
