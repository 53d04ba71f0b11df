"""The plan of a team: shares, overlap, gold questions, and what stays when something changes."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.errors import InvalidInputError
from dateline.label_studio.plan.assign import with_documents, with_team
from dateline.label_studio.plan.plan import Plan

TEAM = ("ana", "bo", "cy", "dee")
TEAMS = st.integers(2, 4).map(lambda number: TEAM[:number])
PERCENT = st.integers(0, 100)
GOLD = [f"g{number}" for number in range(60)]


def named(*numbers):
    return [f"d{number}" for number in range(*numbers)]


def plan_of(team, documents, *, overlap=20, gold=10, batch=10, seed=13, questions=GOLD):
    plan = Plan(seed=seed, overlap=overlap, gold=gold, batch=batch)
    return with_documents(with_team(plan, team, ()), documents, questions)


def loads(plan):
    """Documents of each annotator, without gold questions."""
    own = Counter(one.annotator for one in plan.assignments if one.why != "gold question")
    return {name: own[name] for name in plan.team()}


def spread(numbers):
    return max(numbers) - min(numbers)


@given(TEAMS, st.integers(0, 60), PERCENT, st.integers(0, 50), st.integers(1, 20),
       st.integers(0, 99))  # fmt: skip
def test_shares_are_equal_and_the_overlap_exact(team, number, overlap, gold, batch, seed):
    plan = plan_of(team, named(number), overlap=overlap, gold=gold, batch=batch, seed=seed)
    assert spread(loads(plan).values()) <= 1
    work = [one for one in plan.assignments if one.why != "gold question"]
    annotators = Counter(one.document for one in work)
    assert annotators.keys() == {*named(number)}
    overlapping = sum(count == 2 for count in annotators.values())
    assert abs(overlapping - number * overlap / 100) <= 0.5
    assert {one.document for one in work if one.why == "overlap"} == {
        name for name, count in annotators.items() if count == 2
    }
    assert max(annotators.values(), default=1) <= 2
    asked = Counter(one.annotator for one in plan.assignments if one.why == "gold question")
    for name, load in loads(plan).items():
        assert abs(asked[name] - load * gold / 100) <= 0.5
    lots = {name: {one.lot for one in work if one.document == name} for name in annotators}
    assert all(len(some) == 1 for some in lots.values())
    sizes = Counter(lot for some in lots.values() for lot in some)
    assert all(sizes[lot] == batch for lot in [*sizes][:-1])
    assert len({(one.document, one.annotator) for one in plan.assignments}) == len(plan.assignments)


@given(TEAMS, st.integers(0, 40), st.integers(0, 40), PERCENT, st.integers(0, 99))
def test_more_documents_leave_what_is_assigned(team, first, more, overlap, seed):
    plan = plan_of(team, named(first), overlap=overlap, seed=seed)
    grown = with_documents(plan, named(first + more), GOLD)
    assert grown.assignments[: len(plan.assignments)] == plan.assignments
    assert with_documents(grown, named(first + more), GOLD) == grown
    assert with_team(grown, team, ()) == grown
    assert spread(loads(grown).values()) <= 1
    overlapping = {one.document for one in grown.assignments if one.why == "overlap"}
    assert abs(len(overlapping) - (first + more) * overlap / 100) <= 0.5


def test_the_order_of_names_does_not_matter_and_the_seed_does():
    plan = plan_of(TEAM, named(50))
    assert plan_of(TEAM, named(50)[::-1], questions=GOLD[::-1]) == plan
    assert plan_of(TEAM, named(50), seed=14) != plan


@given(TEAMS, st.integers(1, 60), PERCENT, st.sets(st.integers(0, 59)), st.integers(0, 99))
def test_who_leaves_keeps_what_is_done_and_the_others_get_the_rest(
    team, number, overlap, finished, seed
):
    plan = plan_of(team, named(number), overlap=overlap, seed=seed)
    done = {("bo", f"d{one}") for one in finished}
    changed = with_team(plan, [name for name in team if name != "bo"], done)
    before, after = (
        {(one.annotator, one.document): one for one in some.assignments} for some in (plan, changed)
    )
    assert {pair for pair in before if pair[0] != "bo"} <= after.keys()
    assert {pair for pair in after if pair[0] == "bo"} == before.keys() & done
    work = [one for one in changed.assignments if one.why != "gold question"]
    assert {one.document for one in work} == {*named(number)}
    assert all(after[pair].lot == one.lot for pair, one in before.items() if pair in after)
    annotators = Counter(one.document for one in work)
    for one in work:
        assert annotators[one.document] == (2 if one.why == "overlap" else 1)
    if len(team) > 2:
        assert Counter(one.why for one in work) == Counter(
            one.why for one in plan.assignments if one.why != "gold question"
        )
    singles = Counter(
        one.annotator for one in work
        if one.why == "single" and (one.annotator, one.document) not in before
    )  # fmt: skip
    # The overlap decides who can get a document; single ones then level the shares.
    for name, got in singles.items():
        assert not got or loads(changed)[name] <= min(loads(changed).values()) + 1


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 99))
def test_who_joins_gets_an_equal_share_of_what_comes(first, more, seed):
    plan = plan_of(TEAM[:2], named(first), seed=seed)
    joined = with_team(plan, TEAM[:3], ())
    assert joined.assignments == plan.assignments
    grown = with_documents(joined, named(first + more), GOLD)
    new = Counter(
        one.annotator
        for one in grown.assignments[len(plan.assignments) :]
        if one.why != "gold question"
    )
    assert spread([new[name] for name in grown.team()]) <= 2


def test_who_comes_back_goes_on_with_what_is_done():
    plan = plan_of(TEAM[:3], named(30))
    done = {(one.annotator, one.document) for one in plan.of("bo")[:4]}
    back = with_team(with_team(plan, ("ana", "cy"), done), TEAM[:3], done)
    assert back.team() == ["ana", "bo", "cy"]
    assert len(back.of("bo")) == 4
    grown = with_documents(back, named(60), GOLD)
    assert len(grown.of("bo")) < len(grown.of("ana"))


def test_what_cannot_be_planned_is_refused():
    with pytest.raises(InvalidInputError, match="An overlap needs two annotators"):
        plan_of(["ana"], named(5))
    with pytest.raises(InvalidInputError, match="documents have gold and can be"):
        plan_of(TEAM[:2], named(60), questions=["g1"])
    with pytest.raises(InvalidInputError, match="at least one annotator"):
        with_team(Plan(seed=1, overlap=0, gold=0, batch=5), (), ())


def test_the_current_lot_is_the_first_that_is_not_done():
    plan = plan_of(TEAM[:2], named(40), batch=20)
    first = {one.document for one in plan.of("ana") if one.lot == 1}
    assert plan.current_lot("ana", ()) == 1
    assert plan.current_lot("ana", first) == 2
    assert plan.current_lot("ana", {one.document for one in plan.of("ana")}) == 2
    assert plan.current_lot("nobody", ()) == 1
