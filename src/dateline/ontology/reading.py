"""What the schema files say, as typed values: labels, roles, attributes, splits.

The JSON Schemas are the single source of truth. Nothing here names a label: it reads annotated
enumerations (``oneOf`` of ``const`` with title, description, examples, ``x-color``, ``x-hotkey``)
from the places that ``urn:dateline:ontology`` keeps them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dateline.errors import DatelineError
from dateline.model import LAYERS
from dateline.ontology.labels import (
    STRUCTURAL_RELATIONS,
    Attribute,
    EventType,
    Label,
    Layer,
    Ontology,
    Role,
)
from dateline.ontology.schemas import Schema, resolve


def read_ontology(schemas: Mapping[str, Schema]) -> Ontology:
    """The ontology that a corpus's schemas state.

    Raises DatelineError, naming every problem, where the schema cannot serve as an ontology.
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
                for name, item in zip(LAYERS, ("mention", "event", "claim"), strict=True)
            },
            event_types=event_types,
            claimers=_labels(schema, definitions["claimer"]),
            event_relations=_labels(schema, definitions["eventRelation"]),
            claim_relations=_labels(schema, definitions["claimRelation"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DatelineError(
            f"schema/ontology.schema.json: {error} is missing or has another shape than "
            "docs/ontology-format.md describes; compare it with one that `dateline init` writes."
        ) from None
    problems = list(_problems(ontology))
    if problems:
        raise DatelineError(
            "schema/ontology.schema.json:\n" + "\n".join(f"  {p}" for p in problems)
        )
    return ontology


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


def _labels(schema: Schema, node: Schema) -> tuple[Label, ...]:
    entries = (resolve(schema, entry) for entry in resolve(schema, node)["oneOf"])
    return tuple(_label(entry, entry["const"]) for entry in entries)


def _attributes(schema: Schema, item: Schema) -> tuple[Attribute, ...]:
    attributes = resolve(schema, item["properties"].get("attributes", {}))
    required = attributes.get("required", ())
    unknown = set(required) - set(attributes.get("properties", {}))
    if unknown:
        raise DatelineError(
            f"schema/ontology.schema.json: required attributes that are not described: "
            f"{', '.join(sorted(unknown))}; describe them under properties, or do not require them."
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


def _problems(ontology: Ontology) -> Iterator[str]:
    keys: dict[str, str] = {}
    for layer in ontology.layers.values():
        names: set[str] = set()
        former = {name for label in layer.labels for name in label.formerly}
        for label in layer.labels:
            if not label.description:
                yield f"{label.name}: has no description, which is its guideline"
            if label.name in names:
                yield f"{layer.name}: the label {label.name} stands twice; remove one"
            names.add(label.name)
            for other in sorted(set(label.neighbours) - set(layer.label_names) - former):
                yield f"{label.name}: x-neighbours names {other}, which is no label of {layer.name}"
            if label.color is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", label.color):
                yield f"{label.name}: x-color is {label.color!r}; write it as #rrggbb"
            if label.hotkey is not None:
                other = keys.setdefault(label.hotkey, label.name)
                if other != label.name:
                    yield f"{label.name}: x-hotkey {label.hotkey!r} is taken by {other}"
    for where, labels in _lists(ontology):
        yield from _problems_of_former_names(where, labels)
    yield from _problems_of_relations(ontology)


def _problems_of_relations(ontology: Ontology) -> Iterator[str]:
    entity_types = set(ontology.layers["entities"].label_names)
    relations = {label.name for label in (*ontology.event_relations, *ontology.claim_relations)}
    for event_type in ontology.event_types.values():
        for role in event_type.roles.values():
            where = f"{event_type.label.name}.{role.name}"
            unknown = role.fillers - entity_types - {"event", "claim"}
            if unknown:
                yield (
                    f"{where}: x-fillers names {', '.join(sorted(unknown))}, "
                    "which is no entity type, nor «event» or «claim»"
                )
            for name in (role.name, *role.formerly):
                if name in relations or name in STRUCTURAL_RELATIONS:
                    yield f"{where}: a relation is called {name} already; rename the role"
    for name in sorted(relations & set(STRUCTURAL_RELATIONS)):
        yield f"{name}: the name belongs to the data model; rename the relation"


def _lists(ontology: Ontology) -> Iterator[tuple[str, Iterable[Label | Role]]]:
    """Every list of labels, with a name for it; within one, a name means one thing."""
    for layer in ontology.layers.values():
        yield layer.name, layer.labels
        for attribute in layer.attributes:
            yield f"{layer.name}.{attribute.name}", attribute.values
    for event_type in ontology.event_types.values():
        yield event_type.label.name, event_type.roles.values()
    yield "claimer", ontology.claimers
    yield "eventRelation", ontology.event_relations
    yield "claimRelation", ontology.claim_relations


def _problems_of_former_names(where: str, labels: Iterable[Label | Role]) -> Iterator[str]:
    labels = tuple(labels)
    owners = {label.name: label.name for label in labels}
    for label in labels:
        for former in label.formerly:
            owner = owners.setdefault(former, label.name)
            if owner != label.name or former == label.name:
                yield (
                    f"{where}: x-formerly of {label.name} names {former}, which is "
                    f"{'a label itself' if owner == former else f'that of {owner} too'}; "
                    "a name means one thing"
                )
