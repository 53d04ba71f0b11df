"""Rows of JSON Lines files, the items that their ids stand for, and what is lost of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.files.lines import read_byte_lines
from dateline.files.reading import MalformedError, decode_json_as
from dateline.interop.representation import filled, with_derived_names
from dateline.interop.source import (
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    count_items,
    dangling,
    source_annotation,
    spans_at,
    without_type,
)
from dateline.model import Entity, Event, Link, Mention, Range, Relation, Spans

LONGEST_ROW = 256 * 1024**2
"""Bytes of a row that is read."""


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of the rows of a format; fields that are not declared are ignored."""


R = TypeVar("R", bound=Row)

Name = tuple[Hashable, ...]


def read_rows(path: Path, kind: type[R]) -> Iterator[tuple[str, R]]:
    """The rows of a file with their places. Raises InvalidInputError naming file and line."""
    for number, content in read_byte_lines(path, LONGEST_ROW):
        place = f"{path}, line {number}"
        if content is None:
            raise InvalidInputError(f"{place}: is longer than {LONGEST_ROW:,} bytes.")
        if content.strip():
            try:
                yield place, decode_json_as(content, kind)
            except MalformedError as error:
                raise InvalidInputError(f"{place}: {error.problem}.") from None


def span_in(place: str, text: str, start: int, end: int) -> Spans:
    """The span at these offsets. Raises InvalidInputError if they are not in the text."""
    if not 0 <= start < end <= len(text):
        raise InvalidInputError(
            f"{place}: {start} to {end} is not in the text, which has {len(text):,} characters. "
            "Correct the offsets, which count characters."
        )
    return spans_at(text, [(start, end)])


def write_rows(path: Path, rows: Iterable[Any]) -> None:
    """Write a file with a line for each row."""
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for row in rows:
            file.write(encode(row) + b"\n")


class Assembly:
    """An annotation in the making, of items that a source names by ids of its own.

    ``place`` is where the source has the document. A name is an id after what it is an id of, if
    not of the document. Items get new ids; what refers to a name that does not exist is lost.
    """

    def __init__(self, place: str, text: str) -> None:
        self._place, self._text = place, text
        self._items: dict[Name, Mention | Event] = {}
        self._entities: list[Entity] = []
        self._relations: dict[tuple[str, str, str], Relation] = {}
        self._losses: list[SourceLoss] = []
        self._left_out: set[Name] = set()

    def mention(self, name: Name, label: str | None, ranges: Iterable[Range]) -> None:
        """Add a mention; ``label`` is None if the source has none."""
        mention = Mention(
            id=f"m{len(self._items) + 1}",
            spans=spans_at(self._text, ranges),
            type=label or UNLABELLED,
        )
        self._add(name, mention)
        if not label:
            self._losses.append(without_type(mention.id))

    def event(
        self, name: Name, label: str, ranges: Iterable[Range], cluster: str | None = None
    ) -> None:
        """Add an event without arguments."""
        spans = spans_at(self._text, ranges)
        number = len(self._items) + 1
        self._add(name, Event(id=f"e{number}", trigger=spans, type=label, cluster=cluster))

    def argument(self, event: Name, role: str, filler: Name, shown: str) -> None:
        """Add an argument to an event; ``shown`` names it in the report."""
        found, item = self._items.get(event), self._items.get(filler)
        if not isinstance(found, Event) or item is None:
            self._lose_reference("arguments", shown, (event, filler), ("role", role))
            return
        argument = filled(role, "mention" if isinstance(item, Mention) else "event", item.id)
        if argument.key in {other.key for other in found.arguments}:
            self.lose("arguments", shown, "is given twice")
            return
        self._items[event] = replace(found, arguments=(*found.arguments, argument))

    def relation(self, label: str, source: Name, target: Name, shown: str) -> None:
        """Add a relation of mentions; ``shown`` names it in the report."""
        ends = [self._items.get(source), self._items.get(target)]
        if not all(isinstance(end, Mention) for end in ends):
            self._lose_reference("relations", shown, (source, target), ("relation", label))
            return
        relation = Relation(type=label, source=ends[0].id, target=ends[1].id)  # type: ignore[union-attr]
        if self._relations.setdefault(relation.key, relation) is not relation:
            self.lose("relations", shown, "is given twice")

    def entity(self, members: Iterable[Name], links: Iterable[Link], shown: str) -> None:
        """Join mentions to an entity; ``shown`` names it in the report."""
        name = f"x{len(self._entities) + 1}"
        joined = False
        for member in members:
            mention = self._items.get(member)
            if not isinstance(mention, Mention):
                self._lose_reference("coreference", f"{shown} {member[-1]}", [member])
            elif mention.entity is not None:
                self.lose(
                    "coreference", f"{shown} {member[-1]}", "refers to another entity already"
                )
            else:
                self._items[member] = replace(mention, entity=name)
                joined = True
        if joined:
            links = tuple(dict.fromkeys(links))
            self._entities.append(Entity(id=name, type="", name="", links=links))

    def has(self, name: Name) -> bool:
        """Whether there is an item with this name."""
        return name in self._items

    def lose(self, kind: str, shown: str, reason: str, item: Name | None = None) -> None:
        """Count something that is left out; ``item`` is its name if others may refer to it."""
        self._losses.append(SourceLoss(kind=kind, name=shown, reason=reason))
        if item is not None:
            self._left_out.add(item)

    def _lose_reference(
        self, kind: str, shown: str, names: Iterable[Name], *labels: tuple[str, str]
    ) -> None:
        """Leave out what refers to these names; it is an error if there is no item with one."""
        for name in names:
            if name in self._left_out:
                self.lose(kind, shown, f"{name[-1]} is left out")
                return
            if name not in self._items:
                self._losses.append(dangling(kind, shown, name[-1], *labels))
                return
        self.lose(kind, shown, "is not one of mentions")

    def document(self, name: str, **fields: Any) -> SourceDocument:
        """The document; ``fields`` are those of `SourceDocument` beside text and annotations."""
        items = self._items.values()
        annotation = with_derived_names(
            replace(
                source_annotation(name),
                mentions=tuple(item for item in items if isinstance(item, Mention)),
                entities=tuple(self._entities),
                relations=tuple(self._relations.values()),
                events=tuple(item for item in items if isinstance(item, Event)),
            )
        )
        return SourceDocument(
            name=name,
            text=self._text,
            annotations={UNNAMED: annotation},
            items=count_items([annotation], self._losses),
            losses=tuple(self._losses),
            **fields,
        )

    def _add(self, name: Name, item: Mention | Event) -> None:
        if self._items.setdefault(name, item) is not item:
            raise InvalidInputError(
                f'{self._place}: "{name[-1]}" is the id of two items. Give each its own.'
            )
