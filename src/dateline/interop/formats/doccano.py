"""doccano JSON Lines: the exports of its projects for sequence labelling.

A project without relations has ``label``, a list of ``[start, end, label]``. This module writes
these; `doccano_relations` writes what a project with relations has. Both are read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.interop.format import Format, Holds, Output, Placing
from dateline.interop.rows import Row, read_rows, span_in, write_rows
from dateline.interop.source import (
    UNNAMED,
    SourceDocument,
    SourceLoss,
    count_items,
    source_annotation,
)
from dateline.model import Annotation, Document, Mention, Relation


def _write(output: Output) -> None:
    write_rows(output.target, (_row(document, annotation) for document, annotation in output.items))


def _row(document: Document, annotation: Annotation) -> dict[str, Any]:
    labels = sorted((m.spans[0].start, m.spans[0].end, m.type) for m in annotation.mentions)
    return {"name": document.id, "text": document.text, "label": labels}


class _Entity(Row, frozen=True):
    id: int
    start_offset: int
    end_offset: int
    label: str


class _Relation(Row, frozen=True):
    from_id: int
    to_id: int
    type: str


class _Example(Row, frozen=True):
    text: str
    id: int | None = None
    name: str | None = None
    label: tuple[tuple[int, int, str], ...] = ()
    labels: tuple[tuple[int, int, str], ...] = ()
    entities: tuple[_Entity, ...] = ()
    relations: tuple[_Relation, ...] = ()
    cats: tuple[str, ...] = ()
    comments: tuple[Any, ...] = msgspec.field(default=(), name="Comments")


def read_doccano(path: Path) -> Iterator[SourceDocument]:
    """The examples of a file of either kind."""
    for number, (place, example) in enumerate(read_rows(path, _Example), 1):
        yield _document(place, f"{path.stem}-{number}", example)


def _document(place: str, number: str, example: _Example) -> SourceDocument:
    name = example.name or number
    if example.name is None and example.id is not None:
        name = f"document-{example.id}"
    labelled = [*example.label, *example.labels]
    ids: dict[int, str] = {}
    for entity in example.entities:
        labelled.append((entity.start_offset, entity.end_offset, entity.label))
        if entity.id in ids:
            raise InvalidInputError(
                f"{place}: the id {entity.id} is of two entities. Change one of them."
            )
        ids[entity.id] = f"m{len(labelled)}"
    mentions = tuple(
        Mention(
            id=f"m{at}",
            spans=span_in(f'{place}, entity {at} ("{label}")', example.text, start, end),
            type=label,
        )
        for at, (start, end, label) in enumerate(labelled, 1)
    )
    relations, losses = _relations(place, example, ids)
    for kind, values in (("categories", example.cats), ("comments", example.comments)):
        losses += [
            SourceLoss(kind=kind, name=str(at), reason=f"{kind} of a text are not imported")
            for at in range(1, len(values) + 1)
        ]
    annotation = replace(source_annotation(name), mentions=mentions, relations=tuple(relations))
    return SourceDocument(
        name=name,
        text=example.text,
        annotations={UNNAMED: annotation},
        items=count_items([annotation], losses),
        losses=tuple(losses),
    )


def _relations(
    place: str, example: _Example, ids: Mapping[int, str]
) -> tuple[list[Relation], list[SourceLoss]]:
    found: dict[tuple[str, str, str], Relation] = {}
    losses = []
    for relation in example.relations:
        for end in (relation.from_id, relation.to_id):
            if end not in ids:
                raise InvalidInputError(
                    f'{place}, relation "{relation.type}": there is no entity {end}. Correct it.'
                )
        read = Relation(
            type=relation.type, source=ids[relation.from_id], target=ids[relation.to_id]
        )
        if found.setdefault(read.key, read) is not read:
            reason = "the same relation is there twice"
            losses.append(SourceLoss(kind="relations", name=read.name, reason=reason))
    return [*found.values()], losses


FORMAT = Format(
    name="doccano",
    title="doccano",
    suffix=".jsonl",
    holds=Holds(
        kinds=frozenset({"texts", "mentions"}),
        mentions=Placing(discontinuous="left out", duplicates=False),
    ),
    reader=read_doccano,
    writer=_write,
    notes=(
        "Projects without relations; allow overlapping spans in the project. "
        "doccano-relations and doccano read both. "
        "The file of each person in an export is imported with PERSON=FILE."
    ),
)
