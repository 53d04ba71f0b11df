"""Marks on the page for a curator: where annotators disagree, and what each of them annotated.

A mark is a region of its own. The curator resolves the conflict, and marks it as resolved or
deletes the mark. Each mark comes before the regions at its place, so that the key for the next
region goes from a conflict to what it is about, and then to the next conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.label_studio.config.controls import (
    CONFLICT,
    CONFLICT_NOTE,
    CONFLICT_STATE,
    RESOLVED,
)
from dateline.label_studio.convert.row_writer import RowWriter
from dateline.label_studio.result_rows import Row, Rows, rows_of, string, value_of
from dateline.model import Annotation, Document, Range, Span, Struct


class ConflictMark(Struct, frozen=True):
    """A place in the text, in code points, and a note on the conflict there."""

    place: Range
    note: str


class CurationProposal(Struct, frozen=True):
    """What a curator starts from: everything annotated, and marks where annotators disagree."""

    annotation: Annotation
    marks: tuple[ConflictMark, ...]


def with_marks(rows: Rows, marks: Iterable[ConflictMark], document: Document) -> Rows:
    """The rows and those of the marks, each mark before the regions at its place."""
    own: dict[str, Rows] = {}
    for row in rows:
        own.setdefault(row.get("id", ""), []).append(row)
    found: Rows = []
    for row in _mark_rows(marks, document, own):
        found.append(row)
        if row["from_name"] == CONFLICT_NOTE:
            here = [name for name, (first, *_) in own.items() if _place(first) == _place(row)]
            found += [row for name in here for row in own.pop(name)]
    return [*found, *(row for some in own.values() for row in some)]


def _place(row: Row) -> tuple[object, object]:
    value = value_of(row)
    return value.get("start"), value.get("end")


def _mark_rows(marks: Iterable[ConflictMark], document: Document, ids: Iterable[str]) -> Rows:
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
    """The text of each mark that is not resolved in a result, which may have any shape."""
    rows = rows_of(result)
    resolved = [
        row.get("id")
        for row in rows
        if row.get("from_name") == CONFLICT_STATE and value_of(row).get("choices") == [RESOLVED]
    ]
    for row in rows:
        if row.get("from_name") == CONFLICT and row.get("id") not in resolved:
            yield string(value_of(row).get("text"))


def without_marks(result: object) -> object:
    """The result without the rows of marks; the same if it has another shape than rows."""
    if not isinstance(result, list):
        return result
    controls = (CONFLICT, CONFLICT_NOTE, CONFLICT_STATE)
    return [r for r in result if not isinstance(r, dict) or r.get("from_name") not in controls]
