"""Schema files are edited by hand: whatever is in them is used as it is, or refused with the place."""

from __future__ import annotations

import copy
import json
import random
import time
from typing import Any

import jsonschema_rs
import pytest

from dateline.errors import DatelineError, InvalidInputError
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.ontology.derived_schemas import derived_schemas
from dateline.ontology.format import FORMATS, check_schemas, format_schema
from dateline.ontology.guidelines import guidelines
from dateline.ontology.patterns import matcher, searcher
from dateline.ontology.reading import read_ontology
from dateline.ontology.schemas import SCHEMA_NAMES, boilerplate, split_shares
from tests.chemistry import ONTOLOGY
from tests.corpora import SCHEMA
from tests.fuzz.mutation import changed

MUTATIONS = 60


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    paths = {name: SCHEMA / f"{name}.schema.json" for name in SCHEMA_NAMES}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_a_json_schema_itself(name, schemas):
    assert jsonschema_rs.meta.is_valid(dict(format_schema(name)))
    check_schemas(schemas)
    check_schemas({**schemas, "ontology": ONTOLOGY, **derived_schemas(ONTOLOGY)})


@pytest.mark.parametrize("name", FORMATS)
def test_a_changed_schema_can_be_used_or_is_refused(name, schemas):
    chance = random.Random(f"mutations of {name}")
    refused = 0
    for _ in range(MUTATIONS):
        mutated = {**schemas, name: changed(schemas[name], chance)}
        try:
            check_schemas(mutated)
            ontology = read_ontology(mutated)
        except DatelineError as error:
            refused += 1
            assert f"schema/{name}.schema.json" in str(error)  # noqa: PT017
            continue
        assert sum(split_shares(mutated).values()) >= 0
        assert all(matcher(pattern) for pattern in boilerplate(mutated))
        assert guidelines(ontology)
        try:
            assert labelling_config(ontology)
        except DatelineError as error:
            assert "schema/ontology.schema.json" in str(error)  # noqa: PT017
    assert 0 < refused < MUTATIONS


@pytest.mark.parametrize(
    ("pointer", "value", "problem"),
    [
        ("/$defs/entityType/oneOf/0/x-color", "red",
         "/$defs/entityType/oneOf/0/x-color (PERSON): is \"red\", which does not fit. "
         "Write a colour as #rrggbb."),
        ("/$defs/entityType/oneOf/1/const", 7, "/$defs/entityType/oneOf/1/const: is 7, expected string"),
        ("/$defs/role/agent/x-fillers", "PERSON",
         '/$defs/role/agent/x-fillers (agent): is "PERSON", expected array. List names as strings.'),
        ("/$defs/event/oneOf/3/properties", {"type": {"const": "DEPLOY"}},
         '/$defs/event/oneOf/3/properties (DEPLOY): "arguments" is missing. '
         "List the roles under items/properties/role/oneOf."),
        ("/$defs/role/agent", {"$ref": "#/$defs/role/agent"},
         "/$defs/role/agent/$ref: '#/$defs/role/agent' is a circular reference"),
        ("/$defs/role/agent", {"$ref": "https://example.org/agent"},
         "/$defs/role/agent/$ref: 'https://example.org/agent' is not a place in"),
        ("/title", "two\nlines", "/title: is \"two\\nlines\", which does not fit. Write text on one line"),
        ("/$defs/mention/properties/type", {"oneOf": [{"const": "A", "description": "A."}], "pattern": "(?=a)b"},
         "/$defs/mention/properties/type: '(?=a)b' is not a regular expression that can be used"),
    ],
)  # fmt: skip
def test_a_problem_names_place_value_and_fix(pointer, value, problem, schemas):
    mutated = copy.deepcopy(schemas)
    node = mutated["ontology"]
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        node = node[int(step) if isinstance(node, list) else step]
    node[int(last) if isinstance(node, list) else last] = value
    with pytest.raises(InvalidInputError) as caught:
        check_schemas(mutated)
    assert problem in str(caught.value)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_no_changed_schema_makes_a_command_fail_unexpectedly(name, schemas, files, run):
    files.check()
    chance = random.Random(f"commands with {name}")
    commands = (("ontology",), ("studio", "config"), ("guidelines",), ("validate",), ("build",),
                ("ingest",))  # fmt: skip
    path = files.root / "schema" / f"{name}.schema.json"
    for _ in range(8):
        path.write_text(json.dumps(changed(schemas[name], chance)), encoding="utf-8")
        for command in commands:
            result = run(files.corpus, *command)
            assert result.exception is None or isinstance(result.exception, SystemExit), command


@pytest.mark.parametrize("default", [None, 7])
def test_defaults_that_ingest_needs_are_checked(schemas, default):
    mutated = copy.deepcopy(schemas)
    mutated["document"]["properties"]["rights"]["properties"]["license"]["default"] = default
    with pytest.raises(InvalidInputError, match="/properties/rights/properties/license/default"):
        check_schemas(mutated)


def test_settings_may_be_behind_references(schemas):
    mutated = copy.deepcopy(schemas)
    properties, definitions = mutated["document"]["properties"], mutated["document"]["$defs"]
    for name in ("split", "seed"):
        definitions[name] = properties[name]
        properties[name] = {"$ref": f"#/$defs/{name}"}
    check_schemas(mutated)
    assert split_shares(mutated) == split_shares(schemas)
    assert boilerplate(mutated) == boilerplate(schemas)


@pytest.mark.parametrize("name", FORMATS)
def test_references_that_follow_each_other_are_bounded(name, schemas):
    mutated = copy.deepcopy(schemas)
    definitions = mutated[name]["$defs"]
    definitions["chain0"] = {"title": "x"}
    for n in range(3000):
        definitions[f"chain{n + 1}"] = {"$ref": f"#/$defs/chain{n}"}
    with pytest.raises(InvalidInputError, match="more than 100 references follow each other"):
        check_schemas(mutated)


def test_references_that_double_are_bounded(schemas):
    mutated = copy.deepcopy(schemas)
    definitions = mutated["ontology"]["$defs"]
    definitions["bomb0"] = {"title": "x"}
    for n in range(40):
        reference = {"$ref": f"#/$defs/bomb{n}"}
        definitions[f"bomb{n + 1}"] = {"properties": {"a": reference, "b": dict(reference)}}
    definitions["mention"]["properties"]["other"] = {"$ref": "#/$defs/bomb40"}
    with pytest.raises(InvalidInputError, match=r"more than 200,000 values"):
        check_schemas(mutated)


def test_patterns_mean_the_same_everywhere_and_take_linear_time():
    assert searcher("^[a-z]+$")("ab")
    assert not searcher("^[a-z]+$")("ab\n")
    assert matcher("a|b")("b")
    assert not matcher("a|b")("ab")
    start = time.process_time()
    assert not searcher("^(a+)+$")("a" * 100_000 + "b")
    # Backtracking would take longer than the universe has existed.
    assert time.process_time() - start < 60


def _ontology_with(definition: str, properties: dict[str, Any]) -> dict[str, Any]:
    ontology: dict[str, Any] = copy.deepcopy(ONTOLOGY)
    node = ontology["$defs"].setdefault(definition, {})
    node.setdefault("properties", {}).update(properties)
    return ontology


@pytest.mark.parametrize(
    ("definition", "properties", "problem"),
    [
        ("mention", {"attributes": {"type": "object", "properties": {}}},
         '/$defs/mention/properties/attributes: "additionalProperties" is missing. '
         'Write "additionalProperties": false, so that misspelled attributes are errors.'),
        ("mention", {"attributes": {"additionalProperties": True}},
         "/$defs/mention/properties/attributes/additionalProperties: is true, expected false."),
        ("mention", {"attributes": {"additionalProperties": False, "properties": {
            "dose": {"type": "number", "minimum": 3, "maximum": 2}}}},
         "/$defs/mention/properties/attributes/properties/dose/minimum: is 3, and maximum is 2. "
         "Correct one of them; no value fits both."),
        ("mention", {"links": {}},
         "/$defs/mention/properties/links: is not read. Declare links under entity or eventCluster, "
         "or remove it."),
        ("relation", {"type": {"oneOf": [{"const": "R", "description": "R.", "x-source": []}]}},
         "/$defs/relation/properties/type/oneOf/0/x-source (R): is empty. List the entity types "),
    ],
)  # fmt: skip
def test_what_would_not_do_what_it_says_is_refused(definition, properties, problem, schemas):
    ontology = _ontology_with(definition, properties)
    with pytest.raises(InvalidInputError) as caught:
        check_schemas({**schemas, "ontology": ontology, **derived_schemas(ontology)})
    assert problem in str(caught.value)


def test_problems_end_with_one_mark(schemas):
    ontology = copy.deepcopy(ONTOLOGY)
    relation = {"const": "R", "description": "R.", "x-source": ["NOTHING"]}
    ontology["$defs"] = {"mentoin": {}, "relation": {"properties": {"type": {"oneOf": [relation]}}}}
    with pytest.raises(InvalidInputError) as caught:
        check_schemas({**schemas, "ontology": ontology, **derived_schemas(ontology)})
    assert 'did you mean "mention"?\n' in str(caught.value)
    assert "R has NOTHING. Allowed: nothing.\n" in str(caught.value)
