"""Differences between two annotations of a document, by id."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from dateline.annotations.items import Item, items_by_id, kind_of, label_of, quote_of, text_of
from dateline.model import (
    RELATION_FIELDS,
    Annotation,
    Argument,
    Attributes,
    Factuality,
    GoldChange,
    Link,
    Relation,
    Span,
    Struct,
)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Difference(Struct, frozen=True):
    """An item that only one side has, or a field in which the two sides differ.

    ``kind`` is document, mention, entity, event, cluster, claim, relation or note. ``id`` is the
    item's id; that of a relation has its type and ends. ``quote`` is the item's text. Where
    ``field`` is None, ``left`` or ``right`` describes the whole item, and the side that lacks the
    item is None.
    """

    kind: str
    id: str
    quote: str
    field: str | None
    left: str | None
    right: str | None


def changed(left: Mapping[K, V], right: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    """Keys whose values differ, with both values; None where a side lacks the key.

    Keys of ``left`` come first, in its order, then those that only ``right`` has.
    """
    for key in {**left, **right}:
        before, after = left.get(key), right.get(key)
        if before != after:
            yield key, before, after


def differences(left: Annotation, right: Annotation) -> Iterator[Difference]:
    """Items and relations that differ, in the order of the text; not headers and retired ids.

    Relations of one type between the same items are the same relation.
    """
    for _, before, after in changed(items_by_id(left), items_by_id(right)):
        yield from _of_item(before, after)
    for attribute, one, other in changed(left.attributes, right.attributes):
        yield _of_field("document", left.document, attribute, one, other)
    clusters = [{c.id: c.links for c in side.event_clusters} for side in (left, right)]
    for cluster, mine, theirs in changed(*clusters):
        yield _of_field("cluster", cluster, "links", mine, theirs)
    notes = [{note.subject: note.words for note in side.notes} for side in (left, right)]
    for subject, said, answered in changed(*notes):
        yield _of_field("note", subject, "text", said, answered)
    for field in RELATION_FIELDS:
        relations = [{r.key: r for r in getattr(side, field)} for side in (left, right)]
        for _, before, after in sorted(changed(*relations), key=lambda change: change[0]):
            yield from _of_relation(before, after)


def format_value(value: Any) -> str:
    """A field's value as text for a message; a declared change as in a sidecar (TOML)."""
    match value:
        case None | ():
            return "nothing"
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case Mapping():
            parts = (f"{name} {format_value(value[name])}" for name in sorted(value))
            return ", ".join(parts) or "nothing"
        case Argument():
            return f"{value.role} {value.filler}" + _in_brackets(value.attributes)
        case Factuality():
            return f"{value.source} {value.value}"
        case GoldChange():
            fields = msgspec.to_builtins(value).items()
            return ", ".join(f"{n} = {json.dumps(v, ensure_ascii=False)}" for n, v in fields)
        case Link():
            return f"{value.kb}:{value.id or 'NIL'}"
        case Relation():
            return value.name + _in_brackets(value.attributes)
        case (Span(), *_):
            return f'"{text_of(value)}" at ' + ", ".join(f"{s.start}–{s.end}" for s in value)
        case _:
            return ", ".join(sorted(format_value(part) for part in value))


def _in_brackets(attributes: Attributes) -> str:
    return f" ({format_value(attributes)})" if attributes else ""


def _of_item(left: Item | None, right: Item | None) -> Iterator[Difference]:
    item = left or right
    if item is None:
        return
    kind, name, quote = kind_of(item), item.id, quote_of(item)
    if left is None or right is None or type(left) is not type(right):
        yield Difference(
            kind=kind,
            id=name,
            quote=quote,
            field=None,
            left=None if left is None else label_of(left),
            right=None if right is None else label_of(right),
        )
        return
    for field in item.__struct_fields__:
        before, after = getattr(left, field), getattr(right, field)
        if before != after:
            yield _of_field(kind, name, field, before, after, quote)


def _of_relation(left: Relation | None, right: Relation | None) -> Iterator[Difference]:
    relation = left or right
    if relation is None:
        return
    if left is not None and right is not None:
        yield _of_field("relation", relation.name, "attributes", left.attributes, right.attributes)
        return
    yield Difference(
        kind="relation",
        id=relation.name,
        quote="",
        field=None,
        left=None if left is None else format_value(left),
        right=None if right is None else format_value(right),
    )


def _of_field(
    kind: str, name: str, field: str, left: object, right: object, quote: str = ""
) -> Difference:
    return Difference(
        kind=kind,
        id=name,
        quote=quote,
        field=field,
        left=format_value(left),
        right=format_value(right),
    )
