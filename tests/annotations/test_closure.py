"""What follows from relations, compared with an inference of every fact by itself."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.closure import Contradiction, contradictions
from dateline.model import Relation
from dateline.ontology.labels import RelationLabel

NAMES = "RST"
EVENTS = "abcde"
Triple = tuple[str, str, str]


@st.composite
def labels(draw) -> list[RelationLabel]:
    subsets = st.lists(st.sampled_from(NAMES), unique=True, max_size=2).map(tuple)
    return [
        RelationLabel(
            name=name,
            title="",
            description="",
            symmetric=draw(st.booleans()),
            transitive=draw(st.booleans()),
            excludes=draw(subsets),
            then=draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES), max_size=1)),
        )
        for name in NAMES
    ]


triples = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(EVENTS), st.sampled_from(EVENTS)),
    unique=True,
    max_size=7,
)


def closed(facts: set[Triple], names: list[RelationLabel]) -> set[Triple]:
    """The facts with all that follow, by applying each law to each pair until nothing is new."""
    laws_of = {
        label.name: [*label.then.items()] + [(label.name, label.name)] * label.transitive
        for label in names
    }
    symmetric = {label.name for label in names if label.symmetric}
    while True:
        new = {(t, b, a) for t, a, b in facts if t in symmetric}
        for (first, a, b), (second, c, d) in product(facts, facts):
            if b == c:
                new |= {(result, a, d) for s, result in laws_of[first] if s == second}
        if new <= facts:
            return facts
        facts = facts | new


def is_contradictory(facts: set[Triple], names: list[RelationLabel]) -> bool:
    found = closed(facts, names)
    for label in names:
        if label.is_order and any((label.name, e, e) in found for e in EVENTS):
            return True
        for other, (a, b) in product(label.excludes, product(EVENTS, EVENTS)):
            if a == b or (label.name, a, b) not in found:
                continue
            if (other, b, a) in found or (other != label.name and (other, a, b) in found):
                return True
    return False


def relations_of(facts) -> list[Relation]:
    return [Relation(type=t, source=a, target=b) for t, a, b in facts]


def found_in(facts, names: list[RelationLabel], most: int = 100) -> list[Contradiction]:
    return contradictions(relations_of(facts), names, {e: e for e in EVENTS}, most)


@given(triples, labels())
def test_contradictions_are_found_if_and_only_if_there_are_any(facts, names):
    assert bool(found_in(facts, names)) == is_contradictory({*facts}, names)


@given(triples, labels())
def test_the_relations_of_a_contradiction_are_given_and_contradict_each_other(facts, names):
    for found in found_in(facts, names):
        assert found.relations <= {*facts}
        assert is_contradictory({*found.relations}, names)


@given(triples, labels())
def test_no_contradiction_is_part_of_another(facts, names):
    sets = [found.relations for found in found_in(facts, names)]
    for position, some in enumerate(sets):
        assert not any(other <= some for other in sets[:position])


def test_coreferent_events_are_one_and_chains_are_in_order():
    before = RelationLabel(name="B", title="", description="", transitive=True)
    facts = [("B", "a", "b"), ("B", "c", "d"), ("B", "d", "e")]
    nodes = {"a": "a", "b": "k", "c": "k", "d": "d", "e": "a"}
    (found,) = contradictions(relations_of(facts), [before], nodes, 10)
    assert {*found.firsts} == {*relations_of(facts)}
    for one, following in pairwise(found.firsts):
        assert nodes[one.target] == nodes[following.source]
    same = {"a": "k", "b": "k"}
    (found,) = contradictions(relations_of(facts[:1]), [before], same, 10)
    assert [r.name for r in found.firsts] == ["B a→b"]


def test_long_chains_and_many_contradictions_are_bounded():
    before = RelationLabel(name="B", title="", description="", transitive=True, excludes=("O",))
    other = RelationLabel(name="O", title="", description="", symmetric=True)
    names = [f"e{number}" for number in range(400)]
    facts = [("B", *pair) for pair in pairwise(names)]
    facts += [("O", one, names[0]) for one in names[1:]]
    nodes = {name: name for name in names}
    found = contradictions(relations_of(facts), [before, other], nodes, 20)
    assert len(found) == 20
    assert [len(some.firsts) for some in found] == sorted(len(some.firsts) for some in found)
