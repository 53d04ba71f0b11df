"""The data model: documents, annotations and their parts.

Plain frozen structs, independent of files, servers and labels. Offsets are Unicode code points into
the document's text, end exclusive. The structure is that of ``schema/document.schema.json`` and
``schema/annotation.schema.json``; the allowed labels are in the ontology.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

SCHEMA_VERSION = "1.0"
GOLD = "gold"

LAYER_FIELDS: Mapping[str, tuple[str, str]] = {
    "entities": ("mentions", "entities"),
    "events": ("events", "event_relations"),
    "claims": ("claims", "claim_relations"),
}
"""The fields of an annotation by layer; the first of each holds the labelled spans."""

LAYERS = tuple(LAYER_FIELDS)
ITEM_FIELDS = tuple(field for fields in LAYER_FIELDS.values() for field in fields)
ID_FIELDS = ("mentions", "entities", "events", "claims")
"""The fields whose items have ids."""


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all data types: immutable, strict about unknown fields, built by keyword."""


class Span(Struct, frozen=True):
    """A contiguous part of a document's text, with the quoted text to verify the offsets."""

    start: int
    end: int
    text: str


Spans = tuple[Span, ...]
"""One or more fragments, sorted by start and disjoint."""

Range = tuple[int, int]
"""Start and end offset, in code points, end exclusive."""


class Mention(Struct, frozen=True):
    """A reference to an entity in the text."""

    id: str
    spans: Spans
    type: str
    attributes: dict[str, str]
    entity: str | None


class Link(Struct, frozen=True):
    """An entity's entry in a knowledge base; an ``id`` of None is NIL: the base has no entry."""

    kb: str
    date: str | None
    id: str | None


class Entity(Struct, frozen=True):
    """Something in the world; its mentions form a coreference chain."""

    id: str
    type: str
    name: str
    link: Link | None


class Argument(Struct, frozen=True, omit_defaults=True):
    """An argument of an event: a role, filled by one mention, event or claim."""

    role: str
    mention: str | None = None
    event: str | None = None
    claim: str | None = None

    @property
    def filler(self) -> str:
        """The id of the mention, event or claim that fills the role."""
        return self.mention or self.event or self.claim or ""


class Event(Struct, frozen=True):
    """An event mention with its trigger; events in one cluster are one event instance."""

    id: str
    trigger: Spans
    type: str
    arguments: tuple[Argument, ...]
    attributes: dict[str, str]
    cluster: str | None


class Claim(Struct, frozen=True):
    """A statement, demand or judgement that the text attributes to a source.

    ``claimer`` is the id of a mention, or one of the ontology's claimers that are not mentions.
    """

    id: str
    spans: Spans
    act: str
    claimer: str
    cue: Spans | None
    events: tuple[str, ...]
    attributes: dict[str, str]


class Relation(Struct, frozen=True):
    """A directed relation between two events or two claims."""

    type: str
    source: str
    target: str


class LabelStudioIds(Struct, frozen=True):
    """Ids of an annotation on the Label Studio server that it was pulled from."""

    project: int
    task: int
    annotation: int


class Origin(Struct, frozen=True):
    """How an annotation differs from the one it started from, by the ids of items.

    ``started_from`` is an annotator or a model, and a part of the annotation's hash.
    """

    started_from: str
    confirmed: tuple[str, ...]
    changed: tuple[str, ...]
    drawn: tuple[str, ...]
    removed: tuple[str, ...]


class Provenance(Struct, frozen=True, omit_defaults=True):
    """Where an annotation comes from, without names or addresses of persons."""

    kind: str
    tool: str | None
    created: str | None
    updated: str | None
    label_studio: LabelStudioIds | None
    note: str | None
    origin: Origin | None = None


class Annotation(Struct, frozen=True):
    """One annotator's annotation of one document."""

    schema_version: str
    document: str
    text_sha256: str
    annotator: str
    layers: tuple[str, ...]
    status: str
    provenance: Provenance
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    events: tuple[Event, ...]
    event_relations: tuple[Relation, ...]
    claims: tuple[Claim, ...]
    claim_relations: tuple[Relation, ...]
    retired: tuple[str, ...]

    def ids(self) -> Iterator[str]:
        """All ids in use, in the order of the file."""
        for field in ID_FIELDS:
            for item in getattr(self, field):
                yield item.id


DOCUMENT_VERSION = "2.0"
"""The version of the format of documents; files of `FORMER_VERSION` do not state theirs."""

FORMER_VERSION = "1.0"

MetaValue = str | bool | int | float


class Source(Struct, frozen=True, omit_defaults=True):
    """Where a text was published; unknown fields are None."""

    publisher: str | None = None
    url: str | None = None
    published: str | None = None


class Rights(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """License and holder of a text, and whether the text may be published."""

    license: str
    holder: str | None = None
    redistribute_text: bool


class Dropped(Struct, frozen=True, omit_defaults=True):
    """A range of the decoded seed that is not part of the text, and what the text has instead."""

    start: int
    end: int
    reason: str
    replacement: str = ""


class Seed(Struct, frozen=True, omit_defaults=True):
    """The file that a text was ingested from; ``dropped`` is sorted and disjoint."""

    file: str
    sha256: str
    dropped: tuple[Dropped, ...] = ()


class Segmentation(Struct, frozen=True, omit_defaults=True):
    """Where sentences and tokens come from: a segmenter, or a file (``given``) of this format.

    ``version`` is None for given ones, and for a segmenter whose version is not known.
    """

    name: str
    version: str | None = None
    given: bool = False


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text with its segmentation, source, rights and split.

    ``date`` is the day that the text speaks from (ISO 8601). Documents of one ``group`` are in one
    split. ``split_given`` tells that the split is not the one that a hash assigns. ``meta`` has the
    keys that the corpus declares. ``original_id`` is the name of the seed where it is not the id.
    """

    schema_version: str = FORMER_VERSION
    id: str
    original_id: str | None = None
    text: str
    text_sha256: str
    language: str | None = None
    title: str | None = None
    date: str | None = None
    group: str | None = None
    meta: dict[str, MetaValue] = {}
    source: Source
    rights: Rights
    split: str
    split_given: bool = False
    seed: Seed
    segmentation: Segmentation | None = None
    sentences: tuple[Range, ...]
    tokens: tuple[Range, ...]


def canonical(annotation: Annotation) -> Annotation:
    """The annotation in canonical order, so that equal content gives equal files.

    Items are sorted by offsets and id, entities by their first mention, arguments by role and
    filler, relations by type, source and target.
    """
    mentions = _sorted_by_offsets(annotation.mentions, "spans")
    first: dict[str | None, int] = {}
    for position, mention in enumerate(mentions):
        first.setdefault(mention.entity, position)
    events = tuple(
        msgspec.structs.replace(
            event,
            arguments=tuple(sorted(event.arguments, key=lambda a: (a.role, a.filler))),
            attributes=dict(sorted(event.attributes.items())),
        )
        for event in _sorted_by_offsets(annotation.events, "trigger")
    )
    claims = tuple(
        msgspec.structs.replace(
            claim,
            events=tuple(sorted(claim.events)),
            attributes=dict(sorted(claim.attributes.items())),
        )
        for claim in _sorted_by_offsets(annotation.claims, "spans")
    )
    return msgspec.structs.replace(
        annotation,
        layers=tuple(layer for layer in LAYERS if layer in annotation.layers),
        mentions=tuple(
            msgspec.structs.replace(m, attributes=dict(sorted(m.attributes.items())))
            for m in mentions
        ),
        entities=tuple(
            sorted(annotation.entities, key=lambda e: (first.get(e.id, len(mentions)), e.id))
        ),
        events=events,
        event_relations=_sorted_relations(annotation.event_relations),
        claims=claims,
        claim_relations=_sorted_relations(annotation.claim_relations),
        retired=tuple(sorted(annotation.retired)),
    )


def _sorted_by_offsets(items: tuple[Any, ...], field: str) -> list[Any]:
    return sorted(items, key=lambda i: ([(s.start, s.end) for s in getattr(i, field)], i.id))


def _sorted_relations(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
    return tuple(sorted(relations, key=lambda r: (r.type, r.source, r.target)))
