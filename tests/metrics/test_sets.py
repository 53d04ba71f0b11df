"""Links, triggers, arguments and relations against sets of tuples; labels against scikit-learn."""

from __future__ import annotations

from itertools import product

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, P
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from dateline.metrics.classification import LabelPairs, joint, matched_only, pair_mean
from dateline.metrics.counts import f_score, macro_f, micro_f, precision, recall
from dateline.metrics.events import (
    Arguments,
    Relations,
    Triggers,
    argument_counts,
    expand_clusters,
    of_matched_events,
    relation_counts,
    trigger_counts,
)
from dateline.metrics.linking import Links, linking_counts
from dateline.metrics.ranking import ranking_counts
from dateline.metrics.tuple_sets import pack, set_counts

DOCUMENTS, LABELS, ROLES = 3, 3, 2


def rows(width: int, *, most: int = 12):
    cell = st.tuples(
        st.integers(0, DOCUMENTS - 1),
        st.integers(0, LABELS - 1),
        *[st.integers(0, 3)] * (width - 2),
    )
    return st.lists(cell, max_size=most)


def columns(found, width: int) -> tuple[np.ndarray, ...]:
    return tuple(np.array(found, np.int64).reshape(-1, width).T)


def hits(gold, predicted) -> list[int]:
    gold, predicted = set(gold), set(predicted)
    both = len(gold & predicted)
    return [both, len(gold), both, len(predicted)]


def totals(counts: np.ndarray) -> list[float]:
    return counts.sum(axis=(0, 1)).tolist()


@given(rows(4), rows(4))
def test_links(gold, predicted):
    found = linking_counts(
        Links(*columns(gold, 4)), Links(*columns(predicted, 4)), DOCUMENTS, LABELS
    )
    for name, wanted in (("all", None), ("link", True), ("nil", False)):
        some = [[row for row in side if wanted in (None, row[3] > 0)] for side in (gold, predicted)]
        assert totals(found[f"{name}, typed"]) == hits(*some)
        untyped = [[(row[0], *row[2:]) for row in side] for side in some]
        assert totals(found[name]) == hits(*untyped)


@given(rows(3), rows(3))
def test_triggers(gold, predicted):
    found = trigger_counts(
        Triggers(*columns(gold, 3)), Triggers(*columns(predicted, 3)), DOCUMENTS, LABELS
    )
    assert totals(found["TC"]) == hits(gold, predicted)
    spans = [[(document, place) for document, _, place in side] for side in (gold, predicted)]
    assert totals(found["TI"]) == hits(*spans)


WHAT = {"AI": (0, 1, 4), "AC": (0, 1, 3, 4), "AI+": (0, 1, 2, 4), "AC+": (0, 1, 2, 3, 4)}


@given(rows(5), rows(5))
def test_arguments(gold, predicted):
    found = argument_counts(
        Arguments(*columns(gold, 5)), Arguments(*columns(predicted, 5)), DOCUMENTS, LABELS, 4
    )
    for name, fields in WHAT.items():
        sides = [[tuple(row[i] for i in fields) for row in side] for side in (gold, predicted)]
        assert totals(found[name]) == hits(*sides), name


@given(rows(5), rows(5))
def test_arguments_of_matched_events(gold, predicted):
    both = {row[2] for row in gold} & {row[2] for row in predicted}
    ids = [columns(side, 5)[2] for side in (gold, predicted)]
    for side in (gold, predicted):
        kept = of_matched_events(Arguments(*columns(side, 5)), *ids)
        assert list(zip(*kept, strict=True)) == [row for row in side if row[2] in both]


def test_only_ac_plus_notices_arguments_swapped_between_events():
    gold = Arguments(*columns([(0, 0, 1, 0, 5), (0, 0, 2, 0, 6)], 5))
    swapped = Arguments(*columns([(0, 0, 1, 0, 6), (0, 0, 2, 0, 5)], 5))
    found = argument_counts(gold, swapped, 1, 1, 1)
    assert totals(found["AC"]) == [2, 2, 2, 2]
    assert totals(found["AC+"]) == [0, 2, 0, 2]


def test_three_copies_of_a_prediction_do_not_make_a_recall_of_three():
    gold = Arguments(*columns([(0, 0, 1, 0, 5)], 5))
    copies = Arguments(*columns([(0, 0, 1, 0, 5)] * 3, 5))
    assert totals(argument_counts(gold, copies, 1, 1, 1)["AC+"]) == [1, 1, 1, 1]


@given(rows(4), rows(4))
def test_relations_are_directed(gold, predicted):
    found = Relations(*columns(gold, 4))
    assert totals(
        relation_counts(found, Relations(*columns(predicted, 4)), DOCUMENTS, LABELS)
    ) == hits(gold, predicted)
    swapped = Relations(found.document, found.label, found.target, found.source)
    back = {(document, label, target, source) for document, label, source, target in gold}
    assert totals(relation_counts(found, swapped, DOCUMENTS, LABELS))[0] == len(set(gold) & back)


@given(rows(4), st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_relations_of_clusters_hold_between_all_members(found, cluster):
    spread = expand_clusters(
        Relations(*columns(found, 4)), np.array(cluster), np.arange(10, 10 + len(cluster))
    )
    members = {c: [10 + i for i, own in enumerate(cluster) if own == c] for c in range(4)}
    expected = [
        (document, label, left, right)
        for document, label, source, target in found
        for left, right in product(members[source], members[target])
    ]
    assert sorted(zip(*spread, strict=True)) == sorted(expected)


pairs = st.lists(
    st.tuples(
        st.integers(0, DOCUMENTS - 1), st.integers(0, LABELS - 1), st.integers(0, LABELS - 1)
    ),
    min_size=1,
    max_size=15,
)


@given(pairs)
def test_labels_agree_with_scikit_learn(found):
    document, gold, predicted = columns(found, 3)
    counts = matched_only(LabelPairs(document, gold, predicted), DOCUMENTS, LABELS).sum(axis=0)
    assert micro_f(counts) == pytest.approx(accuracy_score(gold, predicted))
    assert macro_f(counts) == pytest.approx(
        f1_score(gold, predicted, average="macro", zero_division=0)
    )
    theirs = precision_recall_fscore_support(
        gold, predicted, labels=range(LABELS), zero_division=np.nan
    )
    assert precision(counts) == pytest.approx(theirs[0], nan_ok=True)
    assert recall(counts) == pytest.approx(theirs[1], nan_ok=True)
    assert counts[:, 1].tolist() == theirs[3].tolist()


def test_joint_scores_count_missed_items():
    found = LabelPairs(*columns([(0, 1, 1)], 3))
    gold = (np.zeros(4, np.int64), np.array([1, 1, 0, 0]))
    predicted = (np.zeros(1, np.int64), np.array([1]))
    counts = joint(found, gold, predicted, 1, 2)
    assert totals(counts) == [1, 4, 1, 1]
    assert totals(matched_only(found, 1, 2)) == [1, 1, 1, 1]


def test_a_mean_is_over_pairs_and_not_over_documents():
    counts = pair_mean(np.array([0, 0, 1]), np.array([1.0, 0.5, 0.0]), 2)
    assert f_score(counts.sum(axis=(0, 1))) == 0.5


@given(
    st.lists(
        st.lists(
            st.tuples(st.booleans(), st.integers(0, 99)), max_size=6, unique_by=lambda t: t[1]
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 2),
)
def test_rankings_agree_with_ir_measures(found, missed):
    document = np.array([d for d, some in enumerate(found) for _ in some], np.int64)
    relevant = np.array([r for some in found for r, _ in some], bool)
    score = np.array([s for some in found for _, s in some], np.float64)
    in_gold = np.array([sum(r for r, _ in some) + missed for some in found])
    ours = ranking_counts(document, score, np.zeros_like(document), relevant, in_gold, (1, 3))
    qrels, run = {}, {}
    for d, some in enumerate(found):
        qrels[str(d)] = {f"i{i}": int(r) for i, (r, _) in enumerate(some)}
        qrels[str(d)] |= {f"missed{i}": 1 for i in range(missed)}
        run[str(d)] = {f"i{i}": s for i, (_, s) in enumerate(some)}
    theirs = {}
    for value in ir_measures.iter_calc([AP, RR, P @ 1, P @ 3], qrels, run):
        theirs[str(value.measure), int(value.query_id)] = value.value
    for name, counts in ours.items():
        for d in range(len(found)):
            if in_gold[d]:
                assert recall(counts[d, 0]) == pytest.approx(theirs.get((name, d), 0.0)), name
            else:
                assert np.isnan(recall(counts[d, 0]))


def test_equal_scores_are_ranked_by_place_whatever_the_order():
    for order in ([0, 1], [1, 0]):
        tie, relevant = np.array([4, 9])[order], np.array([False, True])[order]
        found = ranking_counts(
            np.zeros(2, np.int64), np.ones(2), tie, relevant, np.array([1]), (1,)
        )
        assert found["RR"][0, 0, 0] == 0.5


def test_numbers_too_wide_to_pack_stay_apart():
    wide = np.array([2**62, 2**62, 2**61])
    narrow = np.array([5, 6, 5])
    assert len(set(pack(wide, narrow).tolist())) == 3
    assert set_counts(
        (np.zeros(3, np.int64), wide, narrow), (np.zeros(3, np.int64), wide, narrow), 1
    )[0, 0].tolist() == [3, 3, 3, 3]
