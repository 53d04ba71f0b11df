"""Marks on the page for a curator: where annotators disagree, and what each of them annotated.

A mark is a region of its own. The curator resolves the conflict, and marks it as resolved or
deletes the mark; at a conflict on relations, choosing a version resolves it. Each mark comes before
the regions at its place, so that the key for the next region goes from a conflict to what it is
about, and then to the next conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, groupby

from dateline.label_studio.config.controls import (
    CONFLICT,
    CONFLICT_CHANGES,
    CONFLICT_NOTE,
    CONFLICT_STATE,
    CONFLICT_VERSION,
    RELATION_CONFLICT,
    RESOLVED,
)
from dateline.label_studio.convert.conflict_versions import (
    RowChange,
    chosen_versions,
    with_chosen_versions,
    written,
)
from dateline.label_studio.convert.row_writer import RowWriter
from dateline.label_studio.result_rows import Row, Rows, rows_of, string, value_of
from dateline.model import Annotation, Document, Range, Span, Struct

CONFLICTS = "conflicts"
"""The version of what curators start from, as that of other annotations is their annotator."""


class ConflictMark(Struct, frozen=True):
    """A place in the text, in code points, and a note on the conflict there.

    ``versions`` are those that can be chosen in a conflict on relations, by number, ``all`` or
    ``none``.
    """

    place: Range
    note: str
    versions: Mapping[str, RowChange] = {}


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
    for place, some in groupby(_mark_rows(marks, document, own), _place):
        found += some
        here = [name for name, (first, *_) in own.items() if _place(first) == place]
        found += [row for name in here for row in own.pop(name)]
    return [*found, *(row for some in own.values() for row in some)]


def _place(row: Row) -> tuple[object, object]:
    value = value_of(row)
    return value.get("start"), value.get("end")


def _mark_rows(marks: Iterable[ConflictMark], document: Document, ids: Iterable[str]) -> Rows:
    """Rows that show the marks, in the order of the text; ``ids`` are those of other regions.

    Marks at one place are one region, except those at which a version can be chosen.
    """
    by_place: dict[Range, list[ConflictMark]] = {}
    for mark in marks:
        by_place.setdefault(mark.place, []).append(mark)
    writer, number = RowWriter(ids), count(1)

    def write(place: Range, label: str, note: str) -> str:
        start, end = place
        span = Span(start=start, end=end, text=document.text[start:end])
        region = writer.mark(f"{CONFLICT}{next(number)}", (span,), label)
        writer.answer(region, CONFLICT_NOTE, note)
        return region

    for place, some in sorted(by_place.items()):
        if notes := [mark.note for mark in some if not mark.versions]:
            write(place, CONFLICT, "\n".join(notes))
        for mark in some:
            if mark.versions:
                region = write(place, RELATION_CONFLICT, mark.note)
                writer.answer(region, CONFLICT_CHANGES, written(mark.versions))
    return writer.result()


def unresolved_marks(result: object) -> Iterator[str]:
    """The text of each mark that is not resolved in a result, which may have any shape."""
    rows = rows_of(result)
    states = [row for row in rows if row.get("from_name") == CONFLICT_STATE]
    resolved = {str(row.get("id")) for row in states if value_of(row).get("choices") == [RESOLVED]}
    for mark, change in chosen_versions(rows).items():
        if change is None:
            resolved.discard(mark)
        else:
            resolved.add(mark)
    for row in rows:
        if row.get("from_name") == CONFLICT and str(row.get("id")) not in resolved:
            yield string(value_of(row).get("text"))


def without_marks(result: object) -> object:
    """The result with the chosen versions, without marks; the same if it is not a list."""
    if not isinstance(result, list):
        return result
    rows = with_chosen_versions(rows_of(result))
    controls = (CONFLICT, CONFLICT_NOTE, CONFLICT_STATE, CONFLICT_VERSION, CONFLICT_CHANGES)
    return [row for row in rows if row.get("from_name") not in controls]
