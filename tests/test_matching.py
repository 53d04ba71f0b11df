"""Matching of items between annotations."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.grouping import group
from dateline.annotations.items import ranges_of
from dateline.annotations.matching import match
from dateline.model import Annotation, Span
from tests.corpora import EMPTY, TEXT, gold_of, make_annotation, make_document, quote
from tests.label_studio.strategies import annotated

DOCUMENT = make_document("talks", TEXT, "train")


def annotation(annotator="ana", **items):
    return make_annotation(DOCUMENT, {**EMPTY, **items}, annotator)


def mention(id_, type_, *fragments, entity=None):
    return {
        "id": id_,
        "spans": quote(TEXT, *fragments),
        "type": type_,
        "attributes": {"level": "name"},
        "entity": entity,
    }


def claim(id_, claimer, *fragments, act="ASSERT"):
    return {
        "id": id_,
        "spans": quote(TEXT, *fragments),
        "act": act,
        "claimer": claimer,
        "cue": None,
        "events": [],
        "attributes": {},
    }


def mentions_matched(left, right):
    return dict(match(annotation(mentions=left), annotation(mentions=right)).mentions)


def test_the_same_annotation_matches_itself():
    gold = make_annotation(DOCUMENT, gold_of(TEXT))
    found = match(gold, gold)
    for ids in (found.mentions, found.entities, found.events, found.clusters, found.claims):
        assert ids
        assert all(one == other for one, other in ids.items())


def test_nested_spans_match_one_by_one():
    left = [mention("a1", "GPE", "the Russian city"), mention("a2", "GPE", "Russian")]
    right = [mention("b1", "GPE", "Russian"), mention("b2", "GPE", "the Russian city")]
    assert mentions_matched(left, right) == {"a1": "b2", "a2": "b1"}


def test_a_nested_span_does_not_match_the_span_around_it():
    left = [mention("a1", "GPE", "the Russian city"), mention("a2", "GPE", "Russian")]
    right = [mention("b1", "GPE", "Russian")]
    assert mentions_matched(left, right) == {"a2": "b1"}


def test_stacked_spans_match_by_type_first():
    left = [mention("a1", "GPE", "Russian"), mention("a2", "GROUP", "Russian")]
    right = [mention("b1", "GROUP", "Russian"), mention("b2", "FORCE", "Russian")]
    assert mentions_matched(left, right) == {"a1": "b2", "a2": "b1"}


def test_overlapping_spans_match_with_the_greatest_overlap():
    left = [mention("a1", "PERSON", "Kim Jong"), mention("a2", "PERSON", "Jong Un")]
    right = [mention("b1", "PERSON", "Kim Jong Un"), mention("b2", "PERSON", "Jong")]
    # One of the two would take the whole name for itself, and leave the other without a match.
    assert set(mentions_matched(left, right)) == {"a1", "a2"}


def test_a_discontinuous_span_matches_by_its_characters():
    left = [mention("a1", "GPE", "North", "Korean")]
    assert mentions_matched(left, [mention("b1", "GPE", "North Korean")]) == {"a1": "b1"}
    assert mentions_matched(left, [mention("b1", "GPE", "Monday")]) == {}
    between = mention("b1", "GPE", "North") | {"spans": quote(TEXT, " ")}
    assert mentions_matched(left, [between]) == {}


@pytest.mark.parametrize(
    ("fragment", "matches"), [("the North Korean", True), ("Korean", False)], ids=["much", "little"]
)
def test_items_with_different_labels_need_more_overlap(fragment, matches):
    left = [mention("a1", "GPE", "North Korean")]
    right = [mention("b1", "GROUP", fragment)]
    assert bool(mentions_matched(left, right)) == matches


def test_claims_with_the_same_spans_match_by_claimer():
    kim, putin = mention("m1", "PERSON", "Kim Jong Un"), mention("m2", "PERSON", "Putin")
    left = annotation(
        mentions=[kim, putin],
        claims=[claim("a1", "m1", "fight on"), claim("a2", "m2", "fight on")],
    )
    right = annotation(
        mentions=[kim | {"id": "n1"}, putin | {"id": "n2"}],
        claims=[claim("b1", "n2", "fight on"), claim("b2", "n1", "fight on")],
    )
    assert match(left, right).claims == {"a1": "b2", "a2": "b1"}


def test_events_of_one_place_match_by_where_their_fillers_are_not_by_ids():
    def event(id_, trigger, *fillers):
        return {
            "id": id_,
            "trigger": quote(TEXT, trigger),
            "type": "ATTACK",
            "arguments": [{"role": "purpose", "event": filler} for filler in fillers],
            "attributes": {},
            "cluster": None,
        }

    left = [event("e1", "fight on", "x1"), event("e2", "fight on", "x2")]
    right = [event("e3", "fight on", "x1"), event("e4", "fight on", "x2")]
    # The same ids, the other way round.
    left += [event("x1", "Kim Jong Un"), event("x2", "Putin")]
    right += [event("x2", "Kim Jong Un"), event("x1", "Putin")]
    found = match(annotation(events=left), annotation(events=right)).events
    assert found == {"e1": "e4", "e2": "e3", "x1": "x2", "x2": "x1"}


def test_entities_match_by_the_mentions_they_share():
    def chain(name, *places):
        return [
            mention(f"{name}{n}", "PERSON", place, entity=name) for n, place in enumerate(places)
        ]

    left = annotation(
        mentions=[*chain("e1", "Kim Jong Un", "leader", "We"), *chain("e2", "Putin")],
        entities=[{"id": id_, "type": "PERSON", "name": id_} for id_ in ("e1", "e2")],
    )
    right = annotation(
        mentions=[*chain("f1", "Kim Jong Un", "Putin"), *chain("f2", "leader", "We")],
        entities=[{"id": id_, "type": "PERSON", "name": id_} for id_ in ("f1", "f2")],
    )
    assert match(left, right).entities == {"e1": "f2", "e2": "f1"}


def test_three_annotators_are_grouped_along_the_strongest_links():
    texts = {"ana": "Kim Jong Un", "bo": "Kim Jong", "cy": "Kim Jong Un"}
    found = group(
        [annotation(name, mentions=[mention(f"{name}1", "PERSON", q)]) for name, q in texts.items()]
    )
    assert found.mentions == ({"ana": "ana1", "bo": "bo1", "cy": "cy1"},)


def test_two_annotations_of_one_annotator_are_rejected():
    with pytest.raises(ValueError, match="the same annotator"):
        group([annotation("ana"), annotation("ana")])


def shuffled(annotation: Annotation, seed: int, prefix: str) -> Annotation:
    """The same annotation with another order and other ids."""
    rename = {name: f"{prefix}{name}" for name in annotation.ids()}
    mix = random.Random(seed)

    def mixed(items):
        return tuple(mix.sample(list(items), len(items)))

    return msgspec.structs.replace(
        annotation,
        annotator="other",
        mentions=mixed(
            [
                msgspec.structs.replace(m, id=rename[m.id], entity=rename.get(m.entity, m.entity))
                for m in annotation.mentions
            ]
        ),
        entities=mixed([msgspec.structs.replace(e, id=rename[e.id]) for e in annotation.entities]),
        events=mixed(
            [
                msgspec.structs.replace(
                    e,
                    id=rename[e.id],
                    arguments=mixed(
                        [
                            msgspec.structs.replace(
                                a,
                                mention=rename.get(a.mention),
                                event=rename.get(a.event),
                                claim=rename.get(a.claim),
                            )
                            for a in e.arguments
                        ]
                    ),
                )
                for e in annotation.events
            ]
        ),
        claims=mixed(
            [
                msgspec.structs.replace(
                    c,
                    id=rename[c.id],
                    claimer=rename.get(c.claimer, c.claimer),
                    events=mixed([rename[e] for e in c.events]),
                )
                for c in annotation.claims
            ]
        ),
    )


def content(annotation: Annotation):
    """Each item's id with its content without ids."""
    mentions = {m.id: (ranges_of(m.spans), m.type, str(m.attributes)) for m in annotation.mentions}
    return mentions | {
        e.id: (ranges_of(e.trigger), e.type, str(e.attributes)) for e in annotation.events
    }


@given(st.data(), st.integers(0, 9))
def test_order_and_ids_do_not_matter(news, data, seed):
    _, one = data.draw(annotated(news.ontology))
    other = msgspec.structs.replace(
        one,
        mentions=tuple(m for n, m in enumerate(one.mentions) if n % 3 != seed % 3),
        events=tuple(moved(e, "trigger") if n % 2 else e for n, e in enumerate(one.events)),
    )
    plain, mixed = match(one, other), match(one, shuffled(other, seed, "x"))
    texts = content(one) | {f"x{k}": v for k, v in content(other).items()}
    for field in ("mentions", "events"):
        pairs = [getattr(plain, field), getattr(mixed, field)]
        contents = [
            sorted((texts[k], texts[f"x{v}" if n == 0 else v]) for k, v in ids.items())
            for n, ids in enumerate(pairs)
        ]
        assert contents[0] == contents[1]


@given(st.data())
def test_swapping_the_annotations_inverts_the_matches(news, data):
    _, one = data.draw(annotated(news.ontology))
    other = msgspec.structs.replace(
        one, events=tuple(moved(e, "trigger") for e in one.events), mentions=one.mentions[::2]
    )
    forth, back = match(one, other), match(other, one)
    for field in ("mentions", "entities", "events", "clusters", "claims"):
        assert {v: k for k, v in getattr(forth, field).items()} == getattr(back, field)


@given(st.data())
def test_every_item_is_in_exactly_one_group(news, data):
    _, one = data.draw(annotated(news.ontology))
    others = [
        msgspec.structs.replace(one, annotator="b", mentions=one.mentions[1:]),
        msgspec.structs.replace(one, annotator="c", claims=one.claims[:-1]),
    ]
    groups = group([one, *others])
    for field in ("mentions", "events", "claims"):
        members = [place for found in getattr(groups, field) for place in found.items()]
        assert sorted(members) == sorted(
            (a.annotator, item.id) for a in (one, *others) for item in getattr(a, field)
        )


@given(st.data())
def test_groups_of_two_annotators_are_their_matches(news, data):
    _, one = data.draw(annotated(news.ontology))
    other = msgspec.structs.replace(
        one,
        annotator="zoe",
        events=tuple(moved(e, "trigger") if n % 2 else e for n, e in enumerate(one.events)),
        mentions=one.mentions[::2],
        claims=one.claims[1:],
    )
    one = msgspec.structs.replace(one, annotator="ana")
    matches, groups = match(one, other), group([one, other])
    for field in ("mentions", "entities", "events", "clusters", "claims"):
        both = {g["ana"]: g["zoe"] for g in getattr(groups, field) if len(g) == 2}
        assert both == getattr(matches, field)


def moved(event, field):
    """The item with its last fragment one character shorter, where that leaves something."""
    *rest, last = getattr(event, field)
    if last.end - last.start < 2:
        return event
    shorter = Span(start=last.start, end=last.end - 1, text=last.text[:-1])
    return msgspec.structs.replace(event, **{field: (*rest, shorter)})
