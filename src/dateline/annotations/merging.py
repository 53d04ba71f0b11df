"""Three-way merge of an annotation that was changed on two sides."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from dateline.annotations.differences import format_value
from dateline.annotations.items import Item, items_by_id, kind_of, quote_of
from dateline.model import LAYERS, RELATION_FIELDS, Annotation, Argument, Struct, canonical

T = TypeVar("T", bound=Hashable)

_SETS = frozenset({"arguments", "events"})
"""Fields that are sets: each side may add and remove elements."""


class MergeConflict(Struct, frozen=True):
    """A change that contradicts one on the other side; ``message`` has the id and the text."""

    id: str
    message: str


class MergeResult(Struct, frozen=True):
    """The merged annotation; it has our value wherever there is a conflict."""

    annotation: Annotation
    conflicts: tuple[MergeConflict, ...]


def merge(base: Annotation, ours: Annotation, theirs: Annotation) -> MergeResult:
    """Merge by id, field by field; the header is theirs.

    A change on one side is taken over. Conflicts are: both sides change a field differently, one
    changes an item that the other removed, or one refers to an item that the other removed.
    """
    conflicts: list[MergeConflict] = []
    origin, here, there = items_by_id(base), items_by_id(ours), items_by_id(theirs)
    found: dict[str, Item] = {}
    for name in dict.fromkeys((*here, *there)):
        item = _item(origin.get(name), here.get(name), there.get(name), conflicts.append)
        if item is not None:
            found[name] = item
    relations = {
        field: tuple(_merged_set(*({*getattr(side, field)} for side in (base, ours, theirs))))
        for field in (*RELATION_FIELDS, "event_clusters")
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
    conflicts += _dangling(merged, known - used)
    return MergeResult(annotation=canonical(merged), conflicts=tuple(conflicts))


def _item(
    base: Item | None,
    ours: Item | None,
    theirs: Item | None,
    report: Callable[[MergeConflict], None],
) -> Item | None:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if ours is None or theirs is None:
        kept, side = (theirs, "here") if ours is None else (ours, "there")
        if kept is not None:
            report(_conflict(kept, f"was removed {side} and changed on the other side"))
        return ours
    if type(ours) is not type(theirs):
        report(_conflict(ours, f"is a {kind_of(ours)} here and a {kind_of(theirs)} there"))
        return ours
    values = {
        field: _value(
            field,
            getattr(base, field) if type(base) is type(ours) else None,
            getattr(ours, field),
            getattr(theirs, field),
            lambda problem: report(_conflict(ours, problem)),
        )
        for field in ours.__struct_fields__
    }
    return type(ours)(**values)


def _value(field: str, base: Any, ours: Any, theirs: Any, report: Callable[[str], None]) -> Any:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if field in _SETS:
        return tuple(sorted(_merged_set(set(base or ()), set(ours), set(theirs)), key=_order))
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        was = base if isinstance(base, Mapping) else {}
        merged = {
            name: _value(name, was.get(name), ours.get(name), theirs.get(name), report)
            for name in sorted({*ours, *theirs})
        }
        return {name: value for name, value in merged.items() if value is not None}
    report(f"{field}: {format_value(ours)} here, {format_value(theirs)} there")
    return ours


def _merged_set(base: set[T], ours: set[T], theirs: set[T]) -> set[T]:
    return (ours & theirs) | (ours - base) | (theirs - base)


def _order(value: Argument | str) -> tuple[str, str]:
    return (value.role, value.filler) if isinstance(value, Argument) else (value, "")


def _dangling(annotation: Annotation, gone: Iterable[str]) -> Iterator[MergeConflict]:
    """References to items that one side removed; the other side added or kept the reference."""
    removed = set(gone)
    for mention in annotation.mentions:
        if mention.entity in removed:
            yield _conflict(mention, f"belongs to {mention.entity}, which the other side removed")
    for event in annotation.events:
        for argument in event.arguments:
            if argument.filler in removed:
                yield _conflict(
                    event,
                    f"has the {argument.role} {argument.filler}, which the other side removed",
                )
    for claim in annotation.claims:
        for name in (claim.claimer, *claim.events):
            if name in removed:
                yield _conflict(claim, f"refers to {name}, which the other side removed")
    for relation in (*annotation.event_relations, *annotation.claim_relations):
        for name in (relation.source, relation.target):
            if name in removed:
                message = (
                    f"{format_value(relation)}: refers to {name}, which the other side removed"
                )
                yield MergeConflict(id=name, message=message)


def _conflict(item: Item, problem: str) -> MergeConflict:
    return MergeConflict(id=item.id, message=f'{item.id} "{quote_of(item)}": {problem}')
