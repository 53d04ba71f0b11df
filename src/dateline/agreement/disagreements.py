"""Every disagreement of two annotators on a document, in its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.agreement.pair import items_of, label_of, sentence_of, spans_of
from dateline.differences import shown
from dateline.matching import Matches, ranges_of
from dateline.model import LAYERS, Annotation, Claim, Document, Event, Mention, Struct

AROUND = 60
"""Code points of context on each side."""


class Disagreement(Struct, frozen=True):
    """Something that two annotators say differently.

    ``before``, ``quote`` and ``after`` are the text around it; ``what`` is presence, span, label,
    an attribute's name, entity, arguments, claimer, cue or events; ``first`` and ``second`` are
    what each says, None for one who has no such item.
    """

    document: str
    sentence: int
    layer: str
    what: str
    before: str
    quote: str
    after: str
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
    known = {"entities": matches.mentions, "events": matches.events, "claims": matches.claims}
    for layer in layers:
        if layer not in first.layers or layer not in second.layers:
            continue
        ours, theirs = items_of(first, layer), items_of(second, layer)
        others = {item.id: item for item in theirs}
        rows: list[tuple[tuple[int, int], Disagreement]] = []
        for item in ours:
            match = known[layer].get(item.id)
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
        yield from (row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1].what)))


def _row(
    document: Document,
    layer: str,
    item: Mention | Event | Claim,
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
        first=first,
        second=second,
    )


def _parts(
    one: Mention | Event | Claim,
    other: Mention | Event | Claim,
    first: Annotation,
    second: Annotation,
    matches: Matches,
) -> Iterator[tuple[str, str, str]]:
    if ranges_of(spans_of(one)) != ranges_of(spans_of(other)):
        yield "span", shown(spans_of(one)), shown(spans_of(other))
    if label_of(one) != label_of(other):
        yield "label", label_of(one), label_of(other)
    for name in sorted({*one.attributes, *other.attributes}):
        here, there = one.attributes.get(name), other.attributes.get(name)
        if here != there:
            yield name, here or "nothing", there or "nothing"
    if isinstance(one, Mention) and isinstance(other, Mention):
        yield from _wholes("entity", one.entity, other.entity, first, second, matches)
    if isinstance(one, Event) and isinstance(other, Event):
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
        yield "cue", shown(one.cue), shown(other.cue)
    if {matches.events.get(name, "") for name in one.events} != {*other.events}:
        yield (
            "events",
            ", ".join(quotes[0][name] for name in one.events) or "nothing",
            ", ".join(quotes[1][name] for name in other.events) or "nothing",
        )


def _quotes(annotation: Annotation) -> dict[str, str]:
    return {
        item.id: " … ".join(span.text for span in spans_of(item))
        for layer in LAYERS
        for item in items_of(annotation, layer)
    }
