"""Restricting an annotation to some of its layers.

Items of other layers are kept as context if an item of an annotated layer refers to them, directly
or through another item.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import msgspec

from dateline.model import LAYERS, Annotation


def context(annotation: Annotation, layers: Collection[str]) -> frozenset[str]:
    """Ids of all items that items of these layers refer to, directly or indirectly."""
    references = dict(_references(annotation))
    members = _members(annotation)
    waiting = [name for layer in layers for name in members[layer]]
    found: set[str] = set()
    if "relations" in layers:
        ends = {
            end for relation in annotation.relations for end in (relation.source, relation.target)
        }
        found |= ends
        waiting += ends
    while waiting:
        for name in references.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def limited(annotation: Annotation, layers: Collection[str]) -> Annotation:
    """The annotation with these layers only, and the context that they refer to."""
    kept = {*context(annotation, layers)}
    members = _members(annotation)
    for layer in layers:
        kept.update(members[layer])
    return msgspec.structs.replace(
        annotation,
        layers=tuple(layer for layer in LAYERS if layer in layers),
        mentions=tuple(mention for mention in annotation.mentions if mention.id in kept),
        entities=tuple(entity for entity in annotation.entities if entity.id in kept),
        attributes=annotation.attributes if "document" in layers else {},
        relations=annotation.relations if "relations" in layers else (),
        events=tuple(event for event in annotation.events if event.id in kept),
        event_clusters=annotation.event_clusters if "events" in layers else (),
        event_relations=annotation.event_relations if "events" in layers else (),
        claims=tuple(claim for claim in annotation.claims if claim.id in kept),
        claim_relations=annotation.claim_relations if "claims" in layers else (),
        notes=tuple(note for note in annotation.notes if note.item is None or note.item in kept),
    )


def _members(annotation: Annotation) -> Mapping[str, tuple[str, ...]]:
    return {
        "entities": (
            *(mention.id for mention in annotation.mentions),
            *(entity.id for entity in annotation.entities),
        ),
        "document": (),
        "relations": (),
        "events": tuple(event.id for event in annotation.events),
        "claims": tuple(claim.id for claim in annotation.claims),
    }


def _references(annotation: Annotation) -> Iterator[tuple[str, tuple[str, ...]]]:
    for mention in annotation.mentions:
        yield mention.id, (mention.entity,) if mention.entity is not None else ()
    for event in annotation.events:
        yield (
            event.id,
            (
                *(argument.filler for argument in event.arguments),
                *(given.source for given in event.factuality),
            ),
        )
    for claim in annotation.claims:
        yield claim.id, (claim.claimer, *claim.events)
