"""The schemas of annotations and predictions, derived from what the ontology declares.

The templates describe all layers; so does that of the ontology of a new corpus. The template of
documents is the schema of a new corpus. A part of a template with ``x-needs`` is kept if the
ontology has that definition under ``$defs``, such as "event" or "entity/properties/links"; of a
list of places, one is enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from dateline.ontology.schemas import Schema, has_definition

DERIVED = ("annotation", "prediction")
"""The schemas that follow from the ontology."""

NEEDS = "x-needs"


def derived_schemas(ontology: Schema) -> Mapping[str, Schema]:
    """The schemas of annotations and predictions of a corpus with this ontology, by name."""
    return {name: derived_schema(name, ontology) for name in DERIVED}


def derived_schema(name: str, ontology: Schema) -> Schema:
    """One of these schemas."""
    schema: Schema = _pruned(template(name), ontology)
    return schema


def starting_ontology(definitions: Iterable[str], title: str) -> Schema:
    """A small ontology that has these definitions (`LAYER_DEFINITIONS`), with some labels."""
    declared: Schema = {"$defs": {name: {} for name in definitions}}
    return {**_pruned(template("ontology"), declared), "title": title}


def template(name: str) -> Schema:
    """The schema of a corpus that has every layer."""
    file = resources.files("dateline.ontology") / "templates" / f"{name}.schema.json"
    schema: Schema = json.loads(file.read_text(encoding="utf-8"))
    return schema


def _pruned(node: Any, ontology: Schema) -> Any:
    if isinstance(node, list):
        return [_pruned(item, ontology) for item in node if _is_declared(item, ontology)]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _pruned(item, ontology)
        for key, item in node.items()
        if key != NEEDS and _is_declared(item, ontology)
    }
    # A schema may not have an empty list of conditions.
    return {key: item for key, item in kept.items() if (key, item) != ("allOf", [])}


def _is_declared(node: Any, ontology: Schema) -> bool:
    needs = node.get(NEEDS, ()) if isinstance(node, dict) else ()
    places = [needs] if isinstance(needs, str) else needs
    return not places or any(has_definition(ontology, place) for place in places)
