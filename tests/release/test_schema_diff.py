"""Changes of schemas: what grows adds, what readers cannot see is nothing, all else breaks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dateline.migration.rename_in_schema import parse_rename, rename_in_schema
from dateline.ontology.derived_schemas import derived_schemas
from dateline.release.diff.schema_diff import schema_changes
from dateline.release.diff.version_bump import least_bump
from dateline.release.version import Level

from ..chemistry import ONTOLOGY
from ..corpora import NEWS

SCHEMAS = NEWS.schemas
Edit = Callable[[Any], object]


def definitions(schemas: Any) -> Any:
    return schemas["ontology"]["$defs"]


def entity_types(schemas: Any) -> Any:
    return definitions(schemas)["entityType"]["oneOf"]


def new(name: str) -> dict[str, str]:
    return {"const": name, "description": f"Means {name}."}


RELATION = {"title": "Relation", "properties": {"type": {"oneOf": [new("PART_OF")]}}}
EVENTS_AND_CLAIMS = (
    "event", "eventCluster", "eventRelation", "claim", "claimer", "claimRelation",
)  # fmt: skip
GENRE = {"properties": {"genre": {"oneOf": [new("report"), new("interview")]}}}


def role(schemas: Any, name: str) -> Any:
    return definitions(schemas)["role"][name]


CASES: dict[str, tuple[Edit, str, Level]] = {
    "a label at the end": (
        lambda s: entity_types(s).append(new("PLANET")),
        "added ontology/$defs/entityType/oneOf/PLANET", Level.MINOR,
    ),
    "a label in the middle": (
        lambda s: entity_types(s).insert(1, new("PLANET")),
        "changed dataset/entities/ner_tags", Level.MAJOR,
    ),
    "no label": (
        lambda s: definitions(s)["claimRelation"]["oneOf"].pop(),
        "removed ontology/$defs/claimRelation/oneOf/REPEATS", Level.MAJOR,
    ),
    "a guideline": (
        lambda s: entity_types(s)[0].update(description="Another.", examples=[]),
        "changed ontology/$defs/entityType/oneOf/PERSON", Level.PATCH,
    ),
    "a version": (
        lambda s: s["ontology"].update({"x-version": "9.9.9"}), "changed ontology", Level.PATCH,
    ),
    "a role": (
        lambda s: definitions(s)["role"].update(means={**role(s, "place"), "const": "means2"}),
        "changed ontology/$defs/role/means", Level.MAJOR,
    ),
    "a role's filler": (
        lambda s: role(s, "place").update({"x-fillers": [*role(s, "place")["x-fillers"], "PERSON"]}),
        "added ontology/$defs/role/place/x-fillers/PERSON", Level.MINOR,
    ),
    "no role's filler": (
        lambda s: role(s, "place")["x-fillers"].pop(),
        "removed ontology/$defs/role/place/x-fillers/FACILITY", Level.MAJOR,
    ),
    "a new role": (
        lambda s: definitions(s)["role"].update(witness=role(s, "place") | {"const": "witness"}),
        "added ontology/$defs/role/witness", Level.MINOR,
    ),
    "a claim's attribute": (
        lambda s: definitions(s)["claim"]["properties"]["attributes"]["properties"].update(
            tone={"oneOf": [new("angry")]}
        ),
        "added ontology/$defs/claim/properties/attributes/properties/tone", Level.MINOR,
    ),
    "a required attribute": (
        lambda s: definitions(s)["claim"]["properties"]["attributes"]["required"].append("topic"),
        "changed ontology/$defs/claim/properties/attributes", Level.MAJOR,
    ),
    "a field": (
        lambda s: s["document"]["properties"].update(author={"type": ["string", "null"]}),
        "added document/properties/author", Level.MINOR,
    ),
    "an allowed type": (
        lambda s: s["document"]["properties"]["language"].update(type="string"),
        "removed document/properties/language/type/null", Level.MAJOR,
    ),
    "a pattern": (
        lambda s: s["document"]["$defs"]["documentId"].update(pattern="^x$"),
        "changed document/$defs/documentId", Level.MAJOR,
    ),
    "manifests": (
        lambda s: s["release"]["properties"].pop("tool"), "removed release/properties/tool",
        Level.PATCH,
    ),
    "a layer": (
        lambda s: definitions(s).update(relation=RELATION), "added ontology/$defs/relation",
        Level.MINOR,
    ),
    "no layer": (
        lambda s: [definitions(s).pop(name) for name in EVENTS_AND_CLAIMS],
        "removed ontology/$defs/claim", Level.MAJOR,
    ),
    "attributes of documents": (
        lambda s: definitions(s).update(document={"properties": {"attributes": GENRE}}),
        "added ontology/$defs/document", Level.MINOR,
    ),
    "attributes of entities": (
        lambda s: definitions(s)["entity"]["properties"].update(attributes=GENRE),
        "added ontology/$defs/entity/properties/attributes", Level.MINOR,
    ),
    "no links": (
        lambda s: definitions(s)["entity"]["properties"].pop("links"),
        "removed ontology/$defs/entity/properties/links", Level.MAJOR,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_change_has_its_place_and_level(case: str):
    edit, expected, level = CASES[case]
    after: Any = copy.deepcopy(dict(SCHEMAS))
    edit(after)
    after |= derived_schemas(after["ontology"])
    found = list(schema_changes(SCHEMAS, after))
    assert expected in [f"{change.action} {change.id}" for change in found]
    assert least_bump(found).level == level
    assert not [change.id for change in found if change.id.startswith(("annotation", "prediction"))]


def test_equal_schemas_have_no_changes():
    assert list(schema_changes(SCHEMAS, copy.deepcopy(dict(SCHEMAS)))) == []


def test_renaming_a_label_is_a_major_change():
    renamed = rename_in_schema(SCHEMAS["ontology"], [parse_rename("entity:GPE=STATE")])
    found = list(schema_changes(SCHEMAS, {**SCHEMAS, "ontology": renamed}))
    assert {(c.action, c.id) for c in found} >= {
        ("removed", "ontology/$defs/entityType/oneOf/GPE"),
        ("added", "ontology/$defs/entityType/oneOf/STATE"),
        ("changed", "dataset/entities/ner_tags"),
    }
    assert least_bump(found).level == Level.MAJOR


def test_another_ontology_is_compared_by_the_same_rules():
    before = {**SCHEMAS, "ontology": ONTOLOGY}
    after: Any = copy.deepcopy(before)
    entity_types(after).append(new("GAS"))
    (added,) = schema_changes(before, after)
    assert added.id == "ontology/$defs/entityType/oneOf/GAS"
    definitions(after)["claim"]["properties"]["attributes"]["properties"]["strength"]["oneOf"].pop(
        0
    )
    ids = [change.id for change in schema_changes(before, after) if change.action == "changed"]
    assert ids == ["dataset/claims/attributes.strength"]
