"""What two annotations of a document say differently, by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dateline.model import (
    Annotation,
    Argument,
    Claim,
    Entity,
    Event,
    Link,
    Mention,
    Relation,
    Span,
    Struct,
)

Item = Mention | Entity | Event | Claim

QUOTED = 60
"""Characters of a quotation that are shown."""


class Difference(Struct, frozen=True):
    """An item that only one side has, or a field of it that differs.

    ``kind`` is mention, entity, event, claim or relation; ``id`` is the item's, for a relation its
    type and ends. ``quote`` is its text. With ``field`` None, ``left`` or ``right`` describes the
    whole item, and the other is None, for that side does not have it.
    """

    kind: str
    id: str
    quote: str
    field: str | None
    left: str | None
    right: str | None


def differences(left: Annotation, right: Annotation) -> Iterator[Difference]:
    """What differs, in the order of the text; headers and retired ids aside."""
    ours, theirs = items(left), items(right)
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        yield from _of_item(ours.get(name), theirs.get(name))
    for field in ("event_relations", "claim_relations"):
        here, there = getattr(left, field), getattr(right, field)
        for relation in sorted({*here} ^ {*there}, key=_name):
            side = _name(relation)
            yield Difference(
                kind="relation",
                id=side,
                quote="",
                field=None,
                left=side if relation in here else None,
                right=side if relation in there else None,
            )


def items(annotation: Annotation) -> Mapping[str, Item]:
    """Every mention, entity, event and claim by its id."""
    lists = (annotation.mentions, annotation.entities, annotation.events, annotation.claims)
    return {item.id: item for found in lists for item in found}


def quote_of(item: Item) -> str:
    """The text that an item stands on, or an entity's name, cut where it is long."""
    match item:
        case Entity():
            text = item.name
        case Event():
            text = _text(item.trigger)
        case _:
            text = _text(item.spans)
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def kind_of(item: Item) -> str:
    """What an item is called: mention, entity, event or claim."""
    return type(item).__name__.lower()


def shown(value: Any) -> str:
    """A field's value in words."""
    match value:
        case None | ():
            return "nothing"
        case str():
            return value
        case Mapping():
            return ", ".join(f"{name} {value[name]}" for name in sorted(value)) or "nothing"
        case Argument():
            return f"{value.role} {value.filler}"
        case Link():
            return f"{value.kb}:{value.id or 'NIL'}"
        case Relation():
            return _name(value)
        case (Span(), *_):
            return f"«{_text(value)}» at " + ", ".join(f"{s.start}–{s.end}" for s in value)
        case _:
            return ", ".join(sorted(shown(part) for part in value))


def _of_item(left: Item | None, right: Item | None) -> Iterator[Difference]:
    item = left or right
    if item is None or left == right:
        return
    kind, name, quote = kind_of(item), item.id, quote_of(item)
    if left is None or right is None or type(left) is not type(right):
        yield Difference(
            kind=kind,
            id=name,
            quote=quote,
            field=None,
            left=None if left is None else _label(left),
            right=None if right is None else _label(right),
        )
        return
    for field in item.__struct_fields__:
        here, there = getattr(left, field), getattr(right, field)
        if here != there:
            yield Difference(
                kind=kind, id=name, quote=quote, field=field, left=shown(here), right=shown(there)
            )


def _label(item: Item) -> str:
    return item.act if isinstance(item, Claim) else item.type


def _name(relation: Relation) -> str:
    return f"{relation.type} {relation.source}→{relation.target}"


def _text(spans: tuple[Span, ...]) -> str:
    return " … ".join(span.text for span in spans)
