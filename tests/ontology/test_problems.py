"""Each problem of an ontology names its place, the value and the fix."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dateline.corpus.store import Corpus
from dateline.ontology.derived_schemas import derived_schemas
from dateline.ontology.format import check_schemas
from dateline.ontology.reading import read_ontology
from tests.conftest import Run
from tests.corpora import SCHEMA, write_ontology
from tests.layered import ENTITIES_ONLY, ONTOLOGY

MENTION = "/$defs/mention/properties"
EVENT = "/$defs/event"
ROLE = f"{EVENT}/oneOf/0/properties/arguments/items/properties/role/oneOf/0"


def part(schema: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        schema = schema[int(step) if isinstance(schema, list) else step]
    return schema


def put(pointer: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def edit(schema: dict[str, Any]) -> None:
        place, _, last = pointer.rpartition("/")
        holder = part(schema, place)
        holder[int(last) if isinstance(holder, list) else last] = value

    return edit


def drop(pointer: str) -> Callable[[dict[str, Any]], None]:
    def edit(schema: dict[str, Any]) -> None:
        place, _, last = pointer.rpartition("/")
        del part(schema, place)[last]

    return edit


ATTRIBUTES = f"{MENTION}/attributes"

PROBLEMS = {
    "an attribute of an unknown label": (
        put(f"{ATTRIBUTES}/properties/level/x-labels", ["CHEMICAL", "PLANET"]),
        f"{ATTRIBUTES}/properties/level/x-labels: has PLANET. Allowed: CHEMICAL, DISEASE, ",
    ),
    "an attribute of some labels that all require": (
        put(f"{ATTRIBUTES}/properties/level/x-labels", ["CHEMICAL"]),
        f'{ATTRIBUTES}/required: has "level", which only items with some labels have. Remove it, '
        'and write "x-required": true in the attribute.',
    ),
    "an attribute of all labels with x-required": (
        put(f"{ATTRIBUTES}/properties/level/x-required", True),
        f'{ATTRIBUTES}/properties/level/x-required: is only read with x-labels. Write "level" in ',
    ),
    "an entity type that is said to be a name": (
        put(f"{MENTION}/type/oneOf/0/x-names", True),
        f"{MENTION}/type/oneOf/0/x-names: is only read for values of an attribute of mentions with "
        "one label. Remove it.",
    ),
    "one of several labels that is said to be a name": (
        put(f"{ATTRIBUTES}/properties/forms/items/oneOf/0/x-names", True),
        f"{ATTRIBUTES}/properties/forms/items/oneOf/0/x-names: is only read for values of",
    ),
    "a polarity of a value of mentions": (
        put(f"{ATTRIBUTES}/properties/level/oneOf/0/x-polarity", "positive"),
        f"{ATTRIBUTES}/properties/level/oneOf/0/x-polarity: is only read for values of factuality, ",
    ),
    "a polarity with another name": (
        put("/$defs/factuality/oneOf/0/x-polarity", "+"),
        '/$defs/factuality/oneOf/0/x-polarity (certain): is "+", expected',
    ),
    "a default that is not a value": (
        put(f"{ATTRIBUTES}/properties/level/default", "title"),
        f"{ATTRIBUTES}/properties/level/default: is title. Allowed: name, nominal, pronoun.",
    ),
    "a default of an attribute that may be left out": (
        put(f"{ATTRIBUTES}/properties/negated/default", True),
        f"{ATTRIBUTES}/properties/negated/default: is only read for a required attribute.",
    ),
    "a default of an attribute of relations": (
        put("/$defs/relation/properties/attributes/properties/certainty/default", "certain"),
        "/$defs/relation/properties/attributes/properties/certainty/default: is only read for a ",
    ),
    "an unknown excluded relation": (
        put("/$defs/eventRelation/oneOf/0/x-excludes", ["AFTER"]),
        "/$defs/eventRelation/oneOf/0/x-excludes: BEFORE has AFTER. Allowed: BEFORE, CAUSES_EVENT.",
    ),
    "an unknown relation that follows": (
        put("/$defs/eventRelation/oneOf/0/x-then", {"BEFORE": "AFTER"}),
        "/$defs/eventRelation/oneOf/0/x-then: BEFORE has AFTER. Allowed: BEFORE, CAUSES_EVENT.",
    ),
    "a relation from an unknown role": (
        put("/$defs/eventRelation/oneOf/1/x-from-roles", {"means": "filler"}),
        "/$defs/eventRelation/oneOf/1/x-from-roles: CAUSES_EVENT has means. Allowed: cause, dose, ",
    ),
    "a relation from no end": (
        put("/$defs/eventRelation/oneOf/1/x-from-roles", {"cause": "source"}),
        '/$defs/eventRelation/oneOf/1/x-from-roles/cause (CAUSES_EVENT): is "source", expected '
        "one of filler, event. Say where the relation starts: filler or event.",
    ),
    "an attribute of documents with labels": (
        put("/$defs/document/properties/attributes/properties/genre/x-labels", ["news"]),
        "/$defs/document/properties/attributes/properties/genre/x-labels: has news. Allowed: "
        "nothing.",
    ),
    "no arguments": (
        drop(f"{EVENT}/oneOf/0/properties/arguments"),
        f'{EVENT}/oneOf/0/properties (GIVE): "arguments" is missing. List the roles under items/',
    ),
    "no name of an event": (
        drop(f"{EVENT}/oneOf/1/properties/type"),
        f'{EVENT}/oneOf/1/properties: "type" is missing. Name the event type: {{"const": "NAME"}}.',
    ),
    "no description": (
        drop(f"{MENTION}/type/oneOf/2/description"),
        f'{MENTION}/type/oneOf/2 (PERSON): "description" is missing. Say what the label means',
    ),
    "type of an attribute": (
        put("/$defs/document/properties/attributes/properties/patients/type", "number of persons"),
        '/properties/patients/type: is "number of persons", expected one of array, boolean, integer, ',
    ),
    "kind of an attribute": (
        put("/$defs/document/properties/attributes/properties/patients/type", "object"),
        '/$defs/document/properties/attributes/properties/patients/type: is "object", expected one '
        "of array, boolean, integer, number, string. Use one of",
    ),
    "several labels that may repeat": (
        drop(f"{MENTION}/attributes/properties/forms/uniqueItems"),
        f'{MENTION}/attributes/properties/forms: "uniqueItems" is missing. Write "uniqueItems": tr',
    ),
    "required without a definition": (
        put(f"{MENTION}/attributes/required", ["levle"]),
        f'{MENTION}/attributes/required: has "levle", which is not defined. Define it under',
    ),
    "pattern": (
        put(f"{MENTION}/attributes/properties/day/pattern", "P[0-9"),
        f"{MENTION}/attributes/properties/day: 'P[0-9' is not a regular expression",
    ),
    "source of a relation": (
        put("/$defs/relation/properties/type/oneOf/0/x-source", ["DRUG"]),
        "/$defs/relation/properties/type/oneOf/0/x-source: CAUSES has DRUG. Allowed: CHEMICAL, ",
    ),
    "filler of a role": (
        put(f"{ROLE}/x-fillers", ["MAN"]),
        f"{ROLE}/x-fillers: giver has MAN. Allowed: CHEMICAL, DISEASE, DOSE, ORGANIZATION, PERSON, "
        "claim, event.",
    ),
    "filler without a label": (
        put(f"{ROLE}/x-unlabelled-to", ["CHEMICAL"]),
        f"{ROLE}/x-unlabelled-to: giver has CHEMICAL. Allowed: PERSON.",
    ),
    "filler without a label of two roles": (
        put(
            f"{ROLE[:-2]}",
            [
                {
                    "const": name,
                    "description": "It is given.",
                    "x-fillers": ["DOSE"],
                    "x-unlabelled-from": ["DOSE"],
                }
                for name in ("dose", "drug")
            ],
        ),
        f"{ROLE[:-1]}1/x-unlabelled-from: drug has DOSE, as dose of the same event type has.",
    ),
    "filler instead of a list": (
        put(f"{ROLE}/x-fillers", "PERSON"),
        f'{ROLE}/x-fillers (giver): is "PERSON", expected array. List names as strings.',
    ),
    "role twice": (
        put(f"{EVENT}/oneOf/0/properties/arguments/items/properties/role/oneOf/1/const", "giver"),
        f'{ROLE[:-1]}1: "giver" is duplicated in this list. Remove one of them.',
    ),
    "value twice": (
        put(f"{MENTION}/attributes/properties/level/oneOf/1/const", "name"),
        f'{MENTION}/attributes/properties/level/oneOf/1: "name" is duplicated in this list.',
    ),
    "name of a role": (
        put(f"{ROLE}/const", "CAUSES"),
        f'{ROLE}/const: "CAUSES" is already the name of a relation. Rename the role.',
    ),
    "reserved name": (
        put("/$defs/eventRelation/oneOf/0/const", "coreference"),
        '/$defs/eventRelation/oneOf/0/const: "coreference" is reserved by the data model.',
    ),
    "no mention": (drop("/$defs/mention"), "/$defs/relation: needs $defs/mention. Define it, or"),
    "no event": (drop(EVENT), "/$defs/eventCluster: needs $defs/event. Define it, or remove"),
    "no claim": (
        lambda schema: (drop("/$defs/claim")(schema), drop("/$defs/factuality")(schema)),
        "/$defs/claimer: needs $defs/claim or $defs/factuality. Define it, or remove",
    ),
    "no source of factuality": (
        lambda schema: (drop("/$defs/claim")(schema), drop("/$defs/claimer")(schema)),
        "/$defs/factuality: needs $defs/claim or $defs/claimer. Define it, or remove",
    ),
    "no event for arguments": (drop(EVENT), "/$defs/argument: needs $defs/event. Define it, or"),
    "required source": (
        put("/$defs/factuality/x-required", ["EDITOR"]),
        "/$defs/factuality/x-required: has EDITOR. Allowed: AUTHOR.",
    ),
    "no values of factuality": (
        put("/$defs/factuality/oneOf", []),
        "/$defs/factuality/oneOf: is empty",
    ),
    "no attributes of arguments": (
        put("/$defs/argument", {"title": "Argument"}),
        '/$defs/argument: "properties" is missing',
    ),
    "no layer": (
        put("/$defs", {"entityType": {}}),
        "/$defs: declares no layer. Define at least one of document, mention, relation, event, cl",
    ),
    "no attributes of documents": (
        put("/$defs/document/properties", {}),
        '/$defs/document/properties: "attributes" is missing. Describe documents: attributes under',
    ),
    "misspelled definition": (
        put("/$defs/eventRelations", {"oneOf": [True]}),
        '/$defs/eventRelations: is not read. Rename it; did you mean "eventRelation"?',
    ),
    "misspelled keyword": (
        put(f"{MENTION}/type/oneOf/0/x-colour", "#ff0000"),
        f'{MENTION}/type/oneOf/0/x-colour: is not read. Rename it; did you mean "x-color"?',
    ),
    "hotkey of a label and of a value": (
        lambda schema: (
            put(f"{MENTION}/type/oneOf/0/x-hotkey", "1")(schema),
            put(f"{ATTRIBUTES}/properties/level/oneOf/1/x-hotkey", "1")(schema),
        ),
        f'{ATTRIBUTES}/properties/level/oneOf/1/x-hotkey: nominal has "1", which is already the '
        "hotkey of CHEMICAL.",
    ),
    "hotkey twice": (
        lambda schema: (
            put(f"{MENTION}/type/oneOf/0/x-hotkey", "1")(schema),
            put(f"{EVENT}/oneOf/0/x-hotkey", "1")(schema),
        ),
        f'{EVENT}/oneOf/0/x-hotkey: GIVE has "1", which is already the hotkey of CHEMICAL.',
    ),
    "dialect": (
        put("/$schema", "http://json-schema.org/draft-07/schema#"),
        '/$schema: is "http://json-schema.org/draft-07/schema#", expected "https://json-schema.org/',
    ),
    "empty list": (
        put(f"{MENTION}/type/oneOf", []),
        f"{MENTION}/type/oneOf: is empty",
    ),
    "no schema": (
        put(f"{MENTION}/attributes/properties/day/minLength", -1),
        f"{MENTION}/attributes/properties/day/minLength: -1: -1 is less than the minimum of 0",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_is_reported_with_place_value_and_fix(name: str, empty_corpus: Corpus, run: Run):
    edit, message = PROBLEMS[name]
    changed = copy.deepcopy(ONTOLOGY)
    edit(changed)
    write_ontology(empty_corpus, ONTOLOGY)
    path = empty_corpus.root / "schema" / "ontology.schema.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    migrated = run(Corpus(empty_corpus.root), "migrate")
    shown = migrated if migrated.exit_code else run(Corpus(empty_corpus.root), "ontology")
    assert shown.exit_code == 1
    assert "schema/ontology.schema.json" in shown.stderr
    assert message in shown.stderr
    places = re.findall(r"^  (/\S*)", shown.stderr, flags=re.M)
    assert len(places) == len({*places})


@pytest.mark.parametrize("ontology", [ONTOLOGY, ENTITIES_ONLY], ids=["all", "names"])
def test_a_right_ontology_is_accepted_by_any_validator(ontology: dict[str, Any]):
    schema = (SCHEMA / "document.schema.json").read_bytes()
    schemas = {"ontology": ontology, "document": json.loads(schema), **derived_schemas(ontology)}
    for each in schemas.values():
        Draft202012Validator.check_schema(each)
    check_schemas(schemas)
    assert read_ontology(schemas).layers
