"""Annotations of version 1.0 as version 2.0: the same content, and nothing lost."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.annotations.former_format import upgraded_annotation

IDS = st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True)
WORDS = st.text(max_size=8)
ATTRIBUTES = st.dictionaries(WORDS, WORDS, max_size=2)
LINK = st.fixed_dictionaries(
    {"kb": WORDS, "date": st.none() | WORDS, "id": st.none() | WORDS}
)  # fmt: skip
SPANS = st.lists(
    st.fixed_dictionaries({"start": st.integers(0, 9), "end": st.integers(1, 9), "text": WORDS}),
    min_size=1, max_size=2,
)  # fmt: skip


def items(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries({"id": IDS, **fields}), max_size=3)


RELATIONS = st.lists(
    st.fixed_dictionaries({"type": WORDS, "source": IDS, "target": IDS}), max_size=2
)
ARGUMENTS = st.lists(st.fixed_dictionaries({"role": WORDS, "mention": IDS}), max_size=2)

ANNOTATIONS = st.fixed_dictionaries(
    {
        "schema_version": st.just("1.0"),
        "document": IDS,
        "text_sha256": WORDS,
        "annotator": IDS,
        "layers": st.lists(st.sampled_from(["entities", "events", "claims"]), unique=True),
        "status": WORDS,
        "provenance": st.fixed_dictionaries(
            {
                "kind": WORDS,
                **dict.fromkeys(("tool", "created", "updated", "note"), st.none() | WORDS),
                "label_studio": st.none(),
            },
            optional={
                "origin": st.fixed_dictionaries(
                    {"started_from": WORDS, "confirmed": st.lists(IDS), "removed": st.just([])}
                )
            },
        ),
        "mentions": items(spans=SPANS, type=WORDS, attributes=ATTRIBUTES, entity=st.none() | IDS),
        "entities": items(type=WORDS, name=WORDS, link=st.none() | LINK),
        "events": items(
            trigger=SPANS, type=WORDS, arguments=ARGUMENTS, attributes=ATTRIBUTES,
            cluster=st.none() | IDS,
        ),
        "event_relations": RELATIONS,
        "claims": items(
            spans=SPANS, act=WORDS, claimer=WORDS, cue=st.none() | SPANS,
            events=st.lists(IDS, max_size=2), attributes=ATTRIBUTES,
        ),
        "claim_relations": RELATIONS,
        "retired": st.lists(IDS, max_size=2),
    }
)  # fmt: skip

WRITTEN: dict[str, Any] = {
    "mentions": {"attributes": {}, "entity": None},
    "entities": {},
    "events": {"arguments": [], "attributes": {}, "cluster": None},
    "event_relations": {},
    "claims": {"cue": None, "events": [], "attributes": {}},
    "claim_relations": {},
    "retired": None,
}
"""What version 1.0 wrote for fields without a value."""


def downgraded(value: dict[str, Any]) -> dict[str, Any]:
    """An annotation of version 2.0, without what only 2.0 has, as version 1.0 wrote it."""
    former: dict[str, Any] = {**copy.deepcopy(value), "schema_version": "1.0"}
    for name, defaults in WRITTEN.items():
        found = former.get(name, [])
        former[name] = found if defaults is None else [{**defaults, **item} for item in found]
    for entity in former["entities"]:
        (entity["link"],) = entity.pop("links", [None])
    return former


@given(ANNOTATIONS)
def test_nothing_is_lost(annotation: dict[str, Any]):
    before = copy.deepcopy(annotation)
    upgraded = upgraded_annotation(annotation)
    assert annotation == before
    assert upgraded["schema_version"] == "2.0"
    assert downgraded(upgraded) == annotation


@given(ANNOTATIONS)
def test_an_upgraded_annotation_stays_as_it_is(annotation: dict[str, Any]):
    upgraded = upgraded_annotation(annotation)
    assert upgraded_annotation(upgraded) == upgraded


@given(ANNOTATIONS)
def test_empty_fields_are_left_out_except_where_they_say_something(annotation: dict[str, Any]):
    upgraded = upgraded_annotation(annotation)
    assert upgraded["provenance"] == annotation["provenance"]
    assert upgraded["layers"] == annotation["layers"]
    for name in WRITTEN:
        assert upgraded.get(name) != []
        if name != "retired":
            for item in upgraded.get(name, ()):
                assert not any(inner in ([], {}, None) for inner in item.values())


def test_a_link_becomes_the_only_one_of_a_list():
    link = {"kb": "wikidata", "date": None, "id": "Q5159"}
    nobody = {"id": "e1", "type": "PERSON", "name": "Kim Jong Un", "link": None}
    kursk = {"id": "e2", "type": "GPE", "name": "Kursk", "link": link}
    found = upgraded_annotation({"schema_version": "1.0", "entities": [nobody, kursk]})
    assert found == {
        "schema_version": "2.0",
        "entities": [
            {"id": "e1", "type": "PERSON", "name": "Kim Jong Un"},
            {"id": "e2", "type": "GPE", "name": "Kursk", "links": [link]},
        ],
    }


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "1.0",
        {},
        {"schema_version": 1.0, "entities": []},
        {"schema_version": "2.0", "entities": []},
        {"schema_version": "3.0", "entities": [{"id": "e1", "link": None}]},
    ],
)
def test_what_is_not_of_version_1_0_is_left_alone(value: Any):
    assert upgraded_annotation(value) == value


@pytest.mark.parametrize("items", [None, 7, "ab", [7, None, "x"], {"id": "m1"}])
def test_malformed_items_are_left_for_the_reader_to_report(items: Any):
    value = {"schema_version": "1.0", "mentions": items, "entities": items}
    assert upgraded_annotation(value) == {**value, "schema_version": "2.0"}
