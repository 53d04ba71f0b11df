"""A document with the annotations of several annotators."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dateline.annotations.grouping import Groups, group
from dateline.annotations.items import kind_of, overlap, ranges_of, spans_of, text_items
from dateline.annotations.notes import notes_at
from dateline.model import Annotation, Document, Range, Span, Spans, Struct
from dateline.ontology.labels import Ontology
from dateline.text import excerpt, passage


class AnnotatedDocument(Struct, frozen=True):
    """A document, its annotations by annotator, and their items in matched groups."""

    document: Document
    annotations: Mapping[str, Annotation]
    ontology: Ontology
    groups: Groups

    @classmethod
    def of(
        cls, document: Document, annotations: Sequence[Annotation], ontology: Ontology
    ) -> AnnotatedDocument:
        """Match the annotations' items."""
        by_name = {a.annotator: a for a in sorted(annotations, key=lambda a: a.annotator)}
        return cls(
            document=document,
            annotations=by_name,
            ontology=ontology,
            groups=group(annotations),
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that all of them annotated."""
        return next(iter(self.annotations.values())).layers

    def spans(self, ranges: Sequence[Sequence[int]]) -> Spans:
        """Ranges of the text as spans."""
        text = self.document.text
        return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in ranges)

    def quote(self, ranges: Sequence[Sequence[int]]) -> str:
        """The text at these ranges in quotation marks, shortened."""
        text = self.document.text
        return '"' + " … ".join(excerpt(text, start, end) for start, end in ranges) + '"'

    def context(self, ranges: Sequence[tuple[int, int]]) -> str:
        """The sentences around these ranges, with the ranges in brackets."""
        text = self.document.text
        start, end = passage(self.document.sentences, ranges)
        pieces = []
        for range_start, range_end in ranges:
            if range_start >= start:
                pieces.append(excerpt(text, start, range_start, 300))
                pieces.append(f"[{excerpt(text, range_start, range_end, 600)}]")
                start = range_end
        return "".join([*pieces, excerpt(text, start, end, 300)])

    def notes(self, ranges: Sequence[Range]) -> list[tuple[str, str]]:
        """Annotators and what they noted on items at these ranges, and then on the document."""
        place = self.spans(ranges)
        on_items, on_document = [], []
        for name, annotation in self.annotations.items():
            on_items += [(name, words) for words in notes_at(annotation, place)]
            on_document += [
                (name, f"on the document: {note.words}")
                for note in annotation.notes
                if note.item is None
            ]
        return [*on_items, *on_document]

    def notes_elsewhere(self, places: Collection[Sequence[Range]]) -> list[tuple[Range, str]]:
        """Places and texts of the notes that `notes` has for none of these places.

        The place of a note on the document is the first sentence.
        """
        spans = [self.spans(ranges) for ranges in places]
        first = next(iter(self.document.sentences), (0, len(self.document.text)))
        found = []
        for name, annotation in self.annotations.items():
            items = text_items(annotation)
            for note in annotation.notes:
                item = items.get(note.item or "")
                if item is None and not spans:
                    found.append((first, f"note of {name} on the document: {note.words}"))
                elif item is not None and not any(overlap(spans_of(item), some) for some in spans):
                    place, what = ranges_of(spans_of(item)), kind_of(item)
                    text = f"note of {name} on the {what} {self.quote(place)}: {note.words}"
                    found.append((place[0], text))
        return found

    def validate_ranges(self, value: Any) -> list[list[int]]:
        """A list of [start, end]: sorted, disjoint and inside the text. Raises ValueError."""
        try:
            ranges = [[start, end] for start, end in value]
            flat = [offset for pair in ranges for offset in pair]
            fits = all(type(offset) is int for offset in flat) and flat == sorted(set(flat))
        except (TypeError, ValueError):
            ranges, fits = [], False
        if not ranges or not fits or flat[0] < 0 or flat[-1] > len(self.document.text):
            raise ValueError(
                f"{value!r} is not a list of [start, end], sorted, disjoint and inside the text"
            )
        return ranges
