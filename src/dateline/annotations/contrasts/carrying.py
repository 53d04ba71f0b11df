"""Carries the annotation of a text over to an edited copy of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.items import chains_of, clusters_of, text_of
from dateline.model import RELATION_FIELDS, Annotation, Claim, Event, Mention, Spans


def carried(annotation: Annotation, edit: TextEdit) -> Annotation:
    """The annotation with its items where the edit leaves them; ids and header are the same.

    What loses all of its words is left out, and so is what cannot be without it: arguments,
    factuality and relations, entities without mentions, and claims without their claimer.
    """
    spans = {
        **{item.id: edit.moved(item.spans) for item in annotation.mentions},
        **{item.id: edit.moved(item.trigger) for item in annotation.events},
        **{item.id: edit.moved(item.spans) for item in annotation.claims},
    }
    gone = {name for name, moved in spans.items() if not moved}
    gone |= {claim.id for claim in annotation.claims if claim.claimer in gone}
    mentions = tuple(_mention(m, spans) for m in annotation.mentions if m.id not in gone)
    events = tuple(_event(e, spans, gone) for e in annotation.events if e.id not in gone)
    moved = replace(
        annotation,
        mentions=mentions,
        events=events,
        claims=tuple(_claim(c, spans, gone, edit) for c in annotation.claims if c.id not in gone),
        **{
            field: tuple(
                relation
                for relation in getattr(annotation, field)
                if gone.isdisjoint((relation.source, relation.target))
            )
            for field in RELATION_FIELDS
        },
    )
    chains, clusters, names = chains_of(moved), clusters_of(moved), names_after(annotation, edit)
    return replace(
        moved,
        entities=tuple(
            replace(entity, name=names.get(entity.id, entity.name))
            for entity in annotation.entities
            if entity.id in chains
        ),
        event_clusters=tuple(c for c in annotation.event_clusters if c.id in clusters),
    )


def names_after(annotation: Annotation, edit: TextEdit) -> Mapping[str, str]:
    """The names of entities, by id, that are the text of a mention, as the edit leaves it."""
    names = {entity.id: entity.name for entity in annotation.entities}
    found: dict[str, str] = {}
    for mention in annotation.mentions:
        if mention.entity is not None and names.get(mention.entity) == text_of(mention.spans):
            moved = edit.moved(mention.spans)
            if moved:
                found.setdefault(mention.entity, text_of(moved))
    return found


def _mention(mention: Mention, spans: Mapping[str, Spans]) -> Mention:
    return replace(mention, spans=spans[mention.id])


def _event(event: Event, spans: Mapping[str, Spans], gone: set[str]) -> Event:
    return replace(
        event,
        trigger=spans[event.id],
        arguments=tuple(a for a in event.arguments if a.filler not in gone),
        factuality=tuple(given for given in event.factuality if given.source not in gone),
    )


def _claim(claim: Claim, spans: Mapping[str, Spans], gone: set[str], edit: TextEdit) -> Claim:
    return replace(
        claim,
        spans=spans[claim.id],
        cue=(edit.moved(claim.cue) if claim.cue else None) or None,
        events=tuple(event for event in claim.events if event not in gone),
    )
