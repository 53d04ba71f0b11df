"""The schema files, and what is read from them besides labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMA_NAMES = ("ontology", "document", "annotation", "prediction", "release")
Schema = Mapping[str, Any]


def split_shares(schemas: Mapping[str, Schema]) -> Mapping[str, int]:
    """The share of each split in hundredths, in the order of the document schema."""
    entries = schemas["document"]["properties"]["split"]["oneOf"]
    return {entry["const"]: entry["x-share"] for entry in entries}


def boilerplate(schemas: Mapping[str, Schema]) -> tuple[str, ...]:
    """Regular expressions for whole lines that ingest leaves out of a text."""
    dropped = schemas["document"]["properties"]["seed"]["properties"]["dropped"]
    return tuple(dropped.get("x-boilerplate", ()))


def resolve(schema: Schema, node: Schema) -> Schema:
    """The node, or what it refers to within the same schema file."""
    while "$ref" in node and node["$ref"].startswith("#/"):
        target: Any = schema
        for step in node["$ref"][2:].split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
    return node
