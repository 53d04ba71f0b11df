"""Finds items, and passages of text, that meet conditions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dateline.errors import InvalidInputError
from dateline.model import FIELD_LAYERS, GOLD, AttributeValue, Range, Struct
from dateline.search.conditions import (
    DOCUMENT,
    KINDS,
    PARTS,
    CheckedConditions,
    Conditions,
    checked,
)
from dateline.search.disagreement import is_in_other
from dateline.search.items import Item, Items, attributes_of, label_of, without_nulls
from dateline.search.pattern import Pattern
from dateline.search.rows import AnnotatedRow, Content, Source

PASSAGE = "text"
"""The kind of what is found by its text alone."""


class Found(Struct, frozen=True):
    """An item, or a passage of text, in a document.

    ``kind`` is mention, event, claim, relation, event_relation, claim_relation, or text for a
    passage, which has no annotator, label or item. Relations and passages have no id. ``ranges``
    are the offsets of the fragments; of a relation, those of both ends. ``sentences`` are the
    numbers of the sentences that they overlap. ``text`` is their text, joined by spaces; None if
    the text is withheld. ``item`` is the item as it is in the row, without attributes that are not
    given, and ``row`` the document with its annotations.
    """

    row: AnnotatedRow
    annotator: str | None
    kind: str
    id: str | None
    label: str | None
    ranges: tuple[Range, ...]
    text: str | None
    sentences: tuple[int, ...]
    item: Item | None = None


def find(
    source: Source,
    conditions: Conditions,
    *,
    annotator: str = GOLD,
    documents: Collection[str] = (),
    split: str | None = None,
) -> Iterator[Found]:
    """Find what meets all conditions, in the order of documents and of their texts.

    Found are the items of the kinds that were asked for, or the passages that match ``text`` if
    there are none. With several kinds, or kinds and ``text``, each result shares a sentence with a
    match of every other one. ``documents`` and ``split`` restrict the documents, and ``annotator``
    is whose annotation is searched, if the conditions do not name two.

    Raises DatelineError for conditions that the ontology does not allow, and for an annotator,
    document or split that there is not.
    """
    allowed = checked(conditions, source.ontology)
    names = conditions.disagree or (annotator,)
    if len({*names}) < len(names):
        raise InvalidInputError(f'Expected two annotators, but "{names[0]}" is given twice.')
    search = _Search(allowed, names)
    # Passages are found in documents without annotations too.
    needed = names if allowed.results or allowed.attributes else ()
    for row in source.rows(needed, documents, split):
        yield from search.in_row(row)


class _Search:
    def __init__(self, conditions: CheckedConditions, annotators: Sequence[str]) -> None:
        self._conditions = conditions
        self._annotators = annotators
        given = conditions.given
        self._text, self._quote, self._claimer_name = (
            None if pattern is None else Pattern(pattern)
            for pattern in (given.text, given.quote, given.claimer_name)
        )

    def in_row(self, row: AnnotatedRow) -> Iterator[Found]:
        """What is found in a document, in the order of its text."""
        results: list[Found] = []
        for annotator in self._annotators:
            content = row.contents.get(annotator, {})
            wanted = self._conditions.attributes.get(DOCUMENT, {})
            if not _has(content, wanted):
                continue
            if not self._conditions.results:
                results += self._passages(row)
            elif content:
                results += self._items(row, annotator)
        yield from sorted(results, key=lambda found: found.ranges)

    def _items(self, row: AnnotatedRow, annotator: str) -> Iterator[Found]:
        items = Items(row.contents[annotator])
        groups = {
            kind: self._of_kind(row, annotator, kind, items) for kind in self._conditions.results
        }
        required = {kind: _sentences(groups[kind]) for kind in self._conditions.asked}
        if self._text is not None:
            required[PASSAGE] = _sentences(self._passages(row))
        for kind, group in groups.items():
            places = [numbers for other, numbers in required.items() if other != kind]
            yield from (
                found for found in group if all(n.intersection(found.sentences) for n in places)
            )

    def _passages(self, row: AnnotatedRow) -> Iterator[Found]:
        if self._text is not None and row.text is not None:
            for place in self._text.matches(row.text):
                yield _found(row, None, PASSAGE, None, (place,))

    def _of_kind(self, row: AnnotatedRow, annotator: str, kind: str, items: Items) -> list[Found]:
        """The items of a kind that meet the conditions on items alone."""
        labels = self._conditions.given.labels.get(kind, ())
        results = []
        for field in KINDS[kind]:
            for item in self._candidates(row, annotator, field):
                if (
                    (labels and label_of(item) not in labels)
                    or not self._has_attributes(kind, item, items)
                    or (kind == "event" and not self._has_roles(item, items))
                    or (kind == "claim" and not self._has_claimer(item, items))
                ):
                    continue
                name = field.removesuffix("s")
                found = _found(row, annotator, name, item, items.ranges(item))
                if self._quote is None or (found.text and self._quote.is_in(found.text)):
                    results.append(found)
        return results

    def _candidates(self, row: AnnotatedRow, annotator: str, field: str) -> Iterator[Item]:
        """The items of a field; with two annotators, those that the other one has not."""
        mine = row.contents[annotator]
        others = [name for name in self._annotators if name != annotator]
        if not others:
            yield from mine.get(field) or ()
        for theirs in (row.contents[name] for name in others if name in row.contents):
            if FIELD_LAYERS[field] in {*mine["layers"]} & {*theirs["layers"]}:
                yield from (item for item, equal in is_in_other(mine, theirs, field) if not equal)

    def _has_attributes(self, kind: str, item: Item, items: Items) -> bool:
        """Whether an item, or one of its parts, has each of the attributes."""
        of_kind = {
            part: values
            for part, values in self._conditions.attributes.items()
            if PARTS.get(part, part) == kind
        }
        return all(
            any(
                _has(one, {name: values[name]})
                for part, values in of_kind.items()
                if name in values
                for one in self._parts(part, item, items)
            )
            for name in {name for values in of_kind.values() for name in values}
        )

    def _parts(self, part: str, item: Item, items: Items) -> Iterable[Item]:
        """The item itself, the entity of a mention, or arguments of an event."""
        if part == "entity":
            return items.entity(item)
        if part == "argument":
            roles = {role for role, _ in self._conditions.given.roles}
            return [a for a in item["arguments"] if not roles or a["role"] in roles]
        return (item,)

    def _has_roles(self, event: Item, items: Items) -> bool:
        return all(
            any(
                argument["role"] == role and filler in (None, items.filler_type(argument))
                for argument in event["arguments"]
            )
            for role, filler in self._conditions.given.roles
        )

    def _has_claimer(self, claim: Item, items: Items) -> bool:
        claimers = self._conditions.given.claimers
        if claimers and items.claimer_type(claim) not in claimers:
            return False
        name = self._claimer_name
        return name is None or any(map(name.is_in, items.claimer_names(claim)))


def _found(
    row: AnnotatedRow,
    annotator: str | None,
    kind: str,
    item: Item | None,
    ranges: tuple[Range, ...],
) -> Found:
    return Found(
        row=row,
        annotator=annotator,
        kind=kind,
        id=item.get("id") if item else None,
        label=label_of(item) if item else None,
        ranges=ranges,
        text=None if row.text is None else " ".join(row.text[a:b] for a, b in ranges),
        sentences=tuple(sorted({n for place in ranges for n in _touched(row.sentences, place)})),
        item=without_nulls(item) if item else None,
    )


def _touched(sentences: Sequence[Range], place: Range) -> range:
    """The numbers of the sentences that a range overlaps."""
    start, end = place
    first = bisect_right(sentences, start, key=lambda sentence: sentence[1])
    return range(first, bisect_left(sentences, end, key=lambda sentence: sentence[0]))


def _has(item: Content, wanted: Mapping[str, AttributeValue]) -> bool:
    """Whether an item or a document has these attributes; of several labels, one."""
    given: Mapping[str, Any] = attributes_of(item) if wanted else {}
    return all(
        value in found if isinstance(found := given.get(name), list | tuple) else found == value
        for name, value in wanted.items()
    )


def _sentences(found: Collection[Found] | Iterator[Found]) -> set[int]:
    return {number for one in found for number in one.sentences}
