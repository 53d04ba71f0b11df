"""The knowledge base schema of BigBIO: a row for each document, as JSON Lines.

The schema is documented in https://github.com/bigscience-workshop/biomedical/blob/main/task_schemas.md
(Fries et al. 2022).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from dateline.annotations.items import chains_of, ranges_of
from dateline.interop.format import Chains, Format, Holds, Output
from dateline.interop.offsets import Quoted, proved
from dateline.interop.rows import Assembly, Row, read_rows, write_rows
from dateline.interop.source import SourceDocument
from dateline.model import Annotation, Document, Link, Range, Spans

Texts = tuple[str, ...]
Offsets = tuple[Range, ...]


class _Passage(Row, frozen=True, kw_only=True):
    id: str
    type: str
    text: Texts
    offsets: Offsets


class _Normalized(Row, frozen=True, kw_only=True):
    db_name: str
    db_id: str | None


class _Entity(Row, frozen=True, kw_only=True):
    id: str
    type: str
    text: Texts
    offsets: Offsets
    normalized: tuple[_Normalized, ...] = ()


class _Trigger(Row, frozen=True, kw_only=True):
    text: Texts
    offsets: Offsets


class _Argument(Row, frozen=True, kw_only=True):
    role: str
    ref_id: str


class _Event(Row, frozen=True, kw_only=True):
    id: str
    type: str
    trigger: _Trigger
    arguments: tuple[_Argument, ...]


class _Coreference(Row, frozen=True, kw_only=True):
    id: str
    entity_ids: Texts


class _Relation(Row, frozen=True, kw_only=True):
    id: str
    type: str
    arg1_id: str
    arg2_id: str
    normalized: tuple[_Normalized, ...] = ()


class _Document(Row, frozen=True, kw_only=True):
    id: str
    document_id: str
    passages: tuple[_Passage, ...]
    entities: tuple[_Entity, ...] = ()
    events: tuple[_Event, ...] = ()
    coreferences: tuple[_Coreference, ...] = ()
    relations: tuple[_Relation, ...] = ()


def _write(output: Output) -> None:
    write_rows(output.target, (_row(document, annotation) for document, annotation in output.items))


def _row(document: Document, annotation: Annotation) -> _Document:
    """The row of a document; ids are unique in all documents, as the schema requires."""

    def of(name: str) -> str:
        return f"{document.id}_{name}"

    links = {entity.id: entity.links for entity in annotation.entities}
    return _Document(
        id=document.id,
        document_id=document.id,
        passages=(
            _Passage(
                id=of("text"),
                type="document",
                text=(document.text,),
                offsets=((0, len(document.text)),),
            ),
        ),
        entities=tuple(
            _Entity(
                id=of(f"mention_{mention.id}"),
                type=mention.type,
                text=_texts(mention.spans),
                offsets=ranges_of(mention.spans),
                normalized=tuple(
                    _Normalized(db_name=link.kb, db_id=link.id)
                    for link in links.get(mention.entity or "", ())
                ),
            )
            for mention in annotation.mentions
        ),
        events=tuple(
            _Event(
                id=of(f"event_{event.id}"),
                type=event.type,
                trigger=_Trigger(text=_texts(event.trigger), offsets=ranges_of(event.trigger)),
                arguments=tuple(
                    _Argument(
                        role=argument.role,
                        ref_id=of(
                            f"{'mention' if argument.mention else 'event'}_{argument.filler}"
                        ),
                    )
                    for argument in event.arguments
                ),
            )
            for event in annotation.events
        ),
        coreferences=tuple(
            _Coreference(
                id=of(f"entity_{name}"),
                entity_ids=tuple(of(f"mention_{member}") for member in members),
            )
            for name, members in chains_of(annotation).items()
        ),
        relations=tuple(
            _Relation(
                id=of(f"relation_{number}"),
                type=relation.type,
                arg1_id=of(f"mention_{relation.source}"),
                arg2_id=of(f"mention_{relation.target}"),
            )
            for number, relation in enumerate(annotation.relations, 1)
        ),
    )


def _texts(spans: Spans) -> Texts:
    return tuple(span.text for span in spans)


def _read(path: Path) -> Iterator[SourceDocument]:
    for place, row in read_rows(path, _Document):
        yield _document(place, row)


def _document(place: str, row: _Document) -> SourceDocument:
    text = " ".join(chain.from_iterable(passage.text for passage in row.passages))
    found = Assembly(place, text)
    events = [event for event in row.events if event.trigger.offsets]
    for event in row.events:
        if not event.trigger.offsets:
            found.lose("events", event.id, "has no trigger", (event.id,))
    quoted = [(e.id, Quoted(e.offsets, "".join(e.text))) for e in row.entities]
    quoted += [(e.id, Quoted(e.trigger.offsets, "".join(e.trigger.text))) for e in events]
    ranges = iter(
        proved(text, [q for _, q in quoted], lambda index: f'{place}: "{quoted[index][0]}"', place)
    )
    for entity in row.entities:
        found.mention((entity.id,), entity.type, next(ranges))
    for event in events:
        found.event((event.id,), event.type, next(ranges))
    for event in row.events:
        for argument in event.arguments:
            shown = f"{event.id} {argument.role} {argument.ref_id}"
            found.argument((event.id,), argument.role, (argument.ref_id,), shown)
    for relation in row.relations:
        ends = (relation.arg1_id,), (relation.arg2_id,)
        found.relation(relation.type, *ends, relation.id)
    links = {entity.id: _links(found, entity) for entity in row.entities}
    for coreference in row.coreferences:
        known = chain.from_iterable(links.pop(name, ()) for name in coreference.entity_ids)
        found.entity([(name,) for name in coreference.entity_ids], known, coreference.id)
    for name, own in links.items():
        if own:
            found.entity([(name,)], own, name)
    return found.document(row.document_id)


def _links(found: Assembly, entity: _Entity) -> list[Link]:
    links = []
    for entry in entity.normalized:
        if entry.db_id is None:
            found.lose("entity links", f"{entity.id} {entry.db_name}", "has no entry")
        else:
            links.append(Link(kb=entry.db_name, id=entry.db_id))
    return links


FORMAT = Format(
    name="bigbio",
    title="BigBIO KB",
    suffix=".jsonl",
    holds=Holds(
        kinds=frozenset(
            {
                "texts",
                "mentions",
                "coreference",
                "entities",
                "entity links",
                "relations",
                "events",
                "arguments",
            }
        ),
        entities=Chains(empty=False, named=False),
        fillers=frozenset({"mention", "event"}),
        nil=False,
        dates=False,
    ),
    reader=_read,
    writer=_write,
    notes="The text is one passage; each mention has the links of its entity.",
)
