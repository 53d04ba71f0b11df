"""Prodigy JSON Lines: tasks with spans of tokens, and relations between spans.

The fields are those of the interfaces ``spans_manual`` and ``relations``. As in the recipe
``coref.manual``, relations with the label COREF join the mentions of an entity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.annotations.items import chains_of
from dateline.errors import InvalidInputError
from dateline.interop.format import Chains, Format, Holds, Output, Placing
from dateline.interop.formats.docbin.tokens import words_of
from dateline.interop.offsets import Quoted, in_code_points, places_of, proved
from dateline.interop.representation import with_derived_names
from dateline.interop.rows import Row, read_rows, span_in, write_rows
from dateline.interop.source import (
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    count_items,
    source_annotation,
    spans_at,
    without_type,
)
from dateline.interop.spool import Spool
from dateline.model import Annotation, Document, Entity, Mention, MetaValue, Range, Relation
from dateline.text import sha256_of_text

COREF = "COREF"

_TWICE = "the same is there twice"


def _write(output: Output) -> None:
    tasks = (_task(document, annotation) for document, annotation in output.items)
    write_rows(output.target, tasks)


def _task(document: Document, annotation: Annotation) -> dict[str, Any]:
    words, numbered = words_of(document)
    inside = {number for number, _ in numbered}
    tokens = []
    position = 0
    for number, (word, space) in enumerate(words):
        end = position + len(word)
        token = {"text": word, "start": position, "end": end, "id": number, "ws": space}
        tokens.append(token if number in inside else {**token, "disabled": True, "gap": True})
        position = end + space
    starts = {start: number for number, (start, _) in numbered}
    ends = {end: number for number, (_, end) in numbered}
    spans = {
        mention.id: {
            "start": mention.spans[0].start,
            "end": mention.spans[0].end,
            "token_start": starts[mention.spans[0].start],
            "token_end": ends[mention.spans[0].end],
            "label": mention.type,
        }
        for mention in annotation.mentions
    }
    joined = [(r.source, r.target, r.type) for r in annotation.relations]
    for chain in chains_of(annotation).values():
        joined += [(later, first, COREF) for first, later in pairwise(chain)]
    relations = [
        {
            "head": spans[head]["token_end"],
            "child": spans[child]["token_end"],
            "head_span": spans[head],
            "child_span": spans[child],
            "label": label,
        }
        for head, child, label in joined
    ]
    return {
        "text": document.text,
        "tokens": tokens,
        "sentences": document.sentences,
        "spans": [*spans.values()],
        "relations": relations,
        "meta": {"id": document.id},
        "answer": "accept",
    }


class _Span(Row, frozen=True):
    start: int
    end: int
    label: str | None = None
    text: str | None = None
    token_start: int | None = None
    token_end: int | None = None


class _Token(Row, frozen=True):
    text: str
    start: int
    end: int
    id: int
    gap: bool = False


class _Relation(Row, frozen=True):
    head: int
    child: int
    label: str
    head_span: _Span | None = None
    child_span: _Span | None = None


class _Task(Row, frozen=True):
    text: str
    tokens: tuple[_Token, ...] = ()
    sentences: tuple[Range, ...] = ()
    spans: tuple[_Span, ...] = ()
    relations: tuple[_Relation, ...] = ()
    meta: Mapping[str, Any] = {}
    answer: str = "accept"
    label: Any = None
    accept: tuple[Any, ...] = ()
    annotator: str | None = msgspec.field(default=None, name="_annotator_id")


class _Placed(Row, frozen=True):
    """A task, and its file and line."""

    place: str
    task: _Task


def _read(path: Path) -> Iterator[SourceDocument]:
    """A document for each text; the tasks of one annotator with the same text are one."""
    tasks = Spool(_Placed)
    by_text: dict[str, list[int]] = {}
    for place, task in read_rows(path, _Task):
        at = tasks.append(_Placed(place=place, task=task))
        by_text.setdefault(sha256_of_text(task.text), []).append(at)
    names: set[str] = set()
    for number, positions in enumerate(by_text.values(), 1):
        some = [tasks[position] for position in positions]
        given = some[0].task.meta.get("id")
        name = given if isinstance(given, str) and given else path.stem
        if name != given or name in names:
            name = f"{name}-{number}"
        names.add(name)
        yield _document(name, some)


def _document(name: str, tasks: Sequence[_Placed]) -> SourceDocument:
    text = tasks[0].task.text
    by_annotator: dict[str, _Annotations] = {}
    meta: dict[str, MetaValue] = {}
    losses: list[SourceLoss] = []
    for place, task in ((one.place, one.task) for one in tasks):
        annotator = task.annotator or UNNAMED
        if annotator not in by_annotator:
            by_annotator[annotator] = _Annotations(name, text, annotator)
        by_annotator[annotator].add(place, task)
        for key, value in _metadata(task):
            if meta.setdefault(key, value) != value:
                reason = "another task with the same text has another value"
                losses.append(SourceLoss(kind="metadata", name=f"meta.{key}", reason=reason))
    annotations = {
        who: found.annotation() for who, found in by_annotator.items() if found.is_accepted
    }
    losses += (loss for found in by_annotator.values() for loss in found.losses)
    segments = next((s for found in by_annotator.values() if (s := found.segments)), None)
    return SourceDocument(
        name=name,
        text=text,
        sentences=segments[0] if segments else None,
        tokens=segments[1] if segments else None,
        meta=meta,
        annotations=annotations,
        items=count_items(annotations.values(), losses),
        losses=tuple(losses),
    )


def _metadata(task: _Task) -> Iterator[tuple[str, MetaValue]]:
    """What a task has under ``meta``; lists and tables as JSON."""
    for key, value in task.meta.items():
        if key != "id" and value is not None:
            is_plain = isinstance(value, str | bool | int | float)
            yield key, value if is_plain else msgspec.json.encode(value).decode()


class _Annotations:
    """What one annotator has said of one text, in one task or several."""

    def __init__(self, name: str, text: str, annotator: str) -> None:
        self._name, self._text, self._annotator = name, text, annotator
        self._mentions: dict[tuple[Range, str], Mention] = {}
        self._relations: dict[tuple[str, str, str], Relation] = {}
        self._labels: dict[Range, str] = {}
        self.losses: list[SourceLoss] = []
        self.is_accepted = False
        self.segments: tuple[tuple[Range, ...], tuple[Range, ...]] | None = None

    def add(self, line: str, task: _Task) -> None:
        """Add what a task has; that of one that was not accepted is left out."""
        if task.answer != "accept":
            reason = f'the answer is "{task.answer}"'
            for kind, values in (("mentions", task.spans), ("relations", task.relations)):
                self._lose_all(kind, line, values, reason)
            return
        self.is_accepted = True
        chosen = [*task.accept, *([task.label] if task.label is not None else [])]
        self._lose_all("choices", line, chosen, "labels of a text are not imported")
        places = self._places(line, task)
        if task.sentences and task.tokens:
            for start, end in task.sentences:
                span_in(f"{line}, sentences", self._text, start, end)
            words = (t for t in task.tokens if not t.gap and not t.text.isspace())
            self.segments = task.sentences, tuple(places[_at(t)] for t in words)
        by_token: dict[int, str] = {}
        for at, span in enumerate(task.spans, 1):
            if (places[span], span.label or UNLABELLED) in self._mentions:
                self._lose("mentions", f"{_short(line)}, {at}", _TWICE)
            found = self._mention(places[span], span.label)
            if span.token_end is not None:  # which is the token that relations name
                by_token.setdefault(span.token_end, found)
        tokens = {token.id: token for token in task.tokens}
        for relation in task.relations:
            ends = []
            for at, given in (
                (relation.head, relation.head_span),
                (relation.child, relation.child_span),
            ):
                if given is None and at in by_token:
                    ends.append(by_token[at])
                    continue
                if given is None and at not in tokens:
                    raise InvalidInputError(
                        f'{line}, relation "{relation.label}": there is no token {at}. Correct it.'
                    )
                place = given or _at(tokens[at])
                ends.append(self._mention(places[place], place.label))
            read = Relation(type=relation.label, source=ends[0], target=ends[1])
            if self._relations.setdefault(read.key, read) is not read:
                self._lose("relations", f"{_short(line)}, {read.name}", _TWICE)

    def annotation(self) -> Annotation:
        """The annotation; relations with the label COREF are chains."""
        mentions = {mention.id: mention for mention in self._mentions.values()}
        pairs = [(r.source, r.target) for r in self._relations.values() if r.type == COREF]
        joined = {name for pair in pairs for name in pair}
        entities = []
        for number, chain in enumerate(components(sorted(joined), pairs), 1):
            entities.append(Entity(id=f"x{number}", type="", name=""))
            for name in chain:
                mentions[name] = replace(mentions[name], entity=f"x{number}")
        annotation = replace(
            source_annotation(self._name),
            mentions=tuple(mentions.values()),
            entities=tuple(entities),
            relations=tuple(r for r in self._relations.values() if r.type != COREF),
        )
        return with_derived_names(annotation)

    def _lose(self, kind: str, name: str, reason: str) -> None:
        self.losses.append(SourceLoss(kind=kind, name=name, reason=reason))

    def _lose_all(self, kind: str, line: str, values: Sequence[Any], reason: str) -> None:
        for at in range(1, len(values) + 1):
            self._lose(kind, f"{_short(line)}, {at}", reason)

    def _mention(self, place: Range, label: str | None) -> str:
        """The id of the mention with this place and label, or of any one there without a label."""
        first = self._labels.setdefault(place, label or UNLABELLED)
        key = place, label or first
        if key not in self._mentions:
            name = f"m{len(self._mentions) + 1}"
            spans = spans_at(self._text, [place])
            self._mentions[key] = Mention(id=name, spans=spans, type=key[1])
            if not label:
                self.losses.append(without_type(name, self._annotator))
        return self._mentions[key].id

    def _places(self, line: str, task: _Task) -> dict[_Span, Range]:
        """The offsets of all spans, in code points if the texts of tokens and spans tell."""
        spans = list(task.spans)
        for relation in task.relations:
            spans += [s for s in (relation.head_span, relation.child_span) if s is not None]
        spans += map(_at, task.tokens)
        quoted = [(s, Quoted([(s.start, s.end)], s.text)) for s in spans if s.text is not None]
        unit = in_code_points(self._text, [quote for _, quote in quoted])
        if unit is None:
            proved(self._text, [q for _, q in quoted], lambda at: _named(line, quoted[at][0]), line)
        at = places_of(self._text, unit[0] if unit else "code points")
        places = {}
        for span in spans:
            given = at.get(span.start, span.start), at.get(span.end, span.end)
            (place,) = span_in(_named(line, span), self._text, *given)
            places[span] = place.start, place.end
        return places


def _named(line: str, span: _Span) -> str:
    return f'{line}, span "{span.label or span.text or ""}"'


def _short(line: str) -> str:
    """The place of a line without its file."""
    return line.rpartition(", ")[2]


def _at(token: _Token) -> _Span:
    return _Span(start=token.start, end=token.end, text=token.text)


FORMAT = Format(
    name="prodigy",
    title="Prodigy",
    suffix=".jsonl",
    holds=Holds(
        kinds=frozenset(
            {"texts", "segmentation", "mentions", "coreference", "entities", "relations"}
        ),
        unwritable=f"^{COREF}$",
        mentions=Placing(discontinuous="left out", duplicates=False, within_tokens=False),
        entities=Chains(singletons="none", empty=False, named=False),
    ),
    reader=_read,
    writer=_write,
    notes=(
        "Tasks for the interfaces relations and spans_manual. Chains are relations with the label "
        "COREF. Sentences are in a field of their own. Tasks of one person with the same text are "
        "read as one annotation; what was not accepted is left out."
    ),
)
