"""The schema files, and settings in them other than labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.json_pointer import resolve_pointer

LAYER_DEFINITIONS: Mapping[str, str] = {
    "document": "document",
    "entities": "mention",
    "relations": "relation",
    "events": "event",
    "claims": "claim",
}
"""The definition in the ontology's schema that declares a layer."""

ITEM_DEFINITIONS = ("document", "mention", "entity", "relation", "event", "argument", "claim")
"""Definitions in the ontology's schema that may have attributes."""

LABEL_DEFINITIONS: Mapping[str, str] = {
    "claimers": "claimer",
    "event_relations": "eventRelation",
    "claim_relations": "claimRelation",
    "factuality": "factuality",
}
"""Definitions in the ontology's schema that are lists of labels, by the field of `Ontology`."""

REQUIRED = "x-required"
"""The key of factuality that lists the claimers who give every event a value."""

UNLABELLED = ("x-unlabelled-to", "x-unlabelled-from")
"""Keys of roles that list the fillers for which their relation on the page needs no label."""

SCHEMA_NAMES = ("ontology", "document", "annotation", "prediction", "release")
Schema = Mapping[str, Any]


def format_version(schemas: Mapping[str, Schema]) -> object:
    """The version of a corpus's format, as its schema of annotations states it."""
    properties = schemas["annotation"].get("properties", {})
    version = properties.get("schema_version", {}) if isinstance(properties, Mapping) else {}
    return version.get("const") if isinstance(version, Mapping) else None


def split_shares(schemas: Mapping[str, Schema]) -> Mapping[str, int]:
    """The percentage of each split, in the order of the document schema."""
    schema = schemas["document"]
    entries = [resolve(schema, e) for e in part_of(schema, "properties", "split")["oneOf"]]
    return {entry["const"]: entry["x-share"] for entry in entries}


def boilerplate(schemas: Mapping[str, Schema]) -> tuple[str, ...]:
    """Regular expressions for lines that ingest drops from a text."""
    place = ("properties", "seed", "properties", "dropped")
    dropped = part_of(schemas["document"], *place)
    return tuple(dropped.get("x-boilerplate", ()))


def meta_keys(schemas: Mapping[str, Schema]) -> tuple[str, ...]:
    """The keys of ``meta`` that the corpus declares, in the order of the document schema."""
    return tuple(meta_declarations(schemas))


def meta_declarations(schemas: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """The JSON Schema of each key of ``meta`` that the corpus declares."""
    schema = schemas["document"]
    meta = part_of(schema, "properties").get("meta", {})
    declared = resolve(schema, meta).get("properties", {})
    return {key: resolve(schema, node) for key, node in declared.items()}


def contrast_kinds(schemas: Mapping[str, Schema]) -> tuple[str, ...]:
    """The kinds of contrasts in the order of the document schema; none if it lists none."""
    schema = schemas["document"]
    if "contrast" not in part_of(schema, "properties"):
        return ()
    kind = part_of(schema, "properties", "contrast", "properties", "kind")
    return tuple(resolve(schema, entry)["const"] for entry in kind.get("oneOf", ()))


def has_definition(ontology: Schema, place: str) -> bool:
    """Whether the ontology's schema has something at a place such as "entity/properties/links"."""
    node: Any = ontology.get("$defs", {})
    for step in place.split("/"):
        node = resolve(ontology, node).get(step) if isinstance(node, Mapping) else None
    return node is not None and node != []


def part_of(schema: Schema, *steps: str) -> Schema:
    """The part of a checked schema at these keys, references on the way replaced."""
    node = schema
    for step in steps:
        node = resolve(schema, resolve(schema, node)[step])
    return node


def resolve(schema: Schema, node: Schema) -> Schema:
    """The node, with a ``$ref`` within the same schema file replaced by its target."""
    while "$ref" in node and node["$ref"].startswith("#/"):
        target = resolve_pointer(schema, node["$ref"][1:])
        node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
    return node
