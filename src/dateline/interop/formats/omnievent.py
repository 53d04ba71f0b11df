"""OmniEvent's unified format: a row for each document, as JSON Lines.

The format is documented in
https://github.com/THU-KEG/OmniEvent/tree/main/scripts/data_processing (Peng et al. 2023). An event
is an event instance with its triggers, and an entity has its mentions. Positions count characters;
OmniEvent splits the text at blanks, which is why it is one of tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dateline.interop.format import Chains, Format, Holds, Output, Placing
from dateline.interop.offsets import Quoted, proved
from dateline.interop.rows import Assembly, Name, Row, read_rows, write_rows
from dateline.interop.source import UNLABELLED, SourceDocument
from dateline.model import Annotation, Document, Event, Mention, Range

_Name = str | int
"""Ids are texts or numbers."""

_TOKEN = re.compile(r"\S+")


class _Mention(Row, frozen=True, kw_only=True):
    id: _Name | None = None
    mention: str
    position: Range


class _Argument(Row, frozen=True, kw_only=True):
    role: str
    mentions: tuple[_Mention, ...]


class _Trigger(Row, frozen=True, kw_only=True):
    id: _Name
    trigger_word: str
    position: Range
    arguments: tuple[_Argument, ...] = ()


class _Event(Row, frozen=True, kw_only=True):
    id: _Name | None = None
    type: str
    triggers: tuple[_Trigger, ...]


class _Negative(Row, frozen=True, kw_only=True):
    id: _Name
    trigger_word: str
    position: Range


class _Entity(Row, frozen=True, kw_only=True):
    id: _Name | None = None
    type: str
    mentions: tuple[_Mention, ...]


class _Document(Row, frozen=True, kw_only=True):
    id: _Name
    text: str
    events: tuple[_Event, ...] = ()
    negative_triggers: tuple[_Negative, ...] = ()
    entities: tuple[_Entity, ...] = ()


def _write(output: Output) -> None:
    write_rows(output.target, (_row(document, annotation) for document, annotation in output.items))


def _row(document: Document, annotation: Annotation) -> _Document:
    mentions = {mention.id: mention for mention in annotation.mentions}
    events = _together(annotation.events, "cluster")
    entities = _together(annotation.mentions, "entity")
    return _Document(
        id=document.id,
        text=document.text,
        events=tuple(
            _Event(
                id=name,
                type=members[0].type,
                triggers=tuple(_trigger(event, mentions) for event in members),
            )
            for name, members in events
        ),
        negative_triggers=tuple(_negative_triggers(document, annotation)),
        entities=tuple(
            _Entity(id=name, type=members[0].type, mentions=tuple(map(_mention, members)))
            for name, members in entities
        ),
    )


def _together(items: Iterable[Any], field: str) -> list[tuple[str, list[Any]]]:
    """The items of each chain with its id; one that is in none is alone, with its own id."""
    chains: dict[tuple[bool, str], list[Any]] = {}
    for item in items:
        chain = getattr(item, field)
        chains.setdefault((chain is None, chain or item.id), []).append(item)
    return [(name, members) for (_, name), members in chains.items()]


def _trigger(event: Event, mentions: Mapping[str, Mention]) -> _Trigger:
    (span,) = event.trigger
    return _Trigger(
        id=event.id,
        trigger_word=span.text,
        position=(span.start, span.end),
        arguments=tuple(
            _Argument(role=argument.role, mentions=(_mention(mentions[argument.filler]),))
            for argument in event.arguments
        ),
    )


def _mention(mention: Mention) -> _Mention:
    (span,) = mention.spans
    return _Mention(id=mention.id, mention=span.text, position=(span.start, span.end))


def _negative_triggers(document: Document, annotation: Annotation) -> Iterator[_Negative]:
    """The tokens that are in no trigger."""
    taken = {at for e in annotation.events for s in e.trigger for at in range(s.start, s.end)}
    tokens = (t for t in _TOKEN.finditer(document.text) if taken.isdisjoint(range(*t.span())))
    for number, token in enumerate(tokens):
        yield _Negative(id=number, trigger_word=token[0], position=token.span())


def _read(path: Path) -> Iterator[SourceDocument]:
    for place, row in read_rows(path, _Document):
        yield _Reading(place, row).document()


class _Reading:
    """Makes an annotation of a row."""

    def __init__(self, place: str, row: _Document) -> None:
        self._place, self._row = place, row
        self._found = Assembly(place, row.text)
        self._positions = self._proved()
        self._names: dict[Range, Name] = {}

    def document(self) -> SourceDocument:
        """The document with its annotation."""
        row = self._row
        for number, entity in enumerate(row.entities, 1):
            members = [self._mention(mention, entity.type) for mention in entity.mentions]
            if len(members) > 1:
                self._found.entity(members, (), str(number if entity.id is None else entity.id))
        for number, event in enumerate(row.events, 1):
            cluster = f"k{number}" if len(event.triggers) > 1 else None
            for trigger in event.triggers:
                place = self._positions[trigger.position]
                self._found.event(("trigger", trigger.id), event.type, [place], cluster)
                for argument in trigger.arguments:
                    self._argument(trigger, argument)
        return self._found.document(str(row.id))

    def _mention(self, mention: _Mention, label: str | None) -> Name:
        name: Name = ("mention", mention.position if mention.id is None else mention.id)
        self._names.setdefault(mention.position, name)
        self._found.mention(name, label, [self._positions[mention.position]])
        return name

    def _argument(self, trigger: _Trigger, argument: _Argument) -> None:
        """Add an argument for each of its mentions; one that is in no entity has no type."""
        for mention in argument.mentions:
            name: Name = ("mention", mention.id)
            if mention.id is None or not self._found.has(name):
                known = self._names.get(mention.position)
                name = self._mention(mention, None) if known is None else known
            shown = f"{trigger.id} {argument.role} {mention.mention}"
            self._found.argument(("trigger", trigger.id), argument.role, name, shown)

    def _proved(self) -> dict[Range, Range]:
        """The ranges in code points by the positions of the row, as the texts prove them."""
        row = self._row
        triggers = [trigger for event in row.events for trigger in event.triggers]
        mentions = [mention for entity in row.entities for mention in entity.mentions]
        mentions += [m for t in triggers for a in t.arguments for m in a.mentions]
        quoted = [Quoted([m.position], m.mention) for m in mentions]
        quoted += [Quoted([t.position], t.trigger_word) for t in triggers]
        shown = [*(m.mention for m in mentions), *(t.trigger_word for t in triggers)]
        found = proved(
            row.text, quoted, lambda index: f'{self._place}: "{shown[index]}"', self._place
        )
        return {item.ranges[0]: place for item, (place,) in zip(quoted, found, strict=True)}


_PLACING = Placing(discontinuous="envelope", within_tokens=False)

FORMAT = Format(
    name="omnievent",
    title="OmniEvent",
    suffix=".jsonl",
    holds=Holds(
        kinds=frozenset(
            {
                "texts",
                "mentions",
                "coreference",
                "entities",
                "events",
                "arguments",
                "event coreference",
            }
        ),
        text="tokens",
        mentions=_PLACING,
        triggers=_PLACING,
        entities=Chains(singletons="none", one_type=True, empty=False, named=False),
        events=Chains(singletons="none", one_type=True),
        fillers=frozenset({"mention"}),
    ),
    reader=_read,
    writer=_write,
    notes=(
        "The text is rebuilt from the tokens, as OmniEvent splits it at blanks. Tokens that are in "
        "no trigger are negative triggers. An argument that is in no entity is read as a mention "
        f'of type "{UNLABELLED}".'
    ),
)
