"""What refers to items, paired by the matches of the items: relations, entities and so on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dateline.annotations.items import chains_of, spans_of, text_items
from dateline.annotations.matching import Matches
from dateline.model import RELATION_FIELDS, Annotation, Argument, Entity, Event, Relation, Spans

RELATIONS_OF: Mapping[str, str] = {
    "relations": "relations",
    "events": "event_relations",
    "claims": "claim_relations",
}
"""The layers that have relations, and the field of each."""

CLAIMS = "claims"
"""The source of factuality that stands for all claims."""


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


def paired_arguments(
    first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[Event, Argument, Argument]]:
    """Arguments of matched events with the same role and matched fillers, and the first event."""
    known = {**matches.mentions, **matches.events, **matches.claims}
    for event, match in _matched_events(first, second, matches):
        others = {argument.key: argument for argument in match.arguments}
        for argument in event.arguments:
            other = others.get((argument.role, known.get(argument.filler, "")))
            if other is not None:
                yield event, argument, other


def paired_factuality(
    first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[Event, str, str | None, str | None]]:
    """The first event, the source and both values, for sources of matched events.

    The source is a claimer that is not a mention, or `CLAIMS`. Claims that have no match are left
    out, because the other annotator cannot have a value for them.
    """
    claims, other_claims = ({claim.id for claim in side.claims} for side in (first, second))
    matched = {*matches.claims.values()}
    for event, match in _matched_events(first, second, matches):
        others = {given.source: given.value for given in match.factuality}
        for given in event.factuality:
            is_claim = given.source in claims
            source = matches.claims.get(given.source) if is_claim else given.source
            if source is not None:
                name = CLAIMS if is_claim else source
                yield event, name, given.value, others.pop(source, None)
        for source, value in others.items():
            if source not in other_claims:
                yield event, source, None, value
            elif source in matched:
                yield event, CLAIMS, None, value


def _matched_events(
    first: Annotation, second: Annotation, matches: Matches
) -> Iterator[tuple[Event, Event]]:
    others = {event.id: event for event in second.events}
    for event in first.events:
        if event.id in matches.events:
            yield event, others[matches.events[event.id]]
