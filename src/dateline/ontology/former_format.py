"""Upgrades the schemas of a corpus from format 1.0 to 2.0.

Format 1.0 had the same layers in every corpus. In 2.0 the ontology declares them, and the schemas
of annotations and predictions follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.files.reading import read_json
from dateline.model import FORMER_VERSION
from dateline.ontology.derived_schemas import derived_schemas, template
from dateline.ontology.schemas import ITEM_DEFINITIONS, Schema, format_version
from dateline.packaged import packaged

SETTINGS: tuple[tuple[str, ...], ...] = (
    ("title",),
    ("description",),
    ("properties", "split", "oneOf"),
    ("properties", "seed", "properties", "dropped", "x-boilerplate"),
    ("properties", "rights", "properties", "license", "default"),
    ("properties", "rights", "properties", "redistribute_text", "default"),
    ("properties", "meta", "properties"),
    ("$defs", "documentId"),
)
"""What a corpus may set in its document schema."""


def upgraded_schemas(schemas: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """All schemas of a corpus of format 1.0 in format 2.0; those of 2.0 are returned as they are.

    Labels and settings are kept. Schemas that are not for a corpus to change are replaced.
    """
    if format_version(schemas) != FORMER_VERSION:
        return schemas
    with packaged("schema") as folder:
        release = read_json(folder / "release.schema.json")
    document = template("document")
    for place in SETTINGS:
        set_part(document, place, part(schemas["document"], place))
    ontology = declaring_entities(schemas["ontology"])
    return {
        "ontology": ontology,
        "document": document,
        **derived_schemas(ontology),
        "release": release,
    }


def _closed(definition: Any) -> Any:
    """An item whose attributes are those that are declared."""
    attributes = part(definition, ("properties", "attributes"))
    if not isinstance(attributes, Mapping) or "properties" not in attributes:
        return definition
    closed = {"additionalProperties": False, **attributes}
    return {**definition, "properties": {**definition["properties"], "attributes": closed}}


def part(schema: Any, place: tuple[str, ...]) -> Any:
    """What a schema has at a place; None if it has nothing there."""
    for step in place:
        schema = schema.get(step) if isinstance(schema, Mapping) else None
    return schema


def set_part(schema: Any, place: tuple[str, ...], value: Any) -> None:
    """Replace what a schema has at a place; None removes it."""
    *folders, name = place
    holder = part(schema, tuple(folders))
    if not isinstance(holder, dict):
        return
    if value is not None:
        holder[name] = value
    else:
        holder.pop(name, None)


def declaring_entities(ontology: Schema) -> Schema:
    """The ontology with what format 1.0 had without declaring it, or did not require."""
    declared = ontology.get("$defs")
    if not isinstance(declared, Mapping):
        return ontology
    own: dict[str, Any] = {}
    for name, definition in declared.items():
        own[name] = _closed(definition) if name in ITEM_DEFINITIONS else definition
        if name == "mention" and "entity" not in declared:
            own["entity"] = {
                "title": "Entity",
                "properties": {"links": {"description": "Entries in knowledge bases."}},
            }
        if name == "event" and "eventCluster" not in declared:
            own["eventCluster"] = {"title": "Event instance"}
    return {**ontology, "$defs": own}
