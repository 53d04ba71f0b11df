"""Confidence intervals: properties, textbook cases, and how often they hold the true score."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dateline.metrics.coreference import conll_score
from dateline.metrics.counts import f_score, macro_f, micro_f
from dateline.metrics.intervals import (
    by_unit,
    difference,
    difference_interval,
    estimate,
    run_deviation,
    score_interval,
)
from dateline.metrics.significance import t_test
from dateline.metrics.student_t import t_quantile


@st.composite
def systems(draw, number=1):
    """Counts of systems with some runs, on the same gold: (runs, documents, 2 labels, 4)."""
    documents = draw(st.integers(1, 6))
    seed = draw(st.integers(0, 2**32 - 1))
    generator = np.random.default_rng(seed)
    gold = generator.integers(0, 5, (documents, 2))
    found = []
    for _ in range(number):
        runs = draw(st.integers(1, 3))
        hit = generator.binomial(gold, 0.6, (runs, documents, 2))
        spurious = generator.integers(0, 3, (runs, documents, 2))
        parts = hit, np.broadcast_to(gold, hit.shape), hit, hit + spurious
        found.append(np.stack(parts, axis=-1).astype(float))
    return found


@given(st.lists(st.floats(1, 1e5) | st.just(math.nan)), st.floats(0.5, 0.98))
def test_quantiles_of_students_t_are_those_of_scipy(freedom, probability):
    expected = [stats.t.ppf(probability, number) for number in freedom]
    assert t_quantile(np.array(freedom), probability) == pytest.approx(
        np.array(expected), rel=1e-7, abs=1e-9, nan_ok=True
    )


@given(systems())
def test_an_interval_holds_the_score_and_stays_within_0_and_1(found):
    (counts,) = found
    for statistic in (micro_f, macro_f):
        value = estimate(counts, statistic).value
        low, high = score_interval(counts, statistic)
        if np.isnan(low):
            continue
        assert 0 <= low <= value + 1e-12
        assert value - 1e-12 <= high <= 1


@given(systems(2))
def test_a_difference_changes_its_sign_with_the_order_of_systems(found):
    one, other = found
    there, back = difference(one, other, micro_f), difference(other, one, micro_f)
    assert there.value == pytest.approx(-back.value, nan_ok=True)
    assert there.variance == pytest.approx(back.variance, nan_ok=True)
    assert there.freedom == pytest.approx(back.freedom, nan_ok=True)
    assert difference_interval(there) == pytest.approx(
        -difference_interval(back)[::-1], nan_ok=True
    )


@given(systems())
def test_a_system_does_not_differ_from_itself(found):
    (counts,) = found
    same = difference(counts, counts, micro_f)
    if np.isnan(same.value):
        return
    assert same.value == 0
    assert t_test(same) == 1
    if len(counts) == 1 and not np.isnan(same.variance):
        assert difference_interval(same).tolist() == [0, 0]


def test_of_a_mean_the_jackknife_is_the_variance_of_the_mean():
    # One item in each document, found or not: F is the mean, as for rankings.
    values = np.array([0.2, 0.9, 0.4, 0.7, 0.5])
    one = np.ones(5)
    counts = np.stack([values, one, values, one], axis=-1)[None, :, None, :]
    found = estimate(counts, micro_f)
    assert found.value == pytest.approx(values.mean())
    assert found.variance == pytest.approx(values.var(ddof=1) / 5)
    assert found.freedom == 4
    expected = stats.ttest_1samp(values, 0.3)
    shifted = difference(np.stack([one * 0.3, one] * 2, -1)[None, :, None, :], counts, micro_f)
    assert t_test(shifted) == pytest.approx(expected.pvalue)
    assert difference_interval(shifted) == pytest.approx(
        np.array(expected.confidence_interval()) - 0.3
    )


def test_many_independent_items_give_the_interval_of_wilson():
    hits = np.zeros(400)
    hits[:300] = 1
    counts = np.stack([hits, np.ones(400)] * 2, axis=-1)[None, :, None, :]
    expected = stats.binomtest(300, 400).proportion_ci(method="wilson")
    assert score_interval(counts, micro_f) == pytest.approx(expected, abs=0.001)


def test_runs_add_their_variance_by_welch_and_satterthwaite():
    # All documents are alike, so only runs vary.
    def system(*hits):
        return np.array([[[[hit, 10, hit, 10]]] * 3 for hit in hits], float)

    one, other = (5, 6, 8), (7, 9, 9, 10)
    found = difference(system(*one), system(*other), micro_f)
    expected = stats.ttest_ind(np.array(other) / 10, np.array(one) / 10)
    assert found.value == pytest.approx(np.mean(other) / 10 - np.mean(one) / 10)
    assert found.freedom == pytest.approx(5)
    assert t_test(found) == pytest.approx(expected.pvalue)
    assert run_deviation(system(*one), micro_f) == pytest.approx(np.std([0.5, 0.6, 0.8], ddof=1))
    assert run_deviation(system(5), micro_f) is None


def test_documents_of_a_unit_are_added_up():
    counts = np.arange(2 * 3 * 1 * 4, dtype=float).reshape(2, 3, 1, 4)
    assert np.array_equal(by_unit(counts, ["a", "b", "c"]), counts)
    grouped = by_unit(counts, ["a", "b", "a"])
    assert np.array_equal(grouped[:, 0], counts[:, 0] + counts[:, 2])
    assert np.array_equal(grouped[:, 1], counts[:, 1])


def test_copies_of_documents_are_no_evidence_if_they_are_one_unit():
    generator = np.random.default_rng(1)
    hits = generator.binomial(10, 0.6, 6)
    counts = np.stack([hits, np.full(6, 10)] * 2, axis=-1)[None, :, None, :].astype(float)
    copied = np.repeat(counts, 4, axis=1)
    units = np.repeat(np.arange(6), 4).tolist()
    alone = score_interval(counts, micro_f)
    assert score_interval(by_unit(copied, units), micro_f) == pytest.approx(alone)
    assert np.diff(score_interval(copied, micro_f)) < np.diff(alone) / 1.5


def test_empty_documents_change_nothing():
    counts = np.array([[[3, 4, 3, 5]], [[1, 2, 1, 1]], [[0, 3, 0, 1]]], float)[None]
    more = np.concatenate([counts, np.zeros((1, 5, 1, 4))], axis=1)
    assert np.array_equal(score_interval(counts, micro_f), score_interval(more, micro_f))


def test_no_interval_where_documents_do_not_show_how_scores_vary():
    one = np.array([[[[3, 4, 3, 5]], [[0, 0, 0, 0]]]], float)
    assert np.isnan(score_interval(one, micro_f)).all()
    # Without the first document there are no links, so MUC is undefined.
    chains = np.array([[2, 2, 2, 2], [3, 3, 3, 3], [1, 1, 1, 1]], float)
    alone = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]], float)
    assert np.isnan(score_interval(np.stack([chains, alone])[None], conll_score)).all()


def test_a_perfect_score_is_not_certain():
    counts = np.array([[[[8, 8, 8, 8]], [[5, 5, 5, 5]]]], float)
    low, high = score_interval(counts, micro_f)
    assert high == 1
    assert low == pytest.approx(1 / (1 + stats.t.ppf(0.975, 1) ** 2 / 13))
    # Labels with few items count for more in macro F.
    rare = np.array([[[[8, 8, 8, 8], [1, 1, 1, 1]], [[5, 5, 5, 5], [0, 0, 0, 0]]]], float)
    assert score_interval(rare, macro_f)[0] < low


def test_intervals_of_few_documents_hold_the_true_score():
    """Coverage is .95 by definition; percentiles of the bootstrap cover .80 and .87 here."""

    def documents(shape):
        size = generator.negative_binomial(1.5, 1.5 / (1.5 + 20), shape)
        quality = generator.beta(4, 2.5, shape) * (generator.random(shape) > 0.05)
        hit = generator.binomial(size, quality)
        predicted = hit + generator.poisson(0.3 * size * (quality > 0))
        return np.stack([hit, size, hit, predicted], axis=-1).astype(float)

    generator = np.random.default_rng(7)
    true = f_score(documents((500_000,)).sum(axis=0))
    for number in (5, 10):
        counts = documents((2000, number))
        low, high = score_interval(counts[:, None, :, None], micro_f).T
        covered = ((low <= true) & (true <= high)).mean()
        assert 0.92 <= covered <= 0.975, (number, covered)
