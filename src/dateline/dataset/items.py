"""Converts the items of an annotation to columns: every field has a value, and lists are lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dateline.dataset.columns import (
    ArgumentItem,
    ClaimItem,
    Ends,
    EntityItem,
    EventItem,
    MentionItem,
    RelationItem,
)
from dateline.dataset.declared import DeclaredColumns
from dateline.model import ITEM_FIELDS, Annotation, Relation


def content(annotation: Annotation | None, columns: DeclaredColumns) -> dict[str, Any]:
    """The fields of `Content` for an annotation; empty ones without an annotation."""
    if annotation is None:
        return {"attributes": {}, **dict.fromkeys(ITEM_FIELDS, ())}
    return {
        "attributes": annotation.attributes,
        "mentions": [
            columns.of(MentionItem(m.id, m.spans, m.type, m.attributes, m.entity))
            for m in annotation.mentions
        ],
        "entities": [
            columns.of(EntityItem(e.id, e.type, e.name, e.attributes, e.links))
            for e in annotation.entities
        ],
        "relations": [
            columns.of(RelationItem(r.type, r.source, r.target, r.attributes))
            for r in annotation.relations
        ],
        "events": [
            columns.of(
                EventItem(
                    event.id,
                    event.trigger,
                    event.type,
                    [
                        columns.of(ArgumentItem(a.role, a.mention, a.event, a.claim, a.attributes))
                        for a in event.arguments
                    ],
                    event.attributes,
                    event.factuality,
                    event.cluster,
                )
            )
            for event in annotation.events
        ],
        "event_clusters": annotation.event_clusters,
        "event_relations": _ends(annotation.event_relations),
        "claims": [
            columns.of(ClaimItem(c.id, c.spans, c.act, c.claimer, c.cue, c.events, c.attributes))
            for c in annotation.claims
        ],
        "claim_relations": _ends(annotation.claim_relations),
    }


def _ends(relations: Iterable[Relation]) -> list[Ends]:
    return [Ends(relation.type, relation.source, relation.target) for relation in relations]
