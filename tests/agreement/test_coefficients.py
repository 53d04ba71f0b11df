"""Coefficients equal the published examples and the libraries, and are None where undefined."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score

from dateline.agreement.coefficients import (
    distance_alpha,
    f1,
    interval_alpha,
    kappa_and_alpha,
    krippendorff_alpha,
    masi_distance,
)

N = None


def test_kappa_is_cohens_own_example():
    # Cohen 1960: .44 .07 .09 / .05 .20 .05 / .01 .03 .06 of all units; κ = .492.
    table = [[44, 7, 9], [5, 20, 5], [1, 3, 6]]
    kappa, _ = kappa_and_alpha(np.array(table))
    assert kappa == pytest.approx(0.492, abs=5e-4)


def test_kappa_of_a_textbook_table():
    # Fleiss, Levin and Paik 2003, p. 600: 75 1 4 / 5 4 1 / 0 0 10 of 100 patients; κ = .68.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    kappa, _ = kappa_and_alpha(np.array(table))
    assert kappa == pytest.approx(0.676, abs=5e-4)


def test_alpha_is_krippendorffs_own_example():
    # Krippendorff 2011, section C: four observers, twelve units, missing data; nominal α = .743.
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
    assert krippendorff_alpha(observers) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers():
    # Krippendorff 2011, section B: two observers, ten binary units; α = .095.
    observers = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert krippendorff_alpha(observers) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize(
    "coders", [[[], []], [["a", "a"], ["a", "a"]], [["a", N], [N, "b"]]], ids=str
)
def test_alpha_is_none_where_undefined(coders):
    assert krippendorff_alpha(coders) is None


@given(arrays(np.int64, (3, 6), elements=st.integers(0, 3)))
def test_alpha_of_several_observers_is_what_the_library_gives(table):
    labels = np.where(table == 0, np.nan, table)
    paired = labels[:, (~np.isnan(labels)).sum(axis=0) > 1]
    found = krippendorff_alpha([[label or None for label in row] for row in table.tolist()])
    if len({*paired[~np.isnan(paired)].tolist()}) < 2:
        assert found is None
    else:
        expected = krippendorff.alpha(reliability_data=labels, level_of_measurement="nominal")
        assert found == pytest.approx(expected)


def test_perfect_and_none():
    assert [x.item() for x in kappa_and_alpha(np.array([[2, 0], [0, 2]]))] == [1, 1]
    assert krippendorff_alpha(["abab", "abab"]) == 1
    assert f1(0, 0, 0) is None
    assert f1(1, 2, 2) == 0.5
    assert f1(0, 2, 0) == 0


@given(arrays(np.int64, (3, 4, 4), elements=st.integers(0, 3)))
def test_many_tables_at_once_are_what_the_libraries_give_for_each(tables):
    kappas, alphas = kappa_and_alpha(tables)
    for table, one_kappa, one_alpha in zip(tables, kappas, alphas, strict=True):
        units = [(i, j) for (i, j), n in np.ndenumerate(table) for _ in range(n)]
        first, second = [i for i, _ in units], [j for _, j in units]
        undefined = len({*first, *second}) < 2
        kappa = None if undefined else cohen_kappa_score(first, second)
        for found, expected in (
            (one_kappa, kappa),
            (one_alpha, krippendorff_alpha([first, second])),
        ):
            assert np.isnan(found) if expected is None else found == pytest.approx(expected)


@pytest.mark.parametrize("table", [np.zeros((0, 0)), np.zeros((2, 2)), [[3, 0], [0, 0]]], ids=str)
def test_tables_with_fewer_than_two_labels_are_undefined(table):
    assert np.isnan(kappa_and_alpha(np.array(table, dtype=np.int64))).all()


@given(st.lists(st.tuples(*[st.integers(-50, 50)] * 2), min_size=2, max_size=20))
def test_alpha_of_numbers_is_the_librarys(pairs):
    columns = np.array(pairs, dtype=float)
    one, other = columns.T
    found = interval_alpha(
        np.float64(len(pairs)),
        ((one - other) ** 2).sum(),
        columns.sum(),
        (columns**2).sum(),
    )
    values = np.unique(columns)
    counts = (columns.ravel()[:, None] == values).sum(axis=0).astype(float)
    distances = (values[:, None] - values) ** 2
    same = distance_alpha(((one - other) ** 2).sum(), counts, distances)
    if len(values) == 1:
        assert np.isnan(found)
        assert np.isnan(same)
        return
    expected = krippendorff.alpha(reliability_data=columns.T, level_of_measurement="interval")
    assert [found, same] == pytest.approx([expected, expected])


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("a", "", 1), ("ab", "ab", 0), ("a", "ab", 2 / 3), ("ab", "bc", 8 / 9),
     ("ab", "cd", 1), ("abc", "ab", 5 / 9)],
)  # fmt: skip
def test_masi_weighs_overlap_by_its_kind(one, other, distance):
    # Jaccard's index times 1 for equal sets, 2/3 for a subset, 1/3 for an overlap, 0 else.
    for first, second in ((one, other), (other, one)):
        assert masi_distance(frozenset(first), frozenset(second)) == pytest.approx(distance)
