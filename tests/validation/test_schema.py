"""JSON Schema: the fast path and the reference agree, and errors say what is meant."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dateline.corpus.store import Corpus, canonical_json
from dateline.ontology.schemas import SCHEMA_NAMES, boilerplate
from dateline.validation.schema import SchemaValidator
from tests.conftest import REPOSITORY, SEED
from tests.corpora import NEWS, TEXT, make_document
from tests.small_corpus import annotation

SCHEMAS = NEWS.schemas
VALIDATORS = {name: SchemaValidator(SCHEMAS, name) for name in SCHEMA_NAMES}


INSTANCES = {
    "document": json.loads(canonical_json(make_document("a", TEXT, "train"))),
    "annotation": annotation("0" * 64),
}


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_each_schema_is_a_schema_with_id_title_and_description(name: str):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert {"$schema", "$id", "title", "description"} <= set(SCHEMAS[name])


@pytest.mark.parametrize("name", [n for n in SCHEMA_NAMES if n != "ontology"])
def test_examples_in_the_schemas_are_valid(name: str):
    assert SCHEMAS[name]["examples"]
    for example in SCHEMAS[name]["examples"]:
        assert list(VALIDATORS[name].findings(example)) == []


def test_every_boilerplate_pattern_compiles_and_matches_itself():
    import re

    assert all(re.fullmatch(pattern, pattern) for pattern in boilerplate(SCHEMAS))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(inner, (*path, key))
    return found


SCALARS = st.none() | st.booleans() | st.integers(-2, 2**31) | st.text(max_size=8) | st.floats(0, 9)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(max_size=4), v, max_size=2)
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Any]:
    name = draw(st.sampled_from(["document", "annotation"]))
    instance = copy.deepcopy(INSTANCES[name])
    for _ in range(draw(st.integers(0, 3))):
        if not (found := places(instance)):
            break
        *path, last = draw(st.sampled_from(found))
        parent = instance
        for step in path:
            parent = parent[step]
        match draw(st.sampled_from(["replace", "remove", "add", "swap"])):
            case "replace":
                parent[last] = draw(VALUES)
            case "remove":
                del parent[last]
            case "add" if isinstance(parent, dict):
                parent[draw(st.text(max_size=5))] = draw(VALUES)
            case _:
                value = instance
                for step in draw(st.sampled_from(found)):
                    value = value[step]
                parent[last] = copy.deepcopy(value)
    return name, instance


def test_the_real_corpus_is_valid_to_both(repository: Corpus):
    validators = {n: SchemaValidator(repository.schemas, n) for n in ("document", "annotation")}
    for name, folder in (("document", "corpus"), ("annotation", "annotations/gold")):
        instance = json.loads((REPOSITORY / folder / f"{SEED}.json").read_bytes())
        assert validators[name].is_valid(instance)
        assert validators[name].reference.is_valid(instance)


@settings(max_examples=150)
@given(mutated())
def test_the_fast_path_agrees_with_the_reference(case: tuple[str, Any]):
    name, instance = case
    validator = VALIDATORS[name]
    assert validator.is_valid(instance) == validator.reference.is_valid(instance)
    assert validator.is_valid(instance) == (not list(validator.findings(instance)))


@pytest.mark.parametrize(
    ("path", "value", "pointer", "says"),
    [
        (("mentions", 0, "type"), "PERSN", "/mentions/0/type", "Did you mean \"PERSON\"?"),
        (("events", 0, "type"), "MEAT", "/events/0/type", "Did you mean \"MEET\"?"),
        (("events", 0, "arguments", 0, "role"), "victim", "/events/0/arguments/0/role", "party, place"),
        (("claims", 0, "attributes", "polarity"), "yes", "/claims/0/attributes/polarity", "Allowed: positive, negative"),
        (("claims", 0, "cue"), [], "/claims/0/cue", "write null"),
        (("entities", 0, "links"), "Q30", "/entities/0/links", "Expected an array"),
        (("claims", 0, "cue", 0, "start"), -1, "/claims/0/cue/0/start", "code point"),
        (("mentions", 0, "level"), "name", "/mentions/0", "Allowed: id, spans"),
        (("status",), "done", "/status", "draft, submitted"),
        (("document",), "No/Such", "/document", "Stem of the seed's file name"),
        (("events", 0, "arguments", 0, "event"), "e2", "/events/0/arguments/0", "one of them"),
    ],
)  # fmt: skip
def test_an_error_names_the_place_and_the_fix(
    path: tuple[Any, ...], value: Any, pointer: str, says: str
):
    instance = annotation("0" * 64)
    parent: Any = instance
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    (found,) = VALIDATORS["annotation"].findings(instance)
    assert found.pointer == pointer
    assert says in found.hint


def test_role_legality_is_checked_by_json_schema_itself():
    instance = annotation("0" * 64)
    instance["events"][0]["arguments"][0]["role"] = "victim"
    reference = VALIDATORS["annotation"].reference
    assert not reference.is_valid(instance)


def test_a_missing_argument_filler_is_explained():
    instance = annotation("0" * 64)
    del instance["events"][0]["arguments"][0]["mention"]
    found = list(VALIDATORS["annotation"].findings(instance))
    assert [(f.pointer, f.message) for f in found] == [
        ("/events/0/arguments/0", 'one of "mention", "event", "claim" is missing')
    ]


def test_an_error_deep_in_an_item_names_the_item():
    instance = annotation("0" * 64)
    instance["mentions"][2]["spans"][0]["start"] = 24.5
    (found,) = VALIDATORS["annotation"].findings(instance)
    assert (found.pointer, found.subject) == ("/mentions/2/spans/0/start", "m3")
    assert found.hint.startswith("Expected an integer.")
