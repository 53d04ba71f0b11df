"""The JSON Schema of answers, in the part of JSON Schema that providers of models support."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dateline.evaluation.prompting.asked import Asked, by_attributes
from dateline.ontology.labels import Attribute

NAME = "annotation"
"""The name of the schema in requests."""

LABEL_FIELDS = ("label", "act")
"""The fields of items that have their label."""

_TEXT = {"type": "string"}


def answer_schema(asked: Asked) -> dict[str, Any]:
    """The schema of an answer: labels are enumerations, and all fields are required.

    Items whose labels have different attributes are alternatives (``anyOf``).
    """
    layers, ontology = asked.ontology.layers, asked.ontology
    fields: dict[str, Any] = {}
    if "document" in asked.layers and asked.attributes:
        fields["attributes"] = _values(asked.attributes_of("document"))
    if asked.has_mentions:
        entity = {"entity": _TEXT} if asked.has_coreference else {}
        fields["mentions"] = _labelled(asked, "entities", "label", text=_TEXT, **entity)
    if asked.has_relations:
        fields["relations"] = _relations(layers["relations"].label_names)
    if asked.has_events:
        instance = {"instance": _or_null(_TEXT)} if asked.has_event_coreference else {}
        event = {"text": _TEXT, **instance, **_arguments(asked), **_factuality(asked)}
        fields["events"] = _labelled(asked, "events", "label", **event)
    if asked.event_relations:
        fields["event_relations"] = _relations(asked.event_relations)
    if asked.has_claims:
        claim: dict[str, Any] = {"text": _TEXT, "claimer": _TEXT, "cue": _or_null(_TEXT)}
        if asked.has_events:
            about = {"text": _TEXT}
            if ontology.factuality:
                about["factuality"] = _or_null(_one_of(one.name for one in ontology.factuality))
            claim["events"] = _list(_object(about))
        fields["claims"] = _labelled(asked, "claims", "act", **claim)
    if asked.claim_relations:
        fields["claim_relations"] = _relations(asked.claim_relations)
    return _object(fields)


def fitted(value: Any, schema: Mapping[str, Any]) -> Any:
    """An answer as plain values with all fields of its schema, and no others."""
    if "anyOf" in schema:
        schema = next(kind for kind in schema["anyOf"] if _is_of_kind(value, kind))
    if schema["type"] == "array":
        return [fitted(item, schema["items"]) for item in value or ()]
    if schema["type"] == "object":
        given = value or {}
        return {name: fitted(given.get(name), own) for name, own in schema["properties"].items()}
    return "" if value is None and schema["type"] == "string" else value


def _is_of_kind(item: Mapping[str, Any], kind: Mapping[str, Any]) -> bool:
    """Whether the label of an item is one of a kind's."""
    return all(
        item.get(name) in own["enum"]
        for name, own in kind["properties"].items()
        if name in LABEL_FIELDS
    )


def response_format(schema: dict[str, Any]) -> dict[str, Any]:
    """The field ``response_format`` of a request for a chat completion."""
    named = {"name": NAME, "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": named}


def _labelled(asked: Asked, layer: str, name: str, **fields: Any) -> dict[str, Any]:
    """A list of items of a layer, with a field for the label."""
    kinds = []
    for attributes, labels in by_attributes(
        asked.ontology.layers[layer].labels, asked.attributes_of(layer)
    ):
        own = {"attributes": _values(attributes)} if attributes else {}
        kinds.append(_object({name: _one_of(labels), **fields, **own}))
    return _list(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


def _arguments(asked: Asked) -> dict[str, Any]:
    if not asked.has_arguments:
        return {}
    names = {
        role for event_type in asked.ontology.event_types for role in asked.roles_of(event_type)
    }
    fields = {"role": _one_of(sorted(names)), "text": _TEXT}
    own = {"attributes": _values(asked.argument_attributes)} if asked.argument_attributes else {}
    return {"arguments": _list(_object(fields | own))}


def _factuality(asked: Asked) -> dict[str, Any]:
    if not asked.sources:
        return {}
    ontology = asked.ontology
    value = _one_of(one.name for one in ontology.factuality)
    required = set(ontology.required_sources)
    of_sources = {name: value if name in required else _or_null(value) for name in asked.sources}
    return {"factuality": _object(of_sources)}


def _relations(names: Iterable[str]) -> dict[str, Any]:
    return _list(_object({"label": _one_of(names), "source": _TEXT, "target": _TEXT}))


def _values(attributes: Sequence[Attribute]) -> dict[str, Any]:
    return _object({one.name: _value(one) for one in attributes})


def _value(attribute: Attribute) -> dict[str, Any]:
    """The schema of a value; null stands for no value, or for the default."""
    values = _one_of(attribute.value_names)
    kept = {
        key: attribute.schema[key]
        for key in ("minimum", "maximum", "pattern")
        if key in attribute.schema
    }
    schema = {
        "label": values,
        "labels": _list(values),
        "boolean": {"type": "boolean"},
        "number": {"type": attribute.schema.get("type", "number"), **kept},
        "text": {**_TEXT, **kept},
    }[attribute.kind]
    return schema if attribute.required and attribute.default is None else _or_null(schema)


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    found = {**schema, "type": [schema["type"], "null"]}
    return found | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def _one_of(names: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
