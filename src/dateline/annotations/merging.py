"""Brings together what two sides have changed in an annotation since they were the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from dateline.annotations.differences import Item, items, kind_of, quote_of, shown
from dateline.model import LAYERS, Annotation, Argument, Struct, canonical

T = TypeVar("T", bound=Hashable)

_SETS = frozenset({"arguments", "events"})
"""Fields whose order means nothing, so that each side may add and remove."""


class Clash(Struct, frozen=True):
    """Where the two sides cannot both be had; ``line`` says it with id and quoted text."""

    id: str
    line: str


class Merged(Struct, frozen=True):
    """The outcome: ``annotation`` has our value wherever there is a clash."""

    annotation: Annotation
    clashes: tuple[Clash, ...]


def merge(base: Annotation, ours: Annotation, theirs: Annotation) -> Merged:
    """Three-way merge by id, field by field; the header is theirs.

    What only one side changed is taken over. Both sides changing one field differently, one
    changing what the other removed, and one referring to what the other removed are clashes.
    """
    clashes: list[Clash] = []
    origin, here, there = items(base), items(ours), items(theirs)
    found: dict[str, Item] = {}
    for name in dict.fromkeys((*here, *there)):
        item = _item(origin.get(name), here.get(name), there.get(name), clashes.append)
        if item is not None:
            found[name] = item
    relations = {
        field: tuple(_together(*({*getattr(side, field)} for side in (base, ours, theirs))))
        for field in ("event_relations", "claim_relations")
    }
    used = set(found)
    merged = msgspec.structs.replace(
        theirs,
        layers=tuple(name for name in LAYERS if name in {*ours.layers, *theirs.layers}),
        **{
            field: tuple(item for item in found.values() if kind_of(item) == kind)
            for field, kind in (
                ("mentions", "mention"), ("entities", "entity"),
                ("events", "event"), ("claims", "claim"),
            )
        },
        **relations,
        retired=tuple(
            {name for side in (base, ours, theirs) for name in (*side.retired, *side.ids())} - used
        ),
    )  # fmt: skip
    known = {*origin, *here, *there}
    clashes += _dangling(merged, known - used)
    return Merged(annotation=canonical(merged), clashes=tuple(clashes))


def _item(
    base: Item | None, ours: Item | None, theirs: Item | None, clash: Callable[[Clash], None]
) -> Item | None:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if ours is None or theirs is None:
        kept, side = (theirs, "here") if ours is None else (ours, "there")
        if kept is not None:
            clash(_clash(kept, f"was removed {side}, and changed on the other side"))
        return ours
    if type(ours) is not type(theirs):
        clash(_clash(ours, f"is a {kind_of(ours)} here, and a {kind_of(theirs)} there"))
        return ours
    values = {
        field: _value(
            field,
            getattr(base, field) if type(base) is type(ours) else None,
            getattr(ours, field),
            getattr(theirs, field),
            lambda line: clash(_clash(ours, line)),
        )
        for field in ours.__struct_fields__
    }
    return type(ours)(**values)


def _value(field: str, base: Any, ours: Any, theirs: Any, clash: Callable[[str], None]) -> Any:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if field in _SETS:
        return tuple(sorted(_together(set(base or ()), set(ours), set(theirs)), key=_order))
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        was = base if isinstance(base, Mapping) else {}
        merged = {
            name: _value(name, was.get(name), ours.get(name), theirs.get(name), clash)
            for name in sorted({*ours, *theirs})
        }
        return {name: value for name, value in merged.items() if value is not None}
    clash(f"{field}: {shown(ours)} here, {shown(theirs)} there")
    return ours


def _together(base: set[T], ours: set[T], theirs: set[T]) -> set[T]:
    return (ours & theirs) | (ours - base) | (theirs - base)


def _order(value: Argument | str) -> tuple[str, str]:
    return (value.role, value.filler) if isinstance(value, Argument) else (value, "")


def _dangling(annotation: Annotation, gone: Iterable[str]) -> Iterator[Clash]:
    """References to what one side has removed; the other side has added or kept them."""
    removed = set(gone)
    for mention in annotation.mentions:
        if mention.entity in removed:
            yield _clash(mention, f"belongs to {mention.entity}, which the other side removed")
    for event in annotation.events:
        for argument in event.arguments:
            if argument.filler in removed:
                yield _clash(
                    event,
                    f"has the {argument.role} {argument.filler}, which the other side removed",
                )
    for claim in annotation.claims:
        for name in (claim.claimer, *claim.events):
            if name in removed:
                yield _clash(claim, f"refers to {name}, which the other side removed")
    for relation in (*annotation.event_relations, *annotation.claim_relations):
        for name in (relation.source, relation.target):
            if name in removed:
                line = f"{shown(relation)}: refers to {name}, which the other side removed"
                yield Clash(id=name, line=line)


def _clash(item: Item, what: str) -> Clash:
    return Clash(id=item.id, line=f"{item.id} «{quote_of(item)}»: {what}")
