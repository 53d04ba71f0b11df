"""Every disagreement of two annotators on a document, in its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.agreement.counts import sentence_of
from dateline.agreement.pairing import (
    RELATIONS_OF,
    matched_entities,
    paired_arguments,
    paired_factuality,
    paired_relations,
)
from dateline.annotations.differences import format_value
from dateline.annotations.items import (
    TextItem,
    clusters_of,
    items_of_layer,
    label_of,
    ranges_of,
    spans_of,
    text_items,
    text_of,
)
from dateline.annotations.matching import Matches
from dateline.model import (
    SPAN_LAYERS,
    Annotation,
    Attributes,
    Claim,
    Document,
    Event,
    Link,
    Mention,
    Relation,
    Span,
    Spans,
    Struct,
)

CONTEXT = 60
"""Code points of context on each side."""

NOTHING = "nothing"

Values = tuple[str, str, str]
"""An aspect of an item, and the value of each annotator."""

Row = tuple[Spans, str, str | None, str | None]
"""The place of an item, an aspect of it, and the value of each annotator."""


class Disagreement(Struct, frozen=True):
    """An item or an aspect of it on which two annotators disagree.

    ``aspect`` is presence, span, label, an attribute's name, entity, links, event coreference,
    arguments, an attribute of an argument, factuality by a source, claimer, cue, events or
    relation. ``first`` and ``second`` are the annotators'
    values, None for one who lacks the item. ``before``, ``quote`` and ``after`` are the text around
    it, for a document its first sentence; ``pieces`` splits the quote into stretches, with True for
    those that belong to the item.
    """

    document: str
    sentence: int
    layer: str
    aspect: str
    before: str
    quote: str
    after: str
    pieces: tuple[tuple[str, bool], ...]
    first: str | None
    second: str | None


def disagreements(
    document: Document,
    first: Annotation,
    second: Annotation,
    matches: Matches,
    layers: Sequence[str],
) -> Iterator[Disagreement]:
    """All disagreements, in the order of the layers and of the text."""
    comparison = _Comparison(first, second, matches)
    for layer in layers:
        if layer not in first.layers or layer not in second.layers:
            continue
        rows = [*comparison.of_layer(layer)]
        if layer == "document":
            place = _first_sentence(document)
            rows += [(place, *values) for values in _fields(first.attributes, second.attributes)]
        rows.sort(key=lambda row: (_extent(row[0]), row[1]))
        yield from (_disagreement(document, layer, *row) for row in rows)


class _Comparison:
    """Two annotations and their matches."""

    def __init__(self, first: Annotation, second: Annotation, matches: Matches) -> None:
        self._annotations = first, second
        self._matches = matches
        self._items = text_items(first), text_items(second)
        self._quotes = tuple(
            {name: f'"{text_of(spans_of(item))}"' for name, item in items.items()}
            for items in self._items
        )
        self._names = tuple({e.id: e.name for e in side.entities} for side in (first, second))
        self._clusters = clusters_of(first), clusters_of(second)
        self._known = {**matches.mentions, **matches.events, **matches.claims}

    def of_layer(self, layer: str) -> Iterator[Row]:
        """What only one annotator has in a layer, and the aspects in which matches differ."""
        if layer in SPAN_LAYERS:
            yield from self._of_spans(layer)
        if layer in RELATIONS_OF:
            yield from self._of_relations(layer)
        if layer == "entities":
            for place, one, other in matched_entities(*self._annotations, self._matches):
                for aspect, left, right in _fields(one.attributes, other.attributes):
                    yield place, f"entity {aspect}", left, right
                for values in _links(one.links, other.links):
                    yield place, *values
        if layer == "events":
            yield from self._of_event_parts()
            yield from self._of_cluster_links()

    def _of_event_parts(self) -> Iterator[Row]:
        """Attributes of matched arguments, and factuality of matched events."""
        for event, mine, theirs in paired_arguments(*self._annotations, self._matches):
            for aspect, left, right in _fields(mine.attributes, theirs.attributes):
                yield event.trigger, f"argument {mine.role} {aspect}", left, right
        for event, source, one, other in paired_factuality(*self._annotations, self._matches):
            if one != other:
                yield event.trigger, f"factuality by {source}", one or NOTHING, other or NOTHING

    def _of_spans(self, layer: str) -> Iterator[Row]:
        first, second = (items_of_layer(annotation, layer) for annotation in self._annotations)
        others = {item.id: item for item in second}
        for item in first:
            match = self._matches.of_layer(layer).get(item.id)
            if match is None:
                yield spans_of(item), "presence", label_of(item), None
            else:
                for values in self._of_items(item, others.pop(match)):
                    yield spans_of(item), *values
        for item in others.values():
            yield spans_of(item), "presence", None, label_of(item)

    def _of_items(self, one: TextItem, other: TextItem) -> Iterator[Values]:
        """The aspects in which two matched items differ."""
        if ranges_of(spans_of(one)) != ranges_of(spans_of(other)):
            yield "span", format_value(spans_of(one)), format_value(spans_of(other))
        if label_of(one) != label_of(other):
            yield "label", label_of(one), label_of(other)
        yield from _fields(one.attributes, other.attributes)
        if isinstance(one, Mention) and isinstance(other, Mention):
            yield from self._entities(one.entity, other.entity)
        if isinstance(one, Event) and isinstance(other, Event):
            yield from self._event_coreference(one, other)
            yield from self._arguments(one, other)
        if isinstance(one, Claim) and isinstance(other, Claim):
            yield from self._claims(one, other)

    def _of_relations(self, layer: str) -> Iterator[Row]:
        """Relations that only one annotator has, and those with other attributes."""
        for place, one, other in paired_relations(*self._annotations, self._matches, layer):
            if one is None or other is None or [*_fields(one.attributes, other.attributes)]:
                yield place, "relation", self._relation(0, one), self._relation(1, other)

    def _relation(self, side: int, relation: Relation | None) -> str | None:
        if relation is None:
            return None
        text = f"{relation.type} {self._quotes[side][relation.target]}"
        attributes = relation.attributes
        return f"{text} ({format_value(attributes)})" if attributes else text

    def _of_cluster_links(self) -> Iterator[Row]:
        """Links of matched clusters, at the first annotator's first event."""
        links = [{c.id: c.links for c in a.event_clusters} for a in self._annotations]
        for cluster, match in self._matches.clusters.items():
            event = self._items[0][self._clusters[0][cluster][0]]
            for values in _links(links[0].get(cluster, ()), links[1].get(match, ())):
                yield spans_of(event), *values

    def _entities(self, one: str | None, other: str | None) -> Iterator[Values]:
        if (self._matches.entities.get(one) if one else None) != other:
            names = [
                (names.get(entity) or entity) if entity else NOTHING
                for names, entity in zip(self._names, (one, other), strict=True)
            ]
            yield "entity", names[0], names[1]

    def _event_coreference(self, one: Event, other: Event) -> Iterator[Values]:
        coreferent = [
            {event for event in clusters.get(own.cluster or "", ()) if event != own.id}
            for clusters, own in zip(self._clusters, (one, other), strict=True)
        ]
        if {self._other(event) for event in coreferent[0]} != coreferent[1]:
            one_events, other_events = (self._listed(i, sorted(coreferent[i])) for i in (0, 1))
            yield "event coreference", one_events, other_events

    def _arguments(self, one: Event, other: Event) -> Iterator[Values]:
        arguments = (
            {(a.role, self._other(a.filler)): a.filler for a in one.arguments},
            {(a.role, a.filler): a.filler for a in other.arguments},
        )
        if arguments[0].keys() != arguments[1].keys():
            values = []
            for side, own in enumerate(arguments):
                only = sorted(own.keys() - arguments[1 - side].keys())
                quotes = self._quotes[side]
                values.append(
                    ", ".join(f"{key[0]} {quotes.get(own[key], own[key])}" for key in only)
                )
            yield "arguments", values[0] or NOTHING, values[1] or NOTHING

    def _claims(self, one: Claim, other: Claim) -> Iterator[Values]:
        if self._matches.mentions.get(one.claimer, one.claimer) != other.claimer:
            yield "claimer", self._listed(0, [one.claimer]), self._listed(1, [other.claimer])
        if ranges_of(one.cue or ()) != ranges_of(other.cue or ()):
            yield "cue", format_value(one.cue), format_value(other.cue)
        if {self._matches.events.get(name, "") for name in one.events} != {*other.events}:
            yield "events", self._listed(0, one.events), self._listed(1, other.events)

    def _other(self, id_: str) -> str:
        """The id of a match in the second annotation; without a match, one that cannot occur."""
        return self._known.get(id_, f"only first {id_}")

    def _listed(self, side: int, ids: Sequence[str]) -> str:
        return ", ".join(self._quotes[side].get(name, name) for name in ids) or NOTHING


def _fields(one: Attributes, other: Attributes) -> Iterator[Values]:
    """The attributes that differ; the order of several labels does not matter."""
    for name in sorted({*one, *other}):
        values = format_value(one.get(name)), format_value(other.get(name))
        if values[0] != values[1]:
            yield name, *values


def _links(one: tuple[Link, ...], other: tuple[Link, ...]) -> Iterator[Values]:
    values = format_value(one), format_value(other)
    if values[0] != values[1]:
        yield "links", *values


def _first_sentence(document: Document) -> Spans:
    start, end = document.sentences[0] if document.sentences else (0, len(document.text))
    return (Span(start=start, end=end, text=document.text[start:end]),)


def _disagreement(
    document: Document,
    layer: str,
    spans: Spans,
    aspect: str,
    first: str | None,
    second: str | None,
) -> Disagreement:
    start, end = _extent(spans)
    return Disagreement(
        document=document.id,
        sentence=sentence_of(document, spans),
        layer=layer,
        aspect=aspect,
        before=document.text[max(start - CONTEXT, 0) : start],
        quote=document.text[start:end],
        after=document.text[end : end + CONTEXT],
        pieces=_pieces(document, spans),
        first=first,
        second=second,
    )


def _extent(spans: Spans) -> tuple[int, int]:
    return spans[0].start, spans[-1].end


def _pieces(document: Document, spans: Spans) -> tuple[tuple[str, bool], ...]:
    pieces = []
    for number, span in enumerate(spans):
        if number:
            pieces.append((document.text[spans[number - 1].end : span.start], False))
        pieces.append((document.text[span.start : span.end], True))
    return tuple(pieces)
