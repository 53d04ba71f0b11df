"""What a system predicts for one document."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.model import (
    Annotation,
    Claim,
    Entity,
    Event,
    Mention,
    Relation,
    Struct,
)


class Prediction(Struct, frozen=True):
    """The items that a system predicts for one document, in the shapes of an annotation.

    Only ``document`` is required. ``scores`` rank claims by attribute, value and claim id: the
    higher the number, the likelier the claim has that value.
    """

    document: str
    text_sha256: str | None = None
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    event_relations: tuple[Relation, ...] = ()
    claims: tuple[Claim, ...] = ()
    claim_relations: tuple[Relation, ...] = ()
    scores: Mapping[str, Mapping[str, Mapping[str, float]]] = {}

    @classmethod
    def from_annotation(cls, annotation: Annotation) -> Prediction:
        """The items of an annotation, as if a system had predicted them."""
        return cls(
            document=annotation.document,
            text_sha256=annotation.text_sha256,
            mentions=annotation.mentions,
            entities=annotation.entities,
            events=annotation.events,
            event_relations=annotation.event_relations,
            claims=annotation.claims,
            claim_relations=annotation.claim_relations,
        )
