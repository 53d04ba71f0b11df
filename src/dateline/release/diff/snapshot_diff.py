"""Compares two snapshots of a corpus item by item, by id.

The order and the formatting of files do not matter. Arguments and relations have no ids and are
identified by their ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dateline.annotations.differences import changed
from dateline.annotations.items import spans_of, text_items, text_of
from dateline.corpus.snapshot import Snapshot
from dateline.model import ITEM_FIELDS, Annotation, Document, Struct, canonical
from dateline.release.diff.changes import KINDS, Action, Change, FieldChange
from dateline.release.diff.schema_diff import schema_changes
from dateline.text import excerpt


def snapshot_changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """All changes: those of schemas, then the others by document, annotator and kind.

    The items of an added or removed annotation are included. Files that are equal in both snapshots
    may be left out.
    """
    changes = list(schema_changes(before.schemas, after.schemas))
    annotators: dict[str, list[str]] = {name: [] for name in (*before.documents, *after.documents)}
    for annotator, name in sorted({*before.annotations, *after.annotations}):
        annotators.setdefault(name, []).append(annotator)
    for name in sorted(annotators):
        changes += _compared(
            name,
            "",
            _of_document(before.documents.get(name)),
            _of_document(after.documents.get(name)),
        )
        for annotator in annotators[name]:
            key = annotator, name
            changes += _compared(
                name,
                annotator,
                _of_annotation(before.annotations.get(key)),
                _of_annotation(after.annotations.get(key)),
            )
    return changes


class _Item(NamedTuple):
    """Something that can change: its id, its text for people, and its fields."""

    kind: str
    id: str
    quote: str
    fields: Mapping[str, Any]


_Items = Mapping[tuple[str, str], _Item]


def _compared(document: str, annotator: str, before: _Items, after: _Items) -> Iterator[Change]:
    found = []
    for _, old, new in changed(before, after):
        fields: tuple[FieldChange, ...] = ()
        action: Action = "removed" if new is None else "added" if old is None else "changed"
        if old is not None and new is not None:
            fields = tuple(
                FieldChange(field=name, before=one, after=other)
                for name, one, other in changed(old.fields, new.fields)
            )
            if not fields:
                continue
        item = new or old
        assert item is not None  # noqa: S101 (one of the two has the key)
        found.append(
            Change(
                kind=item.kind,
                action=action,
                document=document,
                annotator=annotator,
                id=item.id,
                quote=item.quote,
                fields=fields,
            )
        )
    yield from sorted(found, key=lambda change: KINDS.index(change.kind))


def _of_document(document: Document | None) -> _Items:
    if document is None:
        return {}
    quote = document.title or excerpt(document.text)
    return _by_key([_Item("document", document.id, quote, dict(_flat(document, "id")))])


def _of_annotation(annotation: Annotation | None) -> _Items:
    return {} if annotation is None else _by_key(_items(canonical(annotation)))


def _by_key(items: Iterable[_Item]) -> _Items:
    return {(item.kind, item.id): item for item in items}


def _items(annotation: Annotation) -> Iterator[_Item]:
    header = dict(_flat(annotation, "document", "annotator", "retired", *ITEM_FIELDS))
    yield _Item("annotation", f"{annotation.annotator}/{annotation.document}", "", header)
    quotes = {name: text_of(spans_of(item)) for name, item in text_items(annotation).items()}
    for mention in annotation.mentions:
        yield _Item("mention", mention.id, quotes[mention.id], dict(_flat(mention, "id")))
    for entity in annotation.entities:
        yield _Item("entity", entity.id, entity.name, dict(_flat(entity, "id")))
    for event in annotation.events:
        fields = dict(_flat(event, "id", "arguments", "factuality"))
        fields |= {f"factuality.{given.source}": given.value for given in event.factuality}
        yield _Item("event", event.id, quotes[event.id], fields)
        for argument in event.arguments:
            quote = f"{quotes[event.id]}: {quotes.get(argument.filler, '')}"
            name = f"{event.id} {argument.role} {argument.filler}"
            ends = ("role", "mention", "event", "claim")
            yield _Item("argument", name, quote, dict(_flat(argument, *ends)))
    for cluster in annotation.event_clusters:
        yield _Item("event cluster", cluster.id, "", dict(_flat(cluster, "id")))
    for claim in annotation.claims:
        yield _Item("claim", claim.id, quotes[claim.id], dict(_flat(claim, "id")))
    for kind, relations in (
        ("relation", annotation.relations),
        ("event relation", annotation.event_relations),
        ("claim relation", annotation.claim_relations),
    ):
        for relation in relations:
            quote = f"{quotes.get(relation.source, '')}: {quotes.get(relation.target, '')}"
            name = f"{relation.type} {relation.source} {relation.target}"
            yield _Item(kind, name, quote, dict(_flat(relation, "type", "source", "target")))
    for name in annotation.retired:
        yield _Item("retired id", name, "", {})


def _flat(struct: Struct, *left_out: str, within: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a struct; names of nested fields have dots."""
    for name in struct.__struct_fields__:
        if name in left_out:
            continue
        value = getattr(struct, name)
        if isinstance(value, Struct):
            yield from _flat(value, within=f"{within}{name}.")
        elif isinstance(value, dict):
            yield from ((f"{within}{name}.{key}", inner) for key, inner in value.items())
        else:
            yield f"{within}{name}", value
