"""The items of two annotators that one of them has and the other has not."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from dateline.search.items import Item, Items, attributes_of, label_of, ranges_of
from dateline.search.rows import Content


def is_in_other(mine: Content, theirs: Content, field: str) -> Iterator[tuple[Item, bool]]:
    """The items of a field of one annotation, and whether the other has an equal one.

    Items are equal that have the same fragments, label and attributes, and arguments, claimer, cue
    and events that are equal by fragments and label. Entities, clusters and ids do not count.
    """
    items, others = Items(mine), Items(theirs)
    known = {_compared(item, others) for item in theirs.get(field) or ()}
    for item in mine.get(field) or ():
        yield item, _compared(item, items) in known


def _compared(item: Item, items: Items) -> Hashable:
    """What makes items equal: what they are, with places instead of ids."""

    def places(names: Iterable[str]) -> Hashable:
        return frozenset(map(place, names))

    def place(name: str) -> Hashable:
        found = items.by_id.get(name)
        return (items.ranges(found), label_of(found)) if found else name

    return (
        label_of(item),
        items.ends(item) if "source" in item else items.ranges(item),
        _values(attributes_of(item)),
        frozenset(
            (a["role"], place(items.filler(a)["id"]), _values(attributes_of(a)))
            for a in item.get("arguments") or ()
        ),
        place(item["claimer"]) if "claimer" in item else None,
        ranges_of(item.get("cue") or ()),
        places(item.get("events") or ()),
    )


def _values(attributes: dict[str, Any]) -> Hashable:
    return frozenset(
        (name, tuple(sorted(value)) if isinstance(value, list | tuple) else value)
        for name, value in attributes.items()
    )
