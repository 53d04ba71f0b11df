"""What a system predicts for one document."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dateline.model import (
    Annotation,
    Claim,
    Entity,
    Event,
    Mention,
    Relation,
    Struct,
)


class Prediction(Struct, frozen=True, omit_defaults=True):
    """The items that a system predicts for one document, in the shapes of an annotation.

    Only ``document`` is required. ``scores`` rank claims by attribute, value and claim id: the
    higher the number, the likelier the claim has that value. ``confidence`` says by JSON Pointer,
    such as ``/mentions/0``, how sure the system is of an item: any finite number, higher is surer.
    In files, it is a field of the items themselves.
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
    confidence: Mapping[str, float] = {}

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

    def to_json(self) -> bytes:
        """The prediction as a line of a file, without the line end."""
        if not self.confidence:
            return msgspec.json.encode(self)
        fields = msgspec.to_builtins(self)
        for pointer, number in fields.pop("confidence").items():
            item = fields
            for step in pointer.split("/")[1:]:
                item = item[step] if isinstance(item, dict) else item[int(step)]
            item["confidence"] = number
        return msgspec.json.encode(fields)
