"""Converts the items of an annotation to columns: every field has a value, and lists are lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dateline.annotations.derived_relations import derived_relations
from dateline.dataset.columns import (
    ArgumentItem,
    ClaimItem,
    Ends,
    EntityItem,
    EventItem,
    EventRelationItem,
    MentionItem,
    RelationItem,
)
from dateline.dataset.declared import DeclaredColumns
from dateline.model import ITEM_FIELDS, Annotation, Relation
from dateline.ontology.labels import Ontology


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
        "event_relations": [
            columns.of(EventRelationItem(r.type, r.source, r.target, derived))
            for r, derived in _event_relations(annotation, columns.ontology)
        ],
        "claims": [
            columns.of(ClaimItem(c.id, c.spans, c.act, c.claimer, c.cue, c.events, c.attributes))
            for c in annotation.claims
        ],
        "claim_relations": _ends(annotation.claim_relations),
    }


def _event_relations(annotation: Annotation, ontology: Ontology) -> list[tuple[Relation, bool]]:
    """Relations between events, sorted, and whether each is derived from arguments."""
    derived = derived_relations(annotation.events, ontology.event_relations)
    flagged = [*((r, False) for r in annotation.event_relations), *((r, True) for r in derived)]
    return sorted(flagged, key=lambda found: found[0].key)


def _ends(relations: Iterable[Relation]) -> list[Ends]:
    return [Ends(relation.type, relation.source, relation.target) for relation in relations]
