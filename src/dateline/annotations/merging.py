"""Three-way merge of an annotation that was changed on two sides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from dateline.annotations.differences import format_value
from dateline.annotations.items import Item, clusters_of, items_by_id, kind_of, quote_of
from dateline.model import (
    LAYERS,
    RELATION_FIELDS,
    Annotation,
    Argument,
    Attributes,
    AttributeValue,
    EventCluster,
    Factuality,
    Link,
    Note,
    Relation,
    Struct,
    canonical,
)

E = TypeVar("E", Argument, Factuality, Note, Relation, str)

Links = tuple[Link, ...]

_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "arguments": lambda argument: argument.key,
    "events": lambda event: event,
    "factuality": lambda given: given.source,
}
"""What identifies an element of a field that is a set: each side may add and remove elements."""


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

    Relations are merged by type and ends, attributes by name, links by knowledge base. A change on
    one side is taken over. Conflicts are: both sides change a field differently, one changes an
    item that the other removed, or one refers to an item that the other removed.
    """
    conflicts: list[MergeConflict] = []
    origin, here, there = items_by_id(base), items_by_id(ours), items_by_id(theirs)
    found: dict[str, Item] = {}
    for name in dict.fromkeys((*here, *there)):
        item = _item(origin.get(name), here.get(name), there.get(name), conflicts.append)
        if item is not None:
            found[name] = item
    sides = base, ours, theirs
    relations = {
        field: tuple(
            _relations(
                getattr(base, field), getattr(ours, field), getattr(theirs, field), conflicts.append
            )
        )
        for field in RELATION_FIELDS
    }

    def document_conflict(problem: str) -> None:
        conflicts.append(MergeConflict(id=theirs.document, message=f"document: {problem}"))

    attributes = _attributes(base.attributes, ours.attributes, theirs.attributes, document_conflict)
    used = set(found)
    notes = [
        note
        for note in _notes(base.notes, ours.notes, theirs.notes, conflicts.append)
        if note.item is None or note.item in used or note not in base.notes
    ]
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
        attributes=attributes,
        notes=tuple(notes),
        **relations,
        retired=tuple(
            {name for side in sides for name in (*side.retired, *side.ids())} - used
        ),
    )  # fmt: skip
    known = {*origin, *here, *there}
    conflicts += _dangling(merged, known - used)
    conflicts += [
        MergeConflict(id=note.item, message=f"note on {note.item}, which the other side removed")
        for note in notes
        if note.item is not None and note.item not in used
    ]
    clusters = _event_clusters(*sides, clusters_of(merged), conflicts.append)
    merged = msgspec.structs.replace(merged, event_clusters=tuple(clusters))
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
    if field in _KEYS:

        def conflict(element: Any, problem: str) -> None:
            report(f"{field}: {format_value(element)}: {problem}")

        key = _KEYS[field]
        return tuple(sorted(_elements(base or (), ours, theirs, key, conflict), key=key))
    if field == "attributes":
        return _attributes(base or {}, ours, theirs, report)
    if field == "links":
        return _links(base or (), ours, theirs, report)
    return _either(field, base, ours, theirs, report)


def _attributes(
    base: Attributes, ours: Attributes, theirs: Attributes, report: Callable[[str], None]
) -> Attributes:
    merged: dict[str, AttributeValue | None] = {
        name: _either(name, base.get(name), ours.get(name), theirs.get(name), report)
        for name in sorted({*ours, *theirs})
    }
    return {name: value for name, value in merged.items() if value is not None}


def _links(base: Links, ours: Links, theirs: Links, report: Callable[[str], None]) -> Links:
    def of(links: Links, kb: str) -> Links:
        return tuple(sorted((li for li in links if li.kb == kb), key=lambda li: li.id or ""))

    return tuple(
        link
        for kb in sorted({link.kb for link in (*ours, *theirs)})
        for link in _either("links", of(base, kb), of(ours, kb), of(theirs, kb), report)
    )


def _event_clusters(
    base: Annotation,
    ours: Annotation,
    theirs: Annotation,
    clusters: Collection[str],
    report: Callable[[MergeConflict], None],
) -> Iterator[EventCluster]:
    """The links of the merged clusters; those of a cluster that is gone may not have changed."""
    was, here, there = ({c.id: c.links for c in s.event_clusters} for s in (base, ours, theirs))
    for name in dict.fromkeys((*here, *there)):
        before, mine, other = (side.get(name, ()) for side in (was, here, there))

        def conflict(problem: str, name: str = name) -> None:
            report(MergeConflict(id=name, message=f"event cluster {name}: {problem}"))

        if name in clusters:
            links = _links(before, mine, other, conflict)
            if links:
                yield EventCluster(id=name, links=links)
        elif {mine, other} - {before, ()}:
            conflict("was linked on one side and removed on the other")


def _relations(
    base: Sequence[Relation],
    ours: Sequence[Relation],
    theirs: Sequence[Relation],
    report: Callable[[MergeConflict], None],
) -> Iterator[Relation]:
    def conflict(relation: Relation, problem: str) -> None:
        report(MergeConflict(id=relation.source, message=f"{relation.name}: {problem}"))

    yield from _elements(base, ours, theirs, lambda relation: relation.key, conflict)


def _notes(
    base: Sequence[Note],
    ours: Sequence[Note],
    theirs: Sequence[Note],
    report: Callable[[MergeConflict], None],
) -> Iterator[Note]:
    def conflict(note: Note, problem: str) -> None:
        report(MergeConflict(id=note.item or "", message=f"note on {note.subject}: {problem}"))

    yield from _elements(base, ours, theirs, lambda note: note.item, conflict)


def _elements(
    base: Iterable[E],
    ours: Iterable[E],
    theirs: Iterable[E],
    key: Callable[[E], Hashable],
    report: Callable[[E, str], None],
) -> Iterator[E]:
    """Merge sets of elements that have a key: each side may add, remove and change some."""
    was: dict[Hashable, E] = {key(one): one for one in base}
    here: dict[Hashable, E] = {key(one): one for one in ours}
    there: dict[Hashable, E] = {key(one): one for one in theirs}
    for name in dict.fromkeys((*here, *there)):
        before, mine, other = was.get(name), here.get(name), there.get(name)
        element = here[name] if name in here else there[name]
        if mine is not None and other is not None:
            yield _element(before, mine, other, partial(report, element))
        elif element != before:
            if before is not None:
                report(element, "was changed on one side and removed on the other")
            yield element


def _element(base: E | None, ours: E, theirs: E, report: Callable[[str], None]) -> E:
    """An element that both sides have, and that may differ in its attributes or its value."""
    if isinstance(ours, Argument | Relation):
        old = getattr(base, "attributes", {})
        attributes = _attributes(old, ours.attributes, getattr(theirs, "attributes", {}), report)
        return msgspec.structs.replace(ours, attributes=attributes)
    if isinstance(ours, Factuality):
        value = _either(
            "value",
            getattr(base, "value", None),
            ours.value,
            getattr(theirs, "value", None),
            report,
        )
        return msgspec.structs.replace(ours, value=value)
    if isinstance(ours, Note):
        before = base if isinstance(base, Note) else Note(item=ours.item)
        values = {
            field: _either(
                field, getattr(before, field), getattr(ours, field), getattr(theirs, field), report
            )
            for field in ("text", "unsure")
        }
        return msgspec.structs.replace(ours, **values)
    return ours


def _either(field: str, base: Any, ours: Any, theirs: Any, report: Callable[[str], None]) -> Any:
    """The value of the side that changed it."""
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    report(f"{field}: {format_value(ours)} here, {format_value(theirs)} there")
    return ours


def _dangling(annotation: Annotation, gone: Iterable[str]) -> Iterator[MergeConflict]:
    """References to items that one side removed; the other side added or kept the reference."""
    removed = set(gone)
    for mention in annotation.mentions:
        if mention.entity in removed:
            yield _conflict(mention, f"belongs to {mention.entity}, which the other side removed")
    for event in annotation.events:
        references = [
            *((f"the {argument.role}", argument.filler) for argument in event.arguments),
            *(("factuality by", given.source) for given in event.factuality),
        ]
        for what, name in references:
            if name in removed:
                yield _conflict(event, f"has {what} {name}, which the other side removed")
    for claim in annotation.claims:
        for name in (claim.claimer, *claim.events):
            if name in removed:
                yield _conflict(claim, f"refers to {name}, which the other side removed")
    relations = (r for field in RELATION_FIELDS for r in getattr(annotation, field))
    for relation in relations:
        for name in (relation.source, relation.target):
            if name in removed:
                message = (
                    f"{format_value(relation)}: refers to {name}, which the other side removed"
                )
                yield MergeConflict(id=name, message=message)


def _conflict(item: Item, problem: str) -> MergeConflict:
    return MergeConflict(id=item.id, message=f'{item.id} "{quote_of(item)}": {problem}')
