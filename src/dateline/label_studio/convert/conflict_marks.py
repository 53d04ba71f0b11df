"""Marks on the page for a curator: where annotators disagree, and what each of them annotated.

A mark is a region of its own. The curator resolves the conflict and deletes the mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.label_studio.config.controls import CONFLICT, CONFLICT_NOTE
from dateline.label_studio.convert.row_writer import RowWriter
from dateline.label_studio.result_rows import Rows, rows_of, string, value_of
from dateline.model import Annotation, Document, Range, Span, Struct


class ConflictMark(Struct, frozen=True):
    """A place in the text, in code points, and a note on the conflict there."""

    place: Range
    note: str


class CurationProposal(Struct, frozen=True):
    """What a curator starts from: everything annotated, and marks where annotators disagree."""

    annotation: Annotation
    marks: tuple[ConflictMark, ...]


def mark_rows(marks: Iterable[ConflictMark], document: Document, ids: Iterable[str]) -> Rows:
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


def unresolved_marks(result: object) -> Iterator[str]:
    """The text of each mark that is left in a result, which may have any shape."""
    for row in rows_of(result):
        if row.get("from_name") == CONFLICT:
            yield string(value_of(row).get("text"))
