"""What annotators noted at a place of the text."""

from __future__ import annotations

from dateline.annotations.items import overlap, spans_of, text_items
from dateline.model import Annotation, Spans


def notes_at(annotation: Annotation, place: Spans) -> list[str]:
    """The notes on items that have a character in common with the place, as text."""
    if not annotation.notes:
        return []
    items = text_items(annotation)
    return [
        note.words
        for note in annotation.notes
        if note.item in items and overlap(spans_of(items[note.item]), place)
    ]
