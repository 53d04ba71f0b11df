"""The items of an annotation: by layer and id, their spans, labels and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dateline.model import (
    ID_FIELDS,
    LAYER_FIELDS,
    SPAN_LAYERS,
    Annotation,
    Claim,
    Entity,
    Event,
    Mention,
    Range,
    Relation,
    Span,
    Spans,
)

TextItem = Mention | Event | Claim
"""An item anchored in the text."""

Item = TextItem | Entity

QUOTE_LENGTH = 60


def items_of_layer(annotation: Annotation, layer: str) -> Sequence[TextItem]:
    """The mentions, events or claims of an annotation; ``layer`` is one of `SPAN_LAYERS`."""
    items: Sequence[TextItem] = getattr(annotation, LAYER_FIELDS[layer][0])
    return items


def text_items(annotation: Annotation) -> dict[str, TextItem]:
    """Every mention, event and claim by its id."""
    return {item.id: item for layer in SPAN_LAYERS for item in items_of_layer(annotation, layer)}


def items_by_id(annotation: Annotation) -> dict[str, Item]:
    """Every mention, entity, event and claim by its id."""
    return {item.id: item for field in ID_FIELDS for item in getattr(annotation, field)}


def kind_of(item: Item) -> str:
    """The kind of an item: ``mention``, ``entity``, ``event`` or ``claim``."""
    return type(item).__name__.lower()


def label_of(item: Item | Relation) -> str:
    """The primary label of an item or a relation: a claim's act, or the type."""
    return item.act if isinstance(item, Claim) else item.type


def spans_of(item: TextItem) -> Spans:
    """The spans of an item; of an event, those of its trigger."""
    return item.trigger if isinstance(item, Event) else item.spans


def ranges_of(spans: Spans) -> tuple[Range, ...]:
    """Start and end offsets of each span, in code points."""
    return tuple((span.start, span.end) for span in spans)


def overlap(some: Spans, others: Spans) -> bool:
    """Whether two groups of spans have a character in common."""
    return any(one.start < other.end and other.start < one.end for one in some for other in others)


def text_of(spans: Iterable[Span]) -> str:
    """The quoted text of the spans, with an ellipsis between them."""
    return " … ".join(span.text for span in spans)


def quote_of(item: Item) -> str:
    """The text of an item, or an entity's name, shortened to ``QUOTE_LENGTH`` characters."""
    text = item.name if isinstance(item, Entity) else text_of(spans_of(item))
    return text if len(text) <= QUOTE_LENGTH else text[: QUOTE_LENGTH - 1] + "…"


def chains_of(annotation: Annotation) -> dict[str, list[str]]:
    """Ids of mentions by the entity that they refer to, in the order of the file."""
    return _members((mention.entity, mention.id) for mention in annotation.mentions)


def clusters_of(annotation: Annotation) -> dict[str, list[str]]:
    """Ids of events by the cluster that they belong to, in the order of the file."""
    return _members((event.cluster, event.id) for event in annotation.events)


def _members(pairs: Iterable[tuple[str | None, str]]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for whole, part in pairs:
        if whole is not None:
            members.setdefault(whole, []).append(part)
    return members
