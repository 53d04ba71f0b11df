"""Derives the features of columns from JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasets import List, Value

from dateline.errors import InvalidInputError
from dateline.json_pointer import resolve_pointer
from dateline.ontology.schemas import Schema

Feature = Any
"""A feature of ``datasets``: Value, ClassLabel, List, or a dict of features."""

PRIMITIVES = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}


def feature_of(schemas: Mapping[str, Schema], node: Schema, schema: str) -> Feature:
    """The feature for the values that a node of the JSON Schema named ``schema`` allows.

    A ``$ref`` is merged with the keywords beside it. Objects without properties are left out.
    Raises InvalidInputError if alternatives would need different columns, or a ``$ref`` has no
    target.
    """
    found: Feature = None
    if "$ref" in node:
        target, name = _lookup(schemas, node["$ref"], schema)
        found = feature_of(schemas, target, name)
    if "properties" in node:
        own = {key: feature_of(schemas, value, schema) for key, value in node["properties"].items()}
    elif "items" in node:
        own = List(feature_of(schemas, node["items"], schema))
    elif "anyOf" in node or "oneOf" in node:
        own = None
        for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
            own = _merged(own, feature_of(schemas, choice, schema), node)
    elif "const" in node or "enum" in node:
        values = node.get("enum", [node.get("const")])
        own = Value("string") if all(isinstance(value, str) for value in values) else None
    else:
        own = _primitive(node)
    return _pruned(_merged(found, own, node))


def _primitive(node: Schema) -> Feature:
    kinds = node.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    if kinds == ["object"]:
        return {}
    return Value(PRIMITIVES[kinds[0]]) if len(kinds) == 1 and kinds[0] in PRIMITIVES else None


def _merged(first: Feature, second: Feature, node: Schema) -> Feature:
    if first is None or second is None:
        return second if first is None else first
    if isinstance(first, dict) and isinstance(second, dict):
        merged = dict(second)
        for key, value in first.items():
            merged[key] = _merged(value, merged.get(key), node)
        return merged
    if first != second:
        raise InvalidInputError(
            f"{str(dict(node))[:200]} allows both {first} and {second}, which do not "
            "fit one column. Allow one type only."
        )
    return first


def _pruned(feature: Feature) -> Feature:
    # Parquet cannot write a struct without fields.
    if isinstance(feature, dict):
        return {key: value for key, value in feature.items() if value != {} and value is not None}
    return feature


def _lookup(schemas: Mapping[str, Schema], reference: str, schema: str) -> tuple[Schema, str]:
    urn, _, pointer = reference.partition("#")
    name = urn.rpartition(":")[2] or schema
    try:
        return resolve_pointer(schemas[name], pointer), name
    except KeyError as error:
        raise InvalidInputError(
            f'$ref "{reference}" has no target: there is no {error}. Fix the reference.'
        ) from None
