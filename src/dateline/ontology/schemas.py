"""The schema files, and settings in them other than labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.json_pointer import resolve_pointer

ITEM_DEFINITIONS = ("mention", "event", "claim")
"""Definitions in the ontology's schema, in the order of the layers."""

SCHEMA_NAMES = ("ontology", "document", "annotation", "prediction", "release")
Schema = Mapping[str, Any]


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
    meta = part_of(schemas["document"], "properties").get("meta", {})
    return tuple(resolve(schemas["document"], meta).get("properties", {}))


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
