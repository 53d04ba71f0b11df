"""Checks what a contrast declares against its ontology and texts, before there is gold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.annotations.contrasts.quotes import occurs
from dateline.model import GoldChange
from dateline.ontology.labels import Attribute, Ontology
from dateline.rendering.listing import listed

FIELDS: Mapping[str, tuple[str, ...]] = {
    "document": (),
    "mention": ("spans", "type", "entity"),
    "entity": ("name", "links"),
    "relation": (),
    "event": ("trigger", "type", "arguments", "factuality", "cluster", "links"),
    "eventRelation": (),
    "claim": ("spans", "act", "claimer", "cue", "events"),
    "claimRelation": (),
}
"""The fields that may change, by item; attributes aside."""


def declaration_problems(
    change: GoldChange, texts: tuple[str, str], ontology: Ontology
) -> Iterator[str]:
    """What is wrong with a declared change; ``texts`` are those of original and contrast."""
    if change.item != "document" and change.quote is None:
        yield f'has no quote; quote the text of the {change.item}, as in quote = "denied"'
    for quote in (change.quote, change.target):
        text = texts[0] if change.removed else texts[1]
        if quote is not None and change.item != "entity" and not occurs(quote, text):
            whose = "the original" if change.removed else "the contrast"
            yield f'"{quote}" does not occur in the text of {whose}'
    attributes = {attribute.name: attribute for attribute in _attributes(change, ontology)}
    allowed = (*FIELDS[change.item], *attributes)
    if change.field is not None and change.field not in allowed:
        yield f'{change.item} has no field "{change.field}". Allowed: {_listed(allowed)}'
    attribute = attributes.get(change.field or "")
    if attribute is not None and attribute.value_names:
        yield from _not_among(change, attribute.value_names)
    if change.role is not None and change.role not in ontology.roles:
        yield f'there is no role "{change.role}". Allowed: {_listed(tuple(ontology.roles))}'
    if change.field == "arguments" and change.role is None:
        yield "names no role; say which argument changes"
    if change.field == "factuality":
        if change.source is None:
            yield "names no source; say according to whom it changes"
        yield from _not_among(change, [label.name for label in ontology.factuality])


def _attributes(change: GoldChange, ontology: Ontology) -> Sequence[Attribute]:
    match change.item:
        case "event" if change.role is not None:
            return ontology.argument_attributes
        case "document":
            return ontology.attributes_of("document")
        case "entity":
            return ontology.entity_attributes
        case "mention":
            return ontology.attributes_of("entities")
        case "relation" | "event" | "claim":
            return ontology.attributes_of(f"{change.item}s")
    return ()


def _not_among(change: GoldChange, labels: Sequence[str]) -> Iterator[str]:
    for name, value in (("from", change.before), ("to", change.after)):
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        for one in values:
            if one not in labels:
                yield f'"{name}" is {one}. Allowed: {_listed(labels)}'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(listed(names, 20)) or "none"
