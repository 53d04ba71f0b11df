"""What a system predicts for one document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dateline.model import (
    CONTENT_FIELDS,
    Annotation,
    AttributeValue,
    Claim,
    Entity,
    Event,
    EventCluster,
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
    attributes: Mapping[str, AttributeValue] = {}
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    events: tuple[Event, ...] = ()
    event_clusters: tuple[EventCluster, ...] = ()
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
            **{field: getattr(annotation, field) for field in CONTENT_FIELDS},
        )

    def content(self) -> dict[str, Any]:
        """What an annotation has as well, as its fields."""
        return {field: getattr(self, field) for field in CONTENT_FIELDS}

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
