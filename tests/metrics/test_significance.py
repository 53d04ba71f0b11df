"""Significance tests: properties that hold for all systems, and how often they are wrong."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from dateline.metrics.counts import micro_f
from dateline.metrics.intervals import difference
from dateline.metrics.significance import (
    approximate_randomisation,
    clusters,
    draws,
    holm,
    paired_bootstrap,
    t_test,
    tell_apart,
)

RESAMPLES = 400


@st.composite
def systems(draw: st.DrawFn, number: int = 2) -> list[np.ndarray]:
    documents = draw(st.integers(1, 8))
    gold = draw(st.lists(st.integers(1, 6), min_size=documents, max_size=documents))
    found = []
    for _ in range(number):
        counts = np.zeros((documents, 1, 4))
        for i, size in enumerate(gold):
            hit = draw(st.integers(0, size))
            counts[i, 0] = hit, size, hit, hit + draw(st.integers(0, 3))
        found.append(counts)
    return found


@given(systems(1))
def test_a_system_does_not_differ_from_itself(found):
    (one,) = found
    drawn = draws(len(one), RESAMPLES, 1)
    assert paired_bootstrap(one, one, drawn, micro_f) == 1
    assert approximate_randomisation(one, one, RESAMPLES, 1, micro_f) == 1


@given(systems())
def test_swapping_the_systems_only_changes_the_sign(found):
    one, other = found
    drawn = draws(len(one), RESAMPLES, 1)
    p = paired_bootstrap(one, other, drawn, micro_f)
    assert p == paired_bootstrap(other, one, drawn, micro_f)
    assert 0 < p <= 1
    assert approximate_randomisation(one, other, RESAMPLES, 1, micro_f) == pytest.approx(
        approximate_randomisation(other, one, RESAMPLES, 1, micro_f)
    )


def test_each_resample_has_as_many_documents_as_there_are():
    drawn = draws(7, RESAMPLES, 1)
    assert drawn.shape == (RESAMPLES, 7)
    assert set(drawn.sum(axis=1)) == {7}
    assert np.array_equal(drawn, draws(7, RESAMPLES, 1))


def test_a_clear_difference_is_significant_and_agrees_with_exchanging_exactly():
    good, bad = np.zeros((10, 1, 4)), np.zeros((10, 1, 4))
    good[:, 0], bad[:, 0] = (9, 10, 9, 10), (5, 10, 5, 10)
    exact = permutation_test(
        (np.full(10, 0.9), np.full(10, 0.5)),
        lambda x, y: np.mean(x) - np.mean(y),
        permutation_type="samples",
        n_resamples=np.inf,
    )
    p = approximate_randomisation(bad, good, 2**10, 1, micro_f)
    assert p == pytest.approx(exact.pvalue, abs=1e-12)
    assert approximate_randomisation(bad, good, 1000, 1, micro_f) == pytest.approx(p, abs=0.01)
    assert paired_bootstrap(bad, good, draws(10, 1000, 1), micro_f) < 0.01


def test_one_document_is_never_significant():
    good, bad = np.array([[[9.0, 10, 9, 10]]]), np.array([[[1.0, 10, 1, 10]]])
    assert approximate_randomisation(bad, good, RESAMPLES, 1, micro_f) == 1


def test_undefined_scores_have_no_p_value():
    nothing = np.zeros((3, 1, 4))
    assert approximate_randomisation(nothing, nothing, RESAMPLES, 1, micro_f) is None
    assert paired_bootstrap(nothing, nothing, draws(3, 9, 1), micro_f) is None


def test_many_comparisons_are_corrected_by_holm():
    # Worked example: sorted .01 .02 .04 become .03, .04, .04.
    assert holm([0.04, None, 0.01, 0.02]) == pytest.approx([0.04, None, 0.03, 0.04])
    assert holm([0.6, 0.5]) == [1.0, 1.0]
    assert holm([]) == []


def equal_systems(generator, sets, documents, runs=1, run_deviation=0.0):
    """Counts of two equal systems on the same gold: (sets, 2, runs, documents, 1, 4)."""
    shape = sets, 2, runs, documents
    gold = np.broadcast_to(1 + generator.poisson(20, (sets, 1, 1, documents)), shape)
    odds = (
        generator.normal(0.5, 0.8, (sets, 1, 1, documents))
        + generator.normal(0, 0.5, (sets, 2, 1, documents))
        + generator.normal(0, run_deviation, (sets, 2, runs, 1))
    )
    hit = generator.binomial(gold, 1 / (1 + np.exp(-odds)))
    return np.stack([hit, gold, hit, gold], axis=-1)[..., None, :].astype(float)


def test_few_documents_are_too_few_for_the_paired_bootstrap_but_not_for_randomisation():
    pairs = equal_systems(np.random.default_rng(3), 400, 6)[:, :, 0]
    drawn = draws(6, RESAMPLES, 1)
    bootstrap = [paired_bootstrap(*pair, drawn, micro_f) <= 0.05 for pair in pairs]
    exchanged = [approximate_randomisation(*pair, RESAMPLES, 1, micro_f) <= 0.05 for pair in pairs]
    assert np.mean(exchanged) <= 0.07
    assert np.mean(bootstrap) >= 0.09


def test_runs_are_tested_as_a_sample_of_runs():
    generator = np.random.default_rng(4)
    for runs, documents in ((2, 10), (3, 10), (3, 50)):
        pairs = equal_systems(generator, 500, documents, runs, run_deviation=0.4)
        p_values = [t_test(difference(*pair, micro_f)) for pair in pairs]
        assert np.mean(np.array(p_values) <= 0.05) <= 0.08
    # One run of each is not a sample: the test is about these runs alone.
    pairs = equal_systems(generator, 200, 50, run_deviation=0.4)[:, :, 0]
    found = [approximate_randomisation(*pair, RESAMPLES, 1, micro_f) <= 0.05 for pair in pairs]
    assert np.mean(found) >= 0.25


@given(systems(4), st.permutations(range(4)))
def test_ranks_do_not_depend_on_the_order_of_systems(found, order):
    ranks = ranked(found)
    assert ranked([found[i] for i in order]) == [ranks[i] for i in order]


@given(systems(3))
def test_equal_systems_share_a_rank_and_better_scores_never_have_a_worse_one(found):
    ranks = ranked([*found, found[0].copy()])
    assert ranks[3] == ranks[0]
    scores = [scored(one) for one in (*found, found[0])]
    by_score = sorted(range(4), key=lambda i: -scores[i])
    assert [ranks[i] for i in by_score] == sorted(ranks)
    assert min(ranks) == 1


@given(systems(3), st.floats(0, 1), st.floats(0, 1))
def test_a_stricter_level_only_joins_ranks(found, one, other):
    strict, lenient = sorted((one, other))
    p_values = tell_apart(found, RESAMPLES, 1, micro_f)
    scores = [scored(one) for one in found]
    few, many = (clusters(scores, p_values, level) for level in (strict, lenient))
    assert all(few[i] == few[j] for i in range(3) for j in range(3) if many[i] == many[j])


@given(systems())
def test_the_p_value_of_two_systems_is_that_of_approximate_randomisation(found):
    p_values = tell_apart(found, RESAMPLES, 1, micro_f)
    alone = approximate_randomisation(*found, RESAMPLES, 1, micro_f)
    assert p_values[0, 1] == p_values[1, 0] == pytest.approx(alone)


@given(systems(4))
def test_the_correction_for_many_pairs_never_makes_a_p_value_smaller(found):
    p_values = tell_apart(found, RESAMPLES, 1, micro_f)
    for i, j in combinations(range(4), 2):
        alone = approximate_randomisation(found[i], found[j], RESAMPLES, 1, micro_f)
        assert alone - 1e-9 <= p_values[i, j] <= 1


def test_clear_differences_of_many_systems_are_seen_in_few_documents():
    """With Holm's correction, no pair of six systems can have p < .05 in eight documents."""
    gold = np.full(8, 20.0)
    jitter = np.arange(8) % 2
    hits = [np.minimum(gold, best + jitter) for best in (18, 18, 10, 9, 2, 1)]
    found = [np.stack([hit, gold, hit, gold], axis=-1)[:, None] for hit in hits]
    assert ranked(found) == [1, 1, 3, 4, 5, 6]


def ranked(found: list[np.ndarray]) -> list[int]:
    p_values = tell_apart(found, RESAMPLES, 1, micro_f)
    return clusters([scored(one) for one in found], p_values)


def scored(counts: np.ndarray) -> float:
    return float(micro_f(counts.sum(axis=0)))
