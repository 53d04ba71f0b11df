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
    entries = schemas["document"]["properties"]["split"]["oneOf"]
    return {entry["const"]: entry["x-share"] for entry in entries}


def boilerplate(schemas: Mapping[str, Schema]) -> tuple[str, ...]:
    """Regular expressions for lines that ingest drops from a text."""
    dropped = schemas["document"]["properties"]["seed"]["properties"]["dropped"]
    return tuple(dropped.get("x-boilerplate", ()))


def resolve(schema: Schema, node: Schema) -> Schema:
    """The node, with a ``$ref`` within the same schema file replaced by its target."""
    while "$ref" in node and node["$ref"].startswith("#/"):
        target = resolve_pointer(schema, node["$ref"][1:])
        node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
    return node
