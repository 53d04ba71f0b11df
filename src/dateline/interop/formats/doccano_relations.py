"""doccano JSON Lines of projects with relations: ``entities`` with ids, and ``relations``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from dateline.interop.format import Format, Holds, Output, Placing
from dateline.interop.formats.doccano import read_doccano
from dateline.interop.rows import write_rows
from dateline.model import Annotation, Document


def _write(output: Output) -> None:
    write_rows(output.target, _rows(output.items))


def _rows(items: Iterable[tuple[Document, Annotation]]) -> Iterator[dict[str, Any]]:
    """A row for each document; ids of entities and relations are not used twice in a file."""
    entities, relations = count(1), count(1)
    for document, annotation in items:
        ids = {mention.id: next(entities) for mention in annotation.mentions}
        yield {
            "name": document.id,
            "text": document.text,
            "entities": [
                {
                    "id": ids[mention.id],
                    "label": mention.type,
                    "start_offset": mention.spans[0].start,
                    "end_offset": mention.spans[0].end,
                }
                for mention in annotation.mentions
            ],
            "relations": [
                {
                    "id": next(relations),
                    "from_id": ids[relation.source],
                    "to_id": ids[relation.target],
                    "type": relation.type,
                }
                for relation in annotation.relations
            ],
        }


FORMAT = Format(
    name="doccano-relations",
    title="doccano with relations",
    suffix=".jsonl",
    holds=Holds(
        kinds=frozenset({"texts", "mentions", "relations"}),
        mentions=Placing(discontinuous="left out"),
    ),
    reader=read_doccano,
    writer=_write,
    notes="Projects with relations; allow overlapping spans in the project.",
)
