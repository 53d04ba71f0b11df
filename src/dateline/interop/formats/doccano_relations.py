"""doccano JSON Lines of projects with relations: ``entities`` with ids, and ``relations``."""

from __future__ import annotations

from dateline.interop.format import Format, Holds, Output, Placing
from dateline.interop.formats.doccano import read_doccano
from dateline.interop.json_lines import json_line


def _write(output: Output) -> None:
    with output.target.open("wb") as file:
        first = 1
        for document, annotation in output.items:
            ids = {mention.id: at for at, mention in enumerate(annotation.mentions, first)}
            first += len(ids)
            entities = [
                {
                    "id": ids[mention.id],
                    "label": mention.type,
                    "start_offset": mention.spans[0].start,
                    "end_offset": mention.spans[0].end,
                }
                for mention in annotation.mentions
            ]
            relations = [
                {
                    "id": at,
                    "from_id": ids[relation.source],
                    "to_id": ids[relation.target],
                    "type": relation.type,
                }
                for at, relation in enumerate(annotation.relations, 1)
            ]
            example = {"entities": entities, "relations": relations}
            file.write(json_line({"name": document.id, "text": document.text, **example}))


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
