"""Every disagreement of two annotators on a document, in its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.agreement.tallies import sentence_of
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
from dateline.model import Annotation, Claim, Document, Event, Mention, Spans, Struct

AROUND = 60
"""Code points of context on each side."""


class Disagreement(Struct, frozen=True):
    """Something that two annotators say differently.

    ``before``, ``quote`` and ``after`` are the text around it, and ``pieces`` the quote again, in
    stretches that do or do not belong to the item. ``what`` is presence, span, label, an
    attribute's name, entity, happening, arguments, claimer, cue, events or relation; ``first`` and
    ``second`` are what each says, None for one who has no such item.
    """

    document: str
    sentence: int
    layer: str
    what: str
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
    """All of them, in the order of the layers and of the text."""
    for layer in layers:
        if layer not in first.layers or layer not in second.layers:
            continue
        ours, theirs = items_of_layer(first, layer), items_of_layer(second, layer)
        others = {item.id: item for item in theirs}
        rows: list[tuple[tuple[int, int], Disagreement]] = []
        for item in ours:
            match = matches.of_layer(layer).get(item.id)
            if match is None:
                rows.append(_row(document, layer, item, "presence", label_of(item), None))
                continue
            other = others.pop(match)
            rows += [
                _row(document, layer, item, what, here, there)
                for what, here, there in _parts(item, other, first, second, matches)
            ]
        rows += [
            _row(document, layer, item, "presence", None, label_of(item))
            for item in others.values()
        ]
        rows += [
            _row(document, layer, item, "relation", here, there)
            for item, here, there in _relations(layer, first, second, matches)
        ]
        yield from (row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1].what)))


def _row(
    document: Document,
    layer: str,
    item: TextItem,
    what: str,
    first: str | None,
    second: str | None,
) -> tuple[tuple[int, int], Disagreement]:
    spans = spans_of(item)
    start, end = spans[0].start, spans[-1].end
    return (start, end), Disagreement(
        document=document.id,
        sentence=sentence_of(document, spans),
        layer=layer,
        what=what,
        before=document.text[max(start - AROUND, 0) : start],
        quote=document.text[start:end],
        after=document.text[end : end + AROUND],
        pieces=_pieces(document, spans),
        first=first,
        second=second,
    )


def _parts(
    one: TextItem,
    other: TextItem,
    first: Annotation,
    second: Annotation,
    matches: Matches,
) -> Iterator[tuple[str, str, str]]:
    if ranges_of(spans_of(one)) != ranges_of(spans_of(other)):
        yield "span", format_value(spans_of(one)), format_value(spans_of(other))
    if label_of(one) != label_of(other):
        yield "label", label_of(one), label_of(other)
    for name in sorted({*one.attributes, *other.attributes}):
        here, there = one.attributes.get(name), other.attributes.get(name)
        if here != there:
            yield name, here or "nothing", there or "nothing"
    if isinstance(one, Mention) and isinstance(other, Mention):
        yield from _wholes("entity", one.entity, other.entity, first, second, matches)
    if isinstance(one, Event) and isinstance(other, Event):
        yield from _happening(one, other, first, second, matches)
        yield from _arguments(one, other, first, second, matches)
    if isinstance(one, Claim) and isinstance(other, Claim):
        yield from _claim(one, other, first, second, matches)


def _wholes(
    what: str,
    here: str | None,
    there: str | None,
    first: Annotation,
    second: Annotation,
    matches: Matches,
) -> Iterator[tuple[str, str, str]]:
    matched = matches.entities.get(here) if here else None
    if matched != there:
        names = ({e.id: e.name for e in side.entities} for side in (first, second))
        ours, theirs = (
            (found.get(name, name) or name) if name else "nothing"
            for found, name in zip(names, (here, there), strict=True)
        )
        yield what, ours, theirs


def _happening(
    one: Event, other: Event, first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[str, str, str]]:
    """Which other events each takes it to be one happening with."""
    here = {e for e in clusters_of(first).get(one.cluster or "", ()) if e != one.id}
    there = {e for e in clusters_of(second).get(other.cluster or "", ()) if e != other.id}
    if {matches.events.get(event, f"only here {event}") for event in here} != there:
        ours, theirs = (
            ", ".join(f"«{quotes[event]}»" for event in sorted(events)) or "nothing"
            for quotes, events in ((_quotes(first), here), (_quotes(second), there))
        )
        yield "happening", f"one with {ours}", f"one with {theirs}"


def _relations(
    layer: str, first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[Event | Claim, str | None, str | None]]:
    """Relations that only one of them has, each with the item that it starts from."""
    if layer == "events":
        ours, theirs, known = first.event_relations, second.event_relations, matches.events
    elif layer == "claims":
        ours, theirs, known = first.claim_relations, second.claim_relations, matches.claims
    else:
        return
    here = {
        (r.type, *(known.get(end, f"only here {end}") for end in (r.source, r.target))): r
        for r in ours
    }
    there = {(r.type, r.source, r.target): r for r in theirs}
    for found, others, annotation in ((here, there, first), (there, here, second)):
        items: dict[str, Event | Claim] = {event.id: event for event in annotation.events}
        items.update({claim.id: claim for claim in annotation.claims})
        quotes = _quotes(annotation)
        for key, relation in found.items():
            # An annotation that breaks the rules may relate what is not there.
            if key not in others and {relation.source, relation.target} <= items.keys():
                said = f"{relation.type} «{quotes[relation.target]}»"
                yield (
                    items[relation.source],
                    said if found is here else None,
                    said if found is there else None,
                )


def _arguments(
    one: Event, other: Event, first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[str, str, str]]:
    known = {**matches.mentions, **matches.events, **matches.claims}
    here = {(a.role, known.get(a.filler, f"only here {a.filler}")): a.filler for a in one.arguments}
    there = {(a.role, a.filler): a.filler for a in other.arguments}
    if here.keys() != there.keys():
        quotes = _quotes(first), _quotes(second)
        ours = [
            f"{key[0]} «{quotes[0].get(here[key], here[key])}»"
            for key in sorted(here.keys() - there.keys())
        ]
        theirs = [
            f"{key[0]} «{quotes[1].get(there[key], there[key])}»"
            for key in sorted(there.keys() - here.keys())
        ]
        yield "arguments", ", ".join(ours) or "nothing", ", ".join(theirs) or "nothing"


def _claim(
    one: Claim, other: Claim, first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[str, str, str]]:
    quotes = _quotes(first), _quotes(second)
    if matches.mentions.get(one.claimer, one.claimer) != other.claimer:
        yield (
            "claimer",
            quotes[0].get(one.claimer, one.claimer),
            quotes[1].get(other.claimer, other.claimer),
        )
    if ranges_of(one.cue or ()) != ranges_of(other.cue or ()):
        yield "cue", format_value(one.cue), format_value(other.cue)
    if {matches.events.get(name, "") for name in one.events} != {*other.events}:
        yield (
            "events",
            ", ".join(quotes[0].get(name, name) for name in one.events) or "nothing",
            ", ".join(quotes[1].get(name, name) for name in other.events) or "nothing",
        )


def _pieces(document: Document, spans: Spans) -> tuple[tuple[str, bool], ...]:
    pieces = []
    for number, span in enumerate(spans):
        if number:
            pieces.append((document.text[spans[number - 1].end : span.start], False))
        pieces.append((document.text[span.start : span.end], True))
    return tuple(pieces)


def _quotes(annotation: Annotation) -> dict[str, str]:
    return {name: text_of(spans_of(item)) for name, item in text_items(annotation).items()}
