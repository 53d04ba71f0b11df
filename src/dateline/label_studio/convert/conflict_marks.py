"""Marks on the page for a curator: where annotators differ, and what each of them says.

A mark is a region of its own. The curator settles what it tells of, and deletes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dateline.label_studio.convert.rows import Rows, RowWriter
from dateline.label_studio.page.controls import CONFLICT, CONFLICT_NOTE
from dateline.model import Annotation, Document, Range, Span, Struct


class Mark(Struct, frozen=True):
    """A place in the text, in code points, and what is to be settled there."""

    place: Range
    note: str


class Curated(Struct, frozen=True):
    """What a curator starts from: all that anybody said, and marks where they differ."""

    annotation: Annotation
    marks: tuple[Mark, ...]


def mark_rows(marks: Iterable[Mark], document: Document, ids: Iterable[str]) -> Rows:
    """Rows that show the marks, one region for each place; ``ids`` are those of other regions."""
    notes: dict[Range, list[str]] = {}
    for mark in marks:
        notes.setdefault(mark.place, []).append(mark.note)
    writer = RowWriter(ids)
    for number, ((start, end), some) in enumerate(sorted(notes.items()), 1):
        span = Span(start=start, end=end, text=document.text[start:end])
        region = writer.mark(f"{CONFLICT}{number}", (span,))
        writer.answer(region, CONFLICT_NOTE, "\n".join(some))
    return writer.result()


def still_marked(result: object) -> Iterator[str]:
    """The text below each mark that is left in a result, which may be of any shape."""
    rows: Sequence[Any] = result if isinstance(result, list) else ()
    for row in rows:
        if isinstance(row, Mapping) and row.get("from_name") == CONFLICT:
            value = row.get("value")
            yield str(value.get("text", "")) if isinstance(value, Mapping) else ""
