"""Relations and entities of two annotators, paired by the matches of mentions, events, claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dateline.annotations.items import chains_of, spans_of, text_items
from dateline.annotations.matching import Matches
from dateline.model import RELATION_FIELDS, Annotation, Entity, Relation, Spans

RELATIONS_OF: Mapping[str, str] = {
    "relations": "relations",
    "events": "event_relations",
    "claims": "claim_relations",
}
"""The layers that have relations, and the field of each."""


def paired_relations(
    first: Annotation, second: Annotation, matches: Matches, layer: str
) -> Iterator[tuple[Spans, Relation | None, Relation | None]]:
    """Each relation of a layer, as the first and as the second annotator has it.

    It is the same relation if it has the same type between matched items, in the same direction.
    With it come the spans of the item that it starts from.
    """
    field = RELATIONS_OF[layer]
    if not getattr(first, field) and not getattr(second, field):
        return
    known: Mapping[str, str] = getattr(matches, RELATION_FIELDS[field])
    items, other_items = text_items(first), text_items(second)
    others = {relation.key: relation for relation in getattr(second, field)}
    for relation in getattr(first, field):
        key = relation.type, known.get(relation.source), known.get(relation.target)
        yield spans_of(items[relation.source]), relation, others.pop(key, None)
    for relation in others.values():
        yield spans_of(other_items[relation.source]), None, relation


def matched_entities(
    first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[Spans, Entity, Entity]]:
    """Entities that match, with the spans of the first annotator's first mention."""
    chains, mentions = chains_of(first), {mention.id: mention for mention in first.mentions}
    others = {entity.id: entity for entity in second.entities}
    for entity in first.entities:
        match = matches.entities.get(entity.id)
        if match in others:
            yield mentions[chains[entity.id][0]].spans, entity, others[match]
