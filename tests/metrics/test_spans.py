"""Spans: properties for any input, and comparison with the oracle and other scorers."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate import Evaluator
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2

from dateline.metrics.assignment import assign
from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    f_score,
    precision,
    recall,
)
from dateline.metrics.span_matching import match, match_by_overlap, match_distinct
from dateline.metrics.span_scores import nested, semeval, strict
from dateline.metrics.spans import Spans, in_units, inside_longer, overlaps

from . import oracle

DOCUMENTS, LABELS = 3, 3
MODES = ("strict", "exact", "partial", "type")


@st.composite
def places(draw: st.DrawFn) -> oracle.Place:
    """Mostly one fragment, sometimes two or three; short texts, so that spans meet."""
    cuts = draw(st.lists(st.integers(0, 14), min_size=2, max_size=6, unique=True))
    cuts = sorted(cuts[: len(cuts) // 2 * 2])
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))


rows = st.lists(
    st.tuples(st.integers(0, DOCUMENTS - 1), st.integers(0, LABELS - 1), places()), max_size=6
)


def totals(counts: np.ndarray) -> list[float]:
    return counts.sum(axis=(0, 1)).tolist()


@given(rows, rows)
def test_strict_agrees_with_sets(gold, predicted):
    hits, in_gold, in_predicted = oracle.strict(gold, predicted)
    counts = strict(Spans.of(gold), Spans.of(predicted), DOCUMENTS, LABELS)
    assert totals(counts) == [hits, in_gold, hits, in_predicted]


@given(rows, rows)
def test_the_four_modes_agree_with_trying_every_assignment(gold, predicted):
    counts = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    expected = oracle.semeval(gold, predicted)
    assert {mode: totals(counts[mode])[HIT_GOLD] for mode in MODES} == expected
    assert {mode: totals(counts[mode])[HIT_PREDICTED] for mode in MODES} == expected
    assert np.array_equal(
        counts["strict"], strict(Spans.of(gold), Spans.of(predicted), DOCUMENTS, LABELS)
    )


@given(rows, rows, st.randoms())
def test_the_order_of_spans_changes_nothing(gold, predicted, random):
    before = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    inner = nested(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    random.shuffle(gold)
    random.shuffle(predicted)
    after = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    for mode in MODES:
        assert np.array_equal(before[mode], after[mode])
    assert np.array_equal(
        inner, nested(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    )


@given(rows, rows)
def test_overlaps_and_nesting_agree_with_sets_of_characters(left, right):
    left_spans, right_spans = Spans.of(left), Spans.of(right)
    found = overlaps(left_spans, right_spans)
    assert list(zip(*map(np.ndarray.tolist, found), strict=True)) == oracle.overlaps(left, right)
    inside = inside_longer(left_spans, right_spans)
    assert inside.tolist() == oracle.inside_longer(left, right)


@given(rows, st.lists(st.integers(1, 3), min_size=DOCUMENTS * 4, max_size=DOCUMENTS * 4))
def test_spans_of_units_agree_with_sets_of_characters(spans, sizes):
    units = []
    for document in range(DOCUMENTS):
        end = 0
        for size in sizes[4 * document : 4 * document + 4]:  # with a gap after each longer unit
            units.append((document, 0, ((end, end + size),)))
            end += size + (size > 1)
    found = in_units(Spans.of(spans), Spans.of(units))
    assert found.length.tolist() == [
        len([unit for unit in units if oracle.characters(row) & oracle.characters(unit)])
        for row in spans
    ]
    for row, (document, _, fragments) in enumerate(spans):
        own = slice(found.offsets[row], found.offsets[row + 1])
        covered = {
            number
            for start, end in zip(found.start[own], found.end[own], strict=True)
            for number in range(start, end)
        }
        assert covered == {
            number
            for number, unit in enumerate(units)
            if oracle.characters((document, 0, fragments)) & oracle.characters(unit)
        }


candidates = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.booleans(), st.sampled_from([0.2, 0.25, 0.5, 1.0]) | st.floats(0.01, 1)),
    min_size=1,
)


@given(candidates)
def test_every_solver_finds_an_optimum_and_two_the_same(found):
    left, right = np.array(list(found)).T
    preferred, iou = np.array(list(found.values()), np.float64).T
    worth = np.ones(len(found)), preferred, iou
    small = assign(left, right, worth)
    dense = assign(left, right, worth, small=0)
    sparse = assign(left, right, worth, small=0, dense=0)
    assert small.tolist() == dense.tolist()
    assert len({*left[sparse]}) == len({*right[sparse]}) == len(sparse)
    for level in worth:
        assert level[sparse].sum() == pytest.approx(level[dense].sum())


def test_a_span_over_a_whole_text_needs_no_matrix():
    size = 20_000
    flat = [(0, i % LABELS, [(10 * i, 10 * i + 5)]) for i in range(size)]
    moved = [(0, i % LABELS, [(10 * i + 1, 10 * i + 6)]) for i in range(size)]
    whole = (0, 0, [(0, 10 * size)])
    sides = Spans.of([*flat, whole]), Spans.of([*moved, whole])
    tracemalloc.start()
    counts = semeval(match_distinct(*sides), 1, LABELS)
    inner = nested(match_distinct(*sides), 1, LABELS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert totals(counts["type"]) == [size + 1] * 4
    assert totals(inner) == [0, size, 0, size]
    assert peak < 200 * 2**20  # a matrix has 3 GB


@given(rows, rows)
def test_swapping_the_sides_swaps_recall_and_precision(gold, predicted):
    there = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    back = semeval(match_distinct(Spans.of(predicted), Spans.of(gold)), DOCUMENTS, LABELS)
    for mode in MODES:
        total, turned = there[mode].sum(axis=(0, 1)), back[mode].sum(axis=(0, 1))
        assert np.array_equal(recall(total), precision(turned), equal_nan=True)
        assert np.array_equal(f_score(total), f_score(turned), equal_nan=True)


@given(rows, rows)
def test_rates_are_bounded_and_ordered(gold, predicted):
    counts = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), DOCUMENTS, LABELS)
    f = {mode: f_score(counts[mode].sum(axis=(0, 1))) for mode in MODES}
    for mode in MODES:
        for rate in (recall, precision, f_score):
            values = rate(counts[mode])
            assert np.all(np.isnan(values) | ((values >= 0) & (values <= 1)))
    if gold or predicted:
        assert f["strict"] <= f["exact"] <= f["partial"]
        assert f["strict"] <= f["type"]


@given(rows)
def test_what_equals_gold_is_perfect_and_nothing_is_undefined(spans):
    counts = semeval(match_distinct(Spans.of(spans), Spans.of(spans)), DOCUMENTS, LABELS)
    for mode in MODES:
        total = counts[mode].sum(axis=(0, 1))
        assert f_score(total) == 1 if spans else np.isnan(f_score(total))


@given(rows, rows)
def test_no_span_is_in_two_pairs(gold, predicted):
    gold, predicted = sorted(set(gold)), sorted(set(predicted))
    found = match(Spans.of(gold), Spans.of(predicted))
    assert len(set(found.gold)) == len(found.gold)
    assert len(set(found.predicted)) == len(found.predicted)
    for i, j, exact, typed in zip(*found, strict=True):
        assert oracle.characters(gold[i]) & oracle.characters(predicted[j])
        assert exact == (gold[i][2] == predicted[j][2])
        assert typed == (gold[i][1] == predicted[j][1])


@given(rows, rows, st.sampled_from([0.0, 0.3, 0.5]))
def test_overlap_matching_reaches_the_threshold(gold, predicted, at_least):
    left, right = match_by_overlap(Spans.of(gold), Spans.of(predicted), at_least)
    assert len(set(left)) == len(left)
    assert len(set(right)) == len(right)
    for i, j in zip(left, right, strict=True):
        mine, theirs = oracle.characters(gold[i]), oracle.characters(predicted[j])
        assert len(mine & theirs) / len(mine | theirs) >= at_least


def test_preferred_pairs_are_matched_among_equal_spans():
    gold = Spans.of([(0, 0, [(0, 5)]), (0, 0, [(0, 5)])])
    ours, theirs = np.array([7, 8]), np.array([8, 7])
    found = match_by_overlap(gold, gold, 0.5, lambda left, right: ours[left] == theirs[right])
    assert sorted(zip(*found, strict=True)) == [(0, 1), (1, 0)]


def test_a_duplicate_prediction_counts_once():
    gold = Spans.of([(0, 0, [(0, 3)])])
    counts = strict(gold, Spans.of([(0, 0, [(0, 3)])] * 3), 1, 1)
    assert counts.tolist() == [[[1, 1, 1, 1]]]


def test_a_greedy_scorer_would_lose_a_pair():
    # Taking the first overlap pairs the long prediction with the first gold, and the short with none.
    gold = Spans.of([(0, 0, [(0, 4)]), (0, 0, [(5, 9)])])
    predicted = Spans.of([(0, 0, [(0, 9)]), (0, 0, [(1, 4)])])
    assert totals(semeval(match_distinct(gold, predicted), 1, 1)["partial"]) == [1, 2, 1, 2]


def test_nested_spans_are_scored_apart():
    gold = Spans.of([(0, 0, [(0, 9)]), (0, 1, [(2, 4)]), (0, 1, [(6, 8)])])
    predicted = Spans.of([(0, 0, [(0, 9)]), (0, 1, [(2, 4)]), (0, 0, [(6, 8)])])
    assert nested(match_distinct(gold, predicted), 1, 2).tolist() == [[[0, 0, 0, 1], [1, 2, 1, 1]]]
    assert totals(strict(gold, predicted, 1, 2)) == [2, 3, 2, 3]


def test_wide_offsets_do_not_overflow():
    far = 2**40
    gold = Spans.of([(0, 1, [(far, far + 2), (far + 5, far + 9)]), (2, 0, [(far, far + 9)])])
    assert totals(strict(gold, gold, DOCUMENTS, LABELS)) == [2, 2, 2, 2]
    moved = Spans.of([(0, 1, [(far, far + 2), (far + 5, far + 8)]), (2, 0, [(far + 1, far + 9)])])
    assert totals(strict(gold, moved, DOCUMENTS, LABELS)) == [0, 2, 0, 2]


sentence = st.integers(1, 9).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 2 * LABELS), min_size=n, max_size=n)] * 2)
)


def decoded(tags: list[int]) -> tuple[list[str], list[tuple[int, int, int]]]:
    """Valid BIO tags from any numbers, and their spans."""
    names, spans = [], []
    inside = None
    for i, tag in enumerate(tags):
        label, begins = divmod(tag - 1, 2) if tag else (None, 0)
        if label is None:
            names.append("O")
        elif begins or inside != label:
            names.append(f"B-{label}")
            spans.append([label, i, i])
        else:
            names.append(f"I-{label}")
        inside = label
        if label is not None:
            spans[-1][2] = i + 1
    return names, [tuple(span) for span in spans]


@given(st.lists(sentence, min_size=1, max_size=4))
def test_strict_agrees_with_seqeval(sentences):
    tags = [[decoded(side)[0] for side in sides] for sides in sentences]
    spans = [
        Spans.of(
            (document, label, [(start, end)])
            for document, sides in enumerate(sentences)
            for label, start, end in decoded(sides[side])[1]
        )
        for side in (0, 1)
    ]
    counts = strict(*spans, len(sentences), LABELS)
    total = counts.sum(axis=(0, 1))
    if not (total[GOLD] and total[PREDICTED]):
        return  # seqeval gives 0 for what is undefined
    theirs = precision_recall_fscore_support(
        [gold for gold, _ in tags],
        [predicted for _, predicted in tags],
        scheme=IOB2,
        average="micro",
        zero_division=0,
    )
    assert (precision(total), recall(total), f_score(total)) == pytest.approx(theirs[:3])


@st.composite
def apart(draw: st.DrawFn) -> tuple[list[oracle.Row], list[oracle.Row]]:
    """Spans of which each overlaps one of the other side at most."""
    gold, predicted = [], []
    for slot in range(draw(st.integers(1, 6))):
        for side in (gold, predicted):
            if draw(st.booleans()):
                start = 10 * slot + draw(st.integers(0, 3))
                end = 10 * slot + draw(st.integers(5, 8))
                side.append((0, draw(st.integers(0, LABELS - 1)), ((start, end),)))
    return gold, predicted


@given(apart())
def test_the_four_modes_agree_with_nervaluate_where_it_is_certain(sides):
    gold, predicted = sides
    if not gold or not predicted:
        return  # nervaluate cannot load an empty document
    entities = [
        [
            {"label": str(label), "start": start, "end": end - 1}
            for _, label, ((start, end),) in side
        ]
        for side in sides
    ]
    tags = [str(label) for label in range(LABELS)]
    theirs = Evaluator([entities[0]], [entities[1]], tags, loader="dict").evaluate()["overall"]
    counts = semeval(match_distinct(Spans.of(gold), Spans.of(predicted)), 1, LABELS)
    for ours, their in zip(MODES, ("strict", "exact", "partial", "ent_type"), strict=True):
        total = counts[ours].sum(axis=(0, 1))
        found = theirs[their]
        assert (precision(total), recall(total)) == pytest.approx((found.precision, found.recall))
