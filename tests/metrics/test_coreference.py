"""Coreference: documented cases of the reference scorers, scorch on random chains, properties."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scorch.scores
from hypothesis import given
from hypothesis import strategies as st

from dateline.metrics.coreference import (
    Chains,
    ContingencyTable,
    blanc_score,
    conll_score,
    contingency_table,
    coreference_counts,
    merge_chains,
    without_singletons,
)
from dateline.metrics.counts import f_score, precision, recall

from . import oracle

FROZEN = Path(__file__).parents[1] / "conformance" / "coreference.json"
CASES = json.loads(FROZEN.read_bytes())


def chains(documents: Sequence[Iterable[Iterable[object]]]) -> Chains:
    """Columns from the chains of each document; a mention's number comes from its name."""
    rows = [
        (document, document * 1000 + ord(str(mention)), document * 1000 + number)
        for document, partition in enumerate(documents)
        for number, chain in enumerate(partition)
        for mention in chain
    ]
    return (
        Chains(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))
        if rows
        else (Chains(*[np.empty(0, np.int64)] * 3))
    )


def table(gold: Sequence, predicted: Sequence) -> ContingencyTable:
    return contingency_table(chains(gold), chains(predicted), len(gold))


def fraction(text: str | None) -> float:
    return float("nan") if text is None else float(Fraction(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_documented_cases_of_the_reference_scorers(case):
    counts = coreference_counts(table([case["key"]], [case["response"]]))
    for name, expected in case["expected"].items():
        sums = counts[name].sum(axis=0)
        wanted = expected if name == "BLANC" else [expected]
        for found, (r, p) in zip(sums, wanted, strict=True):
            assert recall(found) == pytest.approx(fraction(r), nan_ok=True), name
            assert precision(found) == pytest.approx(fraction(p), nan_ok=True), name
    if "blanc_rounded" in case:
        # The documentation gives two decimals, some cut off and some rounded.
        score = blanc_score(counts["BLANC"].sum(axis=0))
        assert score == pytest.approx(case["blanc_rounded"], abs=0.0101)


MENTIONS = "abcdefgh"


@st.composite
def partitions(draw: st.DrawFn) -> list[frozenset[str]]:
    mentions = draw(st.lists(st.sampled_from(MENTIONS), min_size=1, unique=True))
    places = draw(st.lists(st.integers(0, 4), min_size=len(mentions), max_size=len(mentions)))
    found: dict[int, set[str]] = {}
    for mention, place in zip(mentions, places, strict=True):
        found.setdefault(place, set()).add(mention)
    return [frozenset(chain) for chain in found.values()]


@given(partitions(), partitions())
def test_agrees_with_scorch(key, response):
    counts = coreference_counts(table([key], [response]))
    if not frozenset().union(*key) & frozenset().union(*response):
        # scorch fails where the sides share no mention; nothing is right then.
        assert f_score(counts["B3"][0]) == f_score(counts["CEAFe"][0]) == [0]
        return
    scorers = {
        "MUC": scorch.scores.muc,
        "B3": scorch.scores.b_cubed,
        "CEAFm": scorch.scores.ceaf_m,
        "CEAFe": scorch.scores.ceaf_e,
    }
    for name, measure in scorers.items():
        (sums,) = counts[name].sum(axis=0)
        if np.isnan(recall(sums)) or np.isnan(precision(sums)):
            continue  # scorch has 0 for what is undefined
        assert (recall(sums), precision(sums), f_score(sums)) == pytest.approx(
            measure(key, response)
        ), name


@given(partitions(), partitions())
def test_blanc_agrees_with_scorch(key, response):
    score = blanc_score(coreference_counts(table([key], [response]))["BLANC"].sum(axis=0))
    # Of gold without links, scorch looks at the common mention only, and gives 1.
    if len(frozenset().union(*key)) > 1:
        assert score == pytest.approx(scorch.scores.blanc(key, response)[2])


@given(partitions(), partitions())
def test_lea_agrees_with_the_oracle(key, response):
    (sums,) = coreference_counts(table([key], [response]))["LEA"].sum(axis=0)
    assert sums.tolist() == pytest.approx([*oracle.lea(key, response), *oracle.lea(response, key)])


@given(st.lists(st.tuples(partitions(), partitions()), min_size=1, max_size=3), st.randoms())
def test_the_order_of_chains_and_other_documents_change_nothing(pairs, random):
    together = coreference_counts(table([k for k, _ in pairs], [r for _, r in pairs]))
    for document, (key, response) in enumerate(pairs):
        key, response = list(key), list(response)
        random.shuffle(key)
        random.shuffle(response)
        alone = coreference_counts(table([key], [response]))
        for name in alone:
            assert together[name][document] == pytest.approx(alone[name][0]), name


@given(partitions(), partitions())
def test_rates_are_bounded_and_swap_with_the_sides(key, response):
    there, back = (
        coreference_counts(table([key], [response])),
        coreference_counts(table([response], [key])),
    )
    for name in there:
        r, p = recall(there[name]), precision(back[name])
        assert r == pytest.approx(p, nan_ok=True)
        assert np.all(np.isnan(r) | ((r >= 0) & (r <= 1 + 1e-12)))


@given(partitions())
def test_equal_chains_are_perfect_where_anything_is_defined(key):
    counts = coreference_counts(table([key], [key]))
    for name in ("B3", "CEAFm", "CEAFe", "LEA"):
        assert f_score(counts[name].sum(axis=0)) == pytest.approx([1])
    singletons = all(len(chain) == 1 for chain in key)
    expected = float("nan") if singletons else 1.0
    assert conll_score(counts["CoNLL"].sum(axis=0)) == pytest.approx(expected, nan_ok=True)


def test_singletons_can_be_removed():
    kept = without_singletons(chains([["a", "bc", "d"], ["xyz"]]))
    assert kept.mention.tolist() == [ord("b"), ord("c"), *(1000 + ord(c) for c in "xyz")]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), max_size=12), st.randoms())
def test_chains_that_share_a_mention_become_one(pairs, random):
    merged = merge_chains(
        Chains(*np.array([(0, m, c) for m, c in pairs], np.int64).reshape(-1, 3).T)
    )
    partition = {frozenset(merged.mention[merged.chain == c].tolist()) for c in merged.chain}
    expected = {frozenset(m for m, other in pairs if other == c) for _, c in pairs}
    joined = True
    while joined:
        joined = False
        for one in expected:
            others = [other for other in expected if other != one and other & one]
            if others:
                expected = (expected - {one, *others}) | {one.union(*others)}
                joined = True
                break
    assert partition == expected
    random.shuffle(pairs)
    again = merge_chains(
        Chains(*np.array([(0, m, c) for m, c in pairs], np.int64).reshape(-1, 3).T)
    )
    assert again.mention.tolist() == merged.mention.tolist()


def test_blanc_of_gold_without_links_is_0_if_links_are_predicted():
    for key, response, expected in (
        (["a"], ["ab"], 0.0), ([], ["a", "b"], 0.0), (["a"], ["a"], None), (["a"], [], None),
        (["ab"], [], 0.0),
    ):  # fmt: skip
        score = blanc_score(coreference_counts(table([key], [response]))["BLANC"].sum(axis=0))
        assert (None if np.isnan(score) else score) == expected, (key, response)


def test_a_mention_in_two_chains_is_refused():
    with pytest.raises(ValueError, match="predicted mention is duplicated"):
        table([["ab"]], [["ab", "bc"]])


def test_no_mentions_at_all_is_undefined():
    for counts in coreference_counts(table([[]], [[]])).values():
        assert np.isnan(f_score(counts.sum(axis=0))).all()
