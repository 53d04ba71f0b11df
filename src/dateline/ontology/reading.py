"""Read the ontology from ``schema/ontology.schema.json``.

No label is hard-coded. Labels are annotated enumerations (``oneOf`` of ``const`` with title,
description, examples, ``x-color``, ``x-hotkey``) at fixed places of the schema; see
docs/ontology-format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, decode_json_as, read_bytes
from dateline.model import LAYERS
from dateline.ontology.consistency import inconsistencies
from dateline.ontology.format import check_schemas
from dateline.ontology.labels import Attribute, EventType, Label, Layer, Ontology, Role
from dateline.ontology.schemas import ITEM_DEFINITIONS, Schema, resolve

FILE = "schema/ontology.schema.json"


def read_ontology_file(path: Path) -> Ontology:
    """The ontology of a single file, away from its corpus.

    Raises NotFoundError or InvalidInputError if it is missing or not an ontology.
    """
    content = read_bytes(path)
    try:
        schemas = {"ontology": decode_json_as(content, dict[str, Any])}
        check_schemas(schemas)
        return read_ontology(schemas)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: is not an ontology: {error.problem}.") from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: is not an ontology: {error}") from None


def read_ontology(schemas: Mapping[str, Schema]) -> Ontology:
    """The ontology of a corpus, from its schemas by name.

    Raises InvalidInputError, listing all problems, if the schema is not a consistent ontology.
    """
    schema = schemas["ontology"]
    definitions = schema.get("$defs", {})
    try:
        event_types = {
            event.label.name: event
            for event in (_event_type(schema, entry) for entry in definitions["event"]["oneOf"])
        }
        labels = {
            "entities": _labels(schema, definitions["mention"]["properties"]["type"]),
            "events": tuple(event.label for event in event_types.values()),
            "claims": _labels(schema, definitions["claim"]["properties"]["act"]),
        }
        ontology = Ontology(
            title=schema["title"],
            version=schema["x-version"],
            layers={
                name: Layer(
                    name=name,
                    title=definitions[item].get("title", item),
                    span=definitions[item].get("x-span", ""),
                    labels=labels[name],
                    attributes=_attributes(schema, definitions[item]),
                )
                for name, item in zip(LAYERS, ITEM_DEFINITIONS, strict=True)
            },
            event_types=event_types,
            claimers=_labels(schema, definitions["claimer"]),
            event_relations=_labels(schema, definitions["eventRelation"]),
            claim_relations=_labels(schema, definitions["claimRelation"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInputError(
            f"{FILE}: {error} is missing or has another structure than expected (see `dateline "
            "docs ontology-format`). Compare the file with the one that `dateline init` creates."
        ) from None
    if problems := list(inconsistencies(ontology)):
        raise InvalidInputError("\n  ".join([f"{FILE}:", *problems]))
    return ontology


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
            formerly=_formerly(node),
        )
    return EventType(
        label=_label(entry, properties["type"]["const"]),
        roles=roles,
        crosswalk=entry.get("x-crosswalk", {}),
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
        formerly=_formerly(entry),
    )


def _formerly(entry: Schema) -> tuple[str, ...]:
    names = entry.get("x-formerly", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"x-formerly {names!r}")
    return tuple(names)


def _attributes(schema: Schema, item: Schema) -> tuple[Attribute, ...]:
    attributes = resolve(schema, item["properties"].get("attributes", {}))
    required = attributes.get("required", ())
    unknown = set(required) - set(attributes.get("properties", {}))
    if unknown:
        raise InvalidInputError(
            f"{FILE}: required attributes without a definition: {', '.join(sorted(unknown))}. "
            "Define them under properties, or remove them from required."
        )
    found = []
    for name, node in attributes.get("properties", {}).items():
        node = resolve(schema, node)
        found.append(
            Attribute(
                name=name,
                title=node.get("title", name.replace("_", " ").capitalize()),
                description=node.get("description", ""),
                values=_labels(schema, node),
                required=name in required,
            )
        )
    return tuple(found)
