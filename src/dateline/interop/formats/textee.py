"""TextEE: a window of text with its tokens, mentions and events on each line, as JSON.

The format is that of the processed data of https://github.com/ej0cl6/TextEE (Huang et al. 2024),
which extends that of OneIE. A window is a sentence; offsets count its tokens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from dateline.errors import InvalidInputError
from dateline.interop.format import Format, Holds, Output, Placing
from dateline.interop.representation import text_of_tokens, tokens_by_sentence
from dateline.interop.rows import Assembly, Row, read_rows, write_rows
from dateline.interop.source import SourceDocument
from dateline.model import Annotation, Document, Range, Spans

_SOURCE, _TARGET = "Arg-1", "Arg-2"


class _Span(Row, frozen=True, kw_only=True):
    text: str
    start: int
    end: int


class _Entity(_Span, frozen=True, kw_only=True):
    id: str
    entity_type: str


class _Argument(_Span, frozen=True, kw_only=True):
    entity_id: str
    role: str


class _RelationArgument(Row, frozen=True, kw_only=True):
    entity_id: str
    role: str
    text: str
    start: int | None = None
    end: int | None = None


class _Event(Row, frozen=True, kw_only=True):
    id: str
    event_type: str
    trigger: _Span
    arguments: tuple[_Argument, ...]


class _Relation(Row, frozen=True, kw_only=True):
    id: str
    relation_type: str
    arguments: tuple[_RelationArgument, ...]


class _Window(Row, frozen=True, kw_only=True):
    doc_id: str
    wnd_id: str
    text: str
    lang: str = ""
    tokens: tuple[str, ...]
    entity_mentions: tuple[_Entity, ...] = ()
    relation_mentions: tuple[_Relation, ...] = ()
    event_mentions: tuple[_Event, ...] = ()


def _write(output: Output) -> None:
    write_rows(
        output.target,
        (row for document, annotation in output.items for row in _windows(document, annotation)),
    )


class _Sentence:
    """Tokens of a sentence, by which spans become token offsets."""

    def __init__(self, tokens: Sequence[Range]) -> None:
        self._starts = [start for start, _ in tokens]
        self._ends = [end for _, end in tokens]

    def span(self, spans: Spans) -> _Span:
        (span,) = spans
        start, end = bisect_left(self._starts, span.start), bisect_left(self._ends, span.end) + 1
        return _Span(text=span.text, start=start, end=end)


def _windows(document: Document, annotation: Annotation) -> Iterator[_Window]:
    sentences = tokens_by_sentence(document.sentences, document.tokens)
    starts = [tokens[0][0] for tokens in sentences]

    def at(spans: Spans) -> int:
        return bisect_right(starts, spans[0].start) - 1

    places = {mention.id: mention for mention in annotation.mentions}
    groups: list[tuple[list[_Entity], list[_Relation], list[_Event]]]
    groups = [([], [], []) for _ in sentences]
    spans = [_Sentence(tokens) for tokens in sentences]
    entities: dict[str, _Entity] = {}
    for mention in annotation.mentions:
        number = at(mention.spans)
        span = spans[number].span(mention.spans)
        entities[mention.id] = _Entity(
            id=mention.id, entity_type=mention.type, text=span.text, start=span.start, end=span.end
        )
        groups[number][0].append(entities[mention.id])
    for count, relation in enumerate(annotation.relations, 1):
        ends = ((entities[relation.source], _SOURCE), (entities[relation.target], _TARGET))
        arguments = tuple(
            _RelationArgument(entity_id=e.id, role=role, text=e.text, start=e.start, end=e.end)
            for e, role in ends
        )
        groups[at(places[relation.source].spans)][1].append(
            _Relation(id=f"relation-{count}", relation_type=relation.type, arguments=arguments)
        )
    for event in annotation.events:
        number = at(event.trigger)
        fillers = [(argument.role, entities[argument.filler]) for argument in event.arguments]
        groups[number][2].append(
            _Event(
                id=event.id,
                event_type=event.type,
                trigger=spans[number].span(event.trigger),
                arguments=tuple(
                    _Argument(entity_id=e.id, role=role, text=e.text, start=e.start, end=e.end)
                    for role, e in fillers
                ),
            )
        )
    for number, (tokens, (mentions, relations, events)) in enumerate(
        zip(sentences, groups, strict=True)
    ):
        yield _Window(
            doc_id=document.id,
            wnd_id=f"{document.id}_{number}",
            text=document.text[tokens[0][0] : tokens[-1][1]],
            lang=document.language or "",
            tokens=tuple(document.text[start:end] for start, end in tokens),
            entity_mentions=tuple(mentions),
            relation_mentions=tuple(relations),
            event_mentions=tuple(events),
        )


class _Placed(NamedTuple):
    place: str
    window: _Window


def _read(path: Path) -> Iterator[SourceDocument]:
    documents: dict[str, list[_Placed]] = {}
    for place, window in read_rows(path, _Window):
        for token in window.tokens:
            if not token.strip():
                raise InvalidInputError(f"{place}: tokens: has an empty one. Remove it.")
        documents.setdefault(window.doc_id, []).append(_Placed(place, window))
    for name, windows in documents.items():
        yield _document(name, [placed for placed in windows if placed.window.tokens])


def _document(name: str, windows: Sequence[_Placed]) -> SourceDocument:
    text, lines, words = text_of_tokens([placed.window.tokens for placed in windows])
    found = Assembly(windows[0].place if windows else name, text)
    first = 0
    for number, (place, window) in enumerate(windows):
        tokens = words[first : first + len(window.tokens)]
        first += len(tokens)
        for entity in window.entity_mentions:
            ranges = [_range(place, entity.id, entity, tokens)]
            found.mention((number, entity.id), entity.entity_type, ranges)
        for event in window.event_mentions:
            ranges = [_range(place, event.id, event.trigger, tokens)]
            found.event((number, event.id), event.event_type, ranges)
            for argument in event.arguments:
                shown = f"{event.id} {argument.role} {argument.entity_id}"
                filler = (number, argument.entity_id)
                found.argument((number, event.id), argument.role, filler, shown)
        for relation in window.relation_mentions:
            ends = dict(_ends(relation.arguments))
            source, target = (number, ends.get(_SOURCE)), (number, ends.get(_TARGET))
            found.relation(relation.relation_type, source, target, relation.id)
    language = windows[0].window.lang if windows else ""
    return found.document(name, sentences=lines, tokens=words, language=language or None)


def _ends(arguments: Iterable[_RelationArgument]) -> Iterator[tuple[str, str]]:
    """The ends of a relation by their roles; other roles than those of OneIE are in order."""
    for argument, role in zip(arguments, (_SOURCE, _TARGET), strict=False):
        known = argument.role in (_SOURCE, _TARGET)
        yield argument.role if known else role, argument.entity_id


def _range(place: str, name: str, span: _Span, tokens: Sequence[Range]) -> Range:
    if not 0 <= span.start < span.end <= len(tokens):
        raise InvalidInputError(
            f'{place}: "{name}" has the offsets {span.start} to {span.end}, which are not those of '
            f"tokens: there are {len(tokens)}. Correct them."
        )
    return tokens[span.start][0], tokens[span.end - 1][1]


_PLACING = Placing(discontinuous="envelope", within_tokens=False, across_sentences=False)

FORMAT = Format(
    name="textee",
    title="TextEE",
    suffix=".json",
    holds=Holds(
        kinds=frozenset({"texts", "segmentation", "mentions", "relations", "events", "arguments"}),
        metadata=frozenset({"language"}),
        text="tokens",
        mentions=_PLACING,
        triggers=_PLACING,
        fillers=frozenset({"mention"}),
        joins_sentences=False,
    ),
    reader=_read,
    writer=_write,
    notes="Windows are sentences; the text is rebuilt from the tokens.",
)
