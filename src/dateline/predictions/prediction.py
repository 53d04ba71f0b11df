"""What a system predicts about one document."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.model import (
    Claim,
    Entity,
    Event,
    Mention,
    Relation,
    Struct,
)


class Prediction(Struct, frozen=True):
    """What a system says about one document; the shapes are the annotation's.

    ``scores`` rank claims: attribute, value, the claim's id, and a number that is higher the
    likelier the claim has that value.
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
