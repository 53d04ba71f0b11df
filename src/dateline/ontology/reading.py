"""Read the ontology from ``schema/ontology.schema.json``.

No label is hard-coded. Labels are annotated enumerations (``oneOf`` of ``const`` with title,
description, examples, ``x-color``, ``x-hotkey``) at fixed places of the schema; see
docs/ontology-format.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, decode_json_as, read_bytes
from dateline.ontology.format import check_schemas
from dateline.ontology.former_format import declaring_entities
from dateline.ontology.labels import (
    Attribute,
    AttributeKind,
    EventType,
    Label,
    Layer,
    Ontology,
    RelationLabel,
    RelationType,
    Role,
)
from dateline.ontology.schemas import (
    LAYER_DEFINITIONS,
    REQUIRED,
    Schema,
    has_definition,
    part_of,
    resolve,
)

FILE = "schema/ontology.schema.json"
NO_LABELS: Schema = {"oneOf": ()}


def read_ontology_file(path: Path, *, is_former: bool = False) -> Ontology:
    """The ontology of a single file, away from its corpus; ``is_former`` if that has format 1.0.

    Raises NotFoundError or InvalidInputError if it is missing or not an ontology.
    """
    content = read_bytes(path)
    try:
        schemas: dict[str, Schema] = {"ontology": decode_json_as(content, dict[str, Any])}
        if is_former:
            schemas["ontology"] = declaring_entities(schemas["ontology"])
        check_schemas(schemas)
        return read_ontology(schemas)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: is not an ontology: {error.problem}.") from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: is not an ontology: {error}") from None


def read_ontology(schemas: Mapping[str, Schema]) -> Ontology:
    """The ontology of a corpus, from its schemas by name.

    They have passed `check_schemas`.
    """
    schema = schemas["ontology"]
    return _ontology(schema, schema["$defs"])


def _ontology(schema: Schema, definitions: Schema) -> Ontology:
    events = [_event_type(schema, entry) for entry in definitions.get("event", {}).get("oneOf", ())]
    relations = [
        _relation_type(resolve(schema, entry))
        for entry in _entries_of(schema, definitions, "relation", "type")
    ]
    labels = {
        "entities": _labels_of(schema, definitions, "mention", "type"),
        "relations": tuple(relation.label for relation in relations),
        "events": tuple(event.label for event in events),
        "claims": _labels_of(schema, definitions, "claim", "act"),
    }
    return Ontology(
        title=schema["title"],
        version=schema["x-version"],
        layers={
            layer: Layer(
                name=layer,
                title=definitions[item].get("title", item),
                span=definitions[item].get("x-span", ""),
                labels=labels.get(layer, ()),
                attributes=_attributes(schema, definitions[item]),
            )
            for layer, item in LAYER_DEFINITIONS.items()
            if item in definitions
        },
        has_coreference="entity" in definitions,
        has_links=has_definition(schema, "entity/properties/links"),
        has_event_coreference="eventCluster" in definitions,
        has_event_links=has_definition(schema, "eventCluster/properties/links"),
        entity_attributes=_attributes(schema, definitions.get("entity", {})),
        argument_attributes=_attributes(schema, definitions.get("argument", {})),
        relation_types={relation.label.name: relation for relation in relations},
        event_types={event.label.name: event for event in events},
        required_sources=tuple(
            resolve(schema, definitions.get("factuality", {})).get(REQUIRED, ())
        ),
        claimers=_labels(schema, definitions.get("claimer", NO_LABELS)),
        factuality=_labels(schema, definitions.get("factuality", NO_LABELS)),
        event_relations=_relation_labels(schema, definitions.get("eventRelation", NO_LABELS)),
        claim_relations=_relation_labels(schema, definitions.get("claimRelation", NO_LABELS)),
    )


def _labels_of(schema: Schema, definitions: Schema, item: str, field: str) -> tuple[Label, ...]:
    return tuple(
        _label(entry, entry["const"]) for entry in _entries_of(schema, definitions, item, field)
    )


def _entries_of(schema: Schema, definitions: Schema, item: str, field: str) -> Iterator[Schema]:
    """The labels of an item's field, references replaced; none without the item."""
    if item in definitions:
        for entry in part_of(schema, "$defs", item, "properties", field)["oneOf"]:
            yield resolve(schema, entry)


def _relation_type(entry: Schema) -> RelationType:
    return RelationType(
        label=_relation_label(entry),
        sources=frozenset(entry.get("x-source", ())),
        targets=frozenset(entry.get("x-target", ())),
    )


def _event_type(schema: Schema, entry: Schema) -> EventType:
    entry = resolve(schema, entry)
    properties = entry["properties"]
    role_nodes = properties["arguments"]["items"]["properties"]["role"]["oneOf"]
    roles = {}
    for node in role_nodes:
        node = resolve(schema, node)
        roles[node["const"]] = Role(
            name=node["const"],
            description=node.get("description", ""),
            fillers=frozenset(node["x-fillers"]),
            unlabelled_to=frozenset(node.get("x-unlabelled-to", ())),
            unlabelled_from=frozenset(node.get("x-unlabelled-from", ())),
            formerly=tuple(node.get("x-formerly", ())),
        )
    return EventType(
        label=_label(entry, properties["type"]["const"]),
        roles=roles,
        crosswalk=entry.get("x-crosswalk", {}),
    )


def _relation_labels(schema: Schema, node: Schema) -> tuple[RelationLabel, ...]:
    entries = (resolve(schema, entry) for entry in resolve(schema, node)["oneOf"])
    return tuple(map(_relation_label, entries))


def _relation_label(entry: Schema) -> RelationLabel:
    return RelationLabel(
        **asdict(_label(entry, entry["const"])),
        symmetric=entry.get("x-symmetric", False),
        transitive=entry.get("x-transitive", False),
        excludes=tuple(entry.get("x-excludes", ())),
        then=entry.get("x-then", {}),
        from_roles=entry.get("x-from-roles", {}),
    )


def _labels(schema: Schema, node: Schema) -> tuple[Label, ...]:
    entries = (resolve(schema, entry) for entry in resolve(schema, node)["oneOf"])
    return tuple(_label(entry, entry["const"]) for entry in entries)


def _label(entry: Schema, name: str) -> Label:
    return Label(
        name=name,
        title=entry.get("title", name.replace("_", " ").capitalize()),
        description=entry.get("description", ""),
        examples=tuple(entry.get("examples", ())),
        span=entry.get("x-span", ""),
        counterexamples=tuple(entry.get("x-counterexamples", ())),
        neighbours=entry.get("x-neighbours", {}),
        color=entry.get("x-color"),
        hotkey=entry.get("x-hotkey"),
        formerly=tuple(entry.get("x-formerly", ())),
        is_name=entry.get("x-names", False),
        polarity=entry.get("x-polarity"),
    )


def _attributes(schema: Schema, item: Schema) -> tuple[Attribute, ...]:
    attributes = resolve(schema, item.get("properties", {}).get("attributes", {}))
    required = attributes.get("required", ())
    return tuple(
        _attribute(schema, name, resolve(schema, node), required=name in required)
        for name, node in attributes.get("properties", {}).items()
    )


def _attribute(schema: Schema, name: str, node: Schema, *, required: bool) -> Attribute:
    kind = _kind(node)
    labels = {"label": node, "labels": node.get("items", {})}.get(kind)
    return Attribute(
        name=name,
        title=node.get("title", name.replace("_", " ").capitalize()),
        description=node.get("description", ""),
        required=required or node.get("x-required", False),
        kind=kind,
        values=_labels(schema, labels) if labels is not None else (),
        unit=node.get("x-unit", ""),
        pattern=node.get("pattern", ""),
        schema=node,
        labels=tuple(node.get("x-labels", ())),
        default=node.get("default"),
    )


def _kind(attribute: Schema) -> AttributeKind:
    kinds: Mapping[object, AttributeKind] = {
        "array": "labels",
        "boolean": "boolean",
        "integer": "number",
        "number": "number",
        "string": "text",
    }
    return "label" if "oneOf" in attribute else kinds[attribute["type"]]
