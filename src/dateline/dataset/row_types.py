"""What the rows of each config are made of.

A row is a struct whose fields are the config's columns, in their order; being a struct, it cannot
lack one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UnsetType

from dateline.model import Entity, Relation, Rights, Source, Spans

Attributes = dict[str, str] | UnsetType
"""Values by name; unset where the ontology gives the layer no attributes, so has no column."""

Items = Sequence[Any]
"""Items as the model has them, or without attributes where there is no column for them."""


class Row(msgspec.Struct, gc=False):
    """What all rows and their parts share."""


class Stretch(Row):
    """A range of code points or of tokens, end exclusive."""

    start: int
    end: int


class Origin(Row):
    """Who decided, and with what tool."""

    kind: str
    tool: str | None


class Cut(Row):
    """A seed, and what of it is not in the text."""

    sha256: str
    dropped: list[Stretch]


class DocumentRow(Row):
    """A document with its gold annotation."""

    id: str
    text: str
    text_sha256: str
    text_length: int
    text_available: bool
    language: str | None
    title: str | None
    source: Source
    rights: Rights
    split: str
    seed: Cut
    sentences: list[Stretch]
    tokens: list[Stretch]
    annotated: bool
    status: str | None
    provenance: Origin | None
    layers: Sequence[str]
    mentions: Items
    entities: Sequence[Entity]
    events: Items
    event_relations: Sequence[Relation]
    claims: Items
    claim_relations: Sequence[Relation]


class AnnotationRow(Row):
    """What one annotator says about one document."""

    annotator: str
    document: str
    text_sha256: str
    status: str
    provenance: Origin
    layers: Sequence[str]
    mentions: Items
    entities: Sequence[Entity]
    events: Items
    event_relations: Sequence[Relation]
    claims: Items
    claim_relations: Sequence[Relation]


class PlacedMention(Row):
    """A mention as a sentence's row has it; ``tokens`` count in the sentence."""

    id: str
    type: str
    attributes: Attributes
    entity: str | None
    spans: Spans
    tokens: list[Stretch]


class EntityRow(Row):
    """A sentence with its mentions."""

    id: str
    document: str
    text_sha256: str
    sentence: int
    start: int
    end: int
    text: str
    tokens: list[str]
    token_offsets: list[Stretch]
    ner_tags: list[str]
    mentions: list[PlacedMention]


class FilledRole(Row):
    """An argument with what fills it; ``kind`` is mention, event or claim."""

    role: str
    kind: str
    filler: str
    text: str
    spans: list[Stretch]
    entity_type: str | None
    in_sentence: bool


class PlacedEvent(Row):
    """An event as a sentence's row has it; ``trigger_tokens`` count in the sentence."""

    id: str
    type: str
    trigger: Spans
    attributes: Attributes
    cluster: str | None
    trigger_tokens: list[Stretch]
    arguments: list[FilledRole]


class EventRow(Row):
    """A sentence with its events."""

    id: str
    document: str
    text_sha256: str
    sentence: int
    start: int
    end: int
    text: str
    tokens: list[str]
    token_offsets: list[Stretch]
    events: list[PlacedEvent]


class Context(Row):
    """A sentence that a claim touches."""

    sentence: int
    start: int
    end: int
    text: str


class TypedEvent(Row):
    """An event that a claim is about."""

    id: str
    type: str


class ClaimRow(Row):
    """A claim with what is needed to read it alone."""

    id: str
    document: str
    text_sha256: str
    claim: str
    text: str
    spans: Spans
    context: list[Context]
    claimer: str
    claimer_text: str | None
    claimer_spans: list[Stretch]
    claimer_name: str | None
    cue_text: str | None
    cue_spans: Spans
    act: str
    attributes: Attributes
    events: list[TypedEvent]
