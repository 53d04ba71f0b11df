"""Drafts an ontology from the labels that occur in annotations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from dateline.ingest.metadata_fields import shown
from dateline.interop.importing.labels import (
    ATTRIBUTE,
    LabelCount,
    LabelCounter,
    attribute_values,
)
from dateline.interop.importing.mapping import LabelMapping
from dateline.interop.source import SourceDocument
from dateline.model import Annotation, MetaValue
from dateline.ontology.derived_schemas import starting_ontology
from dateline.ontology.schemas import LAYER_DEFINITIONS

MOST_VALUES = 50
"""An attribute with more values than this is text."""

_META_KEY = re.compile("[A-Za-z][A-Za-z0-9_]{0,39}")
_META_TYPES = ({bool}, "boolean"), ({int}, "integer"), ({int, float}, "number")

_NO_ROLE = {"const": "argument", "description": "To be described: the source has no roles."}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_BOOLEAN = frozenset({"true", "false"})


def draft_ontology(
    title: str, mapping: LabelMapping, annotations: Iterable[Annotation]
) -> dict[str, Any]:
    """An ontology that declares everything that the annotations have, in the mapped labels.

    Each label has its count and an example in a comment; definitions are to be written. Without any
    label, it is the ontology that a new corpus starts with.
    """
    counter, found = LabelCounter(), _Structure(mapping)
    for annotation in annotations:
        counter.add(annotation)
        found.add(annotation)
    counts = counter.counts
    lists = _lists(counts, mapping)
    definitions: dict[str, Any] = {}
    for definition, kind, place in (
        ("mention", "entity", "type"),
        ("relation", "relation", "type"),
    ):
        if kind in lists:
            properties = {place: {"oneOf": lists[kind]}}
            definitions[definition] = {"title": definition.capitalize(), "properties": properties}
    if "event" in lists:
        definitions["event"] = {
            "title": "Event",
            "oneOf": [found.event_type(entry, lists.get("role", [])) for entry in lists["event"]],
        }
    if "act" in lists:
        properties = {"act": {"oneOf": lists["act"]}}
        definitions["claim"] = {"title": "Claim", "properties": properties}
    for kind in ("claimer", "eventRelation", "claimRelation", "factuality"):
        if kind in lists:
            definitions[kind] = {"oneOf": lists[kind]}
    if not definitions.keys() & {"claim", "claimer"}:
        definitions.pop("factuality", None)  # all of its sources are ignored
    if found.has_entities:
        definitions["entity"] = {"properties": {"links": {}}} if found.has_links else {}
    if found.has_clusters:
        definitions["eventCluster"] = {"properties": {"links": {}}} if found.has_event_links else {}
    _add_attributes(definitions, counts, mapping, lists, found.several)
    if not definitions.keys() & {*LAYER_DEFINITIONS.values()}:
        return dict(starting_ontology(("mention",), title))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dateline:ontology",
        "title": title,
        "x-version": "0.1.0",
        "$comment": "Drafted from imported annotations. Write the descriptions of the labels.",
        "$defs": definitions,
    }


def draft_metadata(
    schema: Mapping[str, Any], documents: Iterable[SourceDocument]
) -> dict[str, Any]:
    """A schema of documents that declares the metadata that the documents have, and no other.

    Keys that cannot be declared are left out.
    """
    types: dict[str, set[type]] = {}
    examples: dict[str, MetaValue] = {}
    for document in documents:
        for key, value in document.meta.items():
            types.setdefault(key, set()).add(type(value))
            examples.setdefault(key, value)
    keys = {
        key: {
            "type": next((name for some, name in _META_TYPES if found <= some), "string"),
            "description": f"To be described, such as {shown(examples[key])}.",
        }
        for key, found in types.items()
        if _META_KEY.fullmatch(key)
    }
    properties = schema["properties"]
    meta = {**properties["meta"], "properties": keys}
    return {**schema, "properties": {**properties, "meta": meta}}


def _lists(counts: Iterable[LabelCount], mapping: LabelMapping) -> dict[str, list[dict[str, Any]]]:
    """The entries of each list of labels; several labels with one target are one entry."""
    entries: dict[str, dict[str, dict[str, Any]]] = {}
    for one in counts:
        kind, name = one.label
        target = mapping.targets.get(one.label)
        if kind == ATTRIBUTE or target is None:
            continue
        entry = entries.setdefault(kind, {}).setdefault(
            target, {"const": target, "description": f"To be described: {target}."}
        )
        source = "" if name == target else f'"{name}", '
        comment = f"In the source: {source}{one.example}."
        entry["$comment"] = " ".join(filter(None, (entry.get("$comment"), comment)))
    return {kind: [*by_name.values()] for kind, by_name in entries.items()}


class _Structure:
    """What the annotations have other than labels: fillers of roles, entities, links."""

    def __init__(self, mapping: LabelMapping) -> None:
        self._mapping = mapping
        self.several: set[str] = set()
        self._roles: dict[str, dict[str, set[str]]] = {}
        self.has_entities = self.has_links = self.has_clusters = self.has_event_links = False

    def add(self, annotation: Annotation) -> None:
        """Note what an annotation has."""
        self.several.update(
            f"{item}.{name}"
            for item, name, value, _ in attribute_values(annotation, {})
            if isinstance(value, tuple)
        )
        self.has_entities |= bool(annotation.entities)
        self.has_links |= any(entity.links for entity in annotation.entities)
        self.has_clusters |= any(event.cluster for event in annotation.events)
        self.has_event_links |= bool(annotation.event_clusters)
        types = {m.id: self._mapping.of("entity", m.type) for m in annotation.mentions}
        for event in annotation.events:
            event_type = self._mapping.of("event", event.type)
            roles = self._roles.setdefault(event_type or "", {})
            for argument in event.arguments:
                role = self._mapping.of("role", argument.role)
                filler = "event" if argument.event else "claim" if argument.claim else None
                filler = types.get(argument.filler) if filler is None else filler
                if role is not None and filler is not None:
                    roles.setdefault(role, set()).add(filler)

    def event_type(
        self, entry: Mapping[str, Any], roles: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """An event type with the roles that its events have; if they have none, with all roles.

        An event type must have a role, so that one is made up if there is none at all.
        """
        fillers = self._roles.get(entry["const"], {})
        if not fillers:
            for of_type in self._roles.values():
                for role, kinds in of_type.items():
                    fillers[role] = fillers.get(role, set()) | kinds
        if not fillers:
            roles, fillers = [_NO_ROLE], {_NO_ROLE["const"]: {"event"}}
        declared = [
            {**role, "x-fillers": sorted(fillers[role["const"]])}
            for role in roles
            if role["const"] in fillers
        ]
        properties = {
            "type": {"const": entry["const"]},
            "arguments": {"items": {"properties": {"role": {"oneOf": declared}}}},
        }
        rest = {key: value for key, value in entry.items() if key != "const"}
        return {**rest, "properties": properties}


def _add_attributes(
    definitions: dict[str, Any],
    counts: Sequence[LabelCount],
    mapping: LabelMapping,
    lists: Mapping[str, list[dict[str, Any]]],
    several: Collection[str],
) -> None:
    for one in counts:
        target = mapping.targets.get(one.label)
        if one.label.kind != ATTRIBUTE or target is None:
            continue
        item, _, name = target.partition(".")
        texts = [c.label.name for c in counts if c.label.kind == one.label.name]
        definition = definitions.setdefault(item, {"title": item.capitalize()})
        attributes = definition.setdefault("properties", {}).setdefault(
            "attributes", {"type": "object", "properties": {}, "additionalProperties": False}
        )
        description = f"To be described: {name}."
        schema = _schema(texts, lists.get(one.label.name, []), several=one.label.name in several)
        attributes["properties"][name] = {"description": description, **schema}


def _schema(
    texts: Sequence[str], entries: list[dict[str, Any]], *, several: bool
) -> dict[str, Any]:
    if {*texts} <= _BOOLEAN:
        return {"type": "boolean"}
    if all(map(_NUMBER.fullmatch, texts)):
        return {"type": "integer" if all("." not in text for text in texts) else "number"}
    if len(texts) > MOST_VALUES:
        return {"type": "string"}
    if several:
        return {"type": "array", "uniqueItems": True, "items": {"oneOf": entries}}
    return {"oneOf": entries}
