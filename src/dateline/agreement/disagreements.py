"""Every disagreement of two annotators on a document, in its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.agreement.counts import sentence_of
from dateline.annotations.comparison import Comparison, ItemDifference, attribute_differences
from dateline.annotations.matching import Matches
from dateline.annotations.notes import notes_at
from dateline.model import Annotation, Document, Range, Span, Spans, Struct

CONTEXT = 60
"""Code points of context on each side."""


class Disagreement(Struct, frozen=True):
    """An item or an aspect of it on which two annotators disagree.

    ``aspect`` is presence, span, label, an attribute's name, entity, links, event coreference,
    arguments, an attribute of an argument, factuality by a source, claimer, cue, events or
    relation. ``first`` and ``second`` are the annotators' values, None for one who lacks the item;
    ``first_notes`` and ``second_notes`` are what they noted there. ``before``, ``quote`` and
    ``after`` are the text around it, for a document its first sentence; ``pieces`` splits the quote
    into stretches, with True for those that belong to the item. ``range`` are the offsets of the
    quote, in code points.
    """

    document: str
    sentence: int
    layer: str
    aspect: str
    before: str
    quote: str
    after: str
    range: Range
    pieces: tuple[tuple[str, bool], ...]
    first: str | None
    second: str | None
    first_notes: tuple[str, ...]
    second_notes: tuple[str, ...]


def disagreements(
    document: Document,
    first: Annotation,
    second: Annotation,
    matches: Matches,
    layers: Sequence[str],
) -> Iterator[Disagreement]:
    """All disagreements, in the order of the layers and of the text."""
    comparison = Comparison(first, second, matches)
    for layer in layers:
        if layer not in first.layers or layer not in second.layers:
            continue
        rows = [*comparison.of_layer(layer)]
        if layer == "document":
            place = _first_sentence(document)
            rows += [
                ItemDifference(spans=place, aspect=aspect, first=one, second=other)
                for aspect, one, other in attribute_differences(first.attributes, second.attributes)
            ]
        rows.sort(key=lambda row: (_extent(row.spans), row.aspect))
        for row in rows:
            notes = [tuple(notes_at(one, row.spans)) for one in (first, second)]
            yield _disagreement(document, layer, row, *notes)


def _first_sentence(document: Document) -> Spans:
    start, end = document.sentences[0] if document.sentences else (0, len(document.text))
    return (Span(start=start, end=end, text=document.text[start:end]),)


def _disagreement(
    document: Document,
    layer: str,
    row: ItemDifference,
    first_notes: tuple[str, ...],
    second_notes: tuple[str, ...],
) -> Disagreement:
    spans = row.spans
    start, end = _extent(spans)
    return Disagreement(
        document=document.id,
        sentence=sentence_of(document, spans),
        layer=layer,
        aspect=row.aspect,
        before=document.text[max(start - CONTEXT, 0) : start],
        quote=document.text[start:end],
        after=document.text[end : end + CONTEXT],
        range=(start, end),
        pieces=_pieces(document, spans),
        first=row.first,
        second=row.second,
        first_notes=first_notes,
        second_notes=second_notes,
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
