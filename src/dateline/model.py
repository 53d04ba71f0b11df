"""The data model: documents, annotations and their parts.

Plain frozen structs, independent of files, servers and labels. Offsets are Unicode code points into
the document's text, end exclusive. The structure is that of ``schema/document.schema.json`` and
``schema/annotation.schema.json``; the allowed labels are in the ontology.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

SCHEMA_VERSION = "2.0"
"""The version of the format of documents and annotations."""

FORMER_VERSION = "1.0"
"""The version before; documents of it do not state a version."""

GOLD = "gold"

LAYER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "document": ("attributes",),
    "entities": ("mentions", "entities"),
    "relations": ("relations",),
    "events": ("events", "event_clusters", "event_relations"),
    "claims": ("claims", "claim_relations"),
}
"""The fields of an annotation by layer. A corpus has the layers that its ontology declares."""

FIELD_LAYERS: Mapping[str, str] = {
    field: layer for layer, fields in LAYER_FIELDS.items() for field in fields
}
"""The layer of each field of an annotation."""

LAYERS = tuple(LAYER_FIELDS)
CONTENT_FIELDS = tuple(field for fields in LAYER_FIELDS.values() for field in fields)
SPAN_LAYERS = ("entities", "events", "claims")
"""The layers whose first field holds labelled spans."""

ITEM_FIELDS = tuple(field for field in CONTENT_FIELDS if field != "attributes")
"""The fields that are lists of items."""

ID_FIELDS = ("mentions", "entities", "events", "claims")
"""The fields whose items have ids."""

RELATION_FIELDS: Mapping[str, str] = {
    "relations": "mentions",
    "event_relations": "events",
    "claim_relations": "claims",
}
"""The fields that hold relations, and for each the field of the items that it relates."""

AttributeValue = str | bool | int | float | tuple[str, ...]
"""A label, true or false, a number, a text, or several labels."""

Attributes = Mapping[str, AttributeValue]


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
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


class Mention(Struct, frozen=True, omit_defaults=True):
    """A reference to an entity in the text; ``entity`` is None where coreference is unknown."""

    id: str
    spans: Spans
    type: str
    attributes: Attributes = {}
    entity: str | None = None


class Link(Struct, frozen=True):
    """An entry in a knowledge base; an ``id`` of None is NIL: the base has no entry."""

    kb: str
    id: str | None
    date: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What links are sorted by; a missing part comes first."""
        return self.kb, self.id or "", self.date or ""


class Entity(Struct, frozen=True, omit_defaults=True):
    """Something in the world; its mentions form a coreference chain.

    ``links`` are its entries in knowledge bases; empty where nobody has looked.
    """

    id: str
    type: str
    name: str
    attributes: Attributes = {}
    links: tuple[Link, ...] = ()


class EventCluster(Struct, frozen=True):
    """Links of an event instance: of all events whose ``cluster`` is this ``id``."""

    id: str
    links: tuple[Link, ...]


class Argument(Struct, frozen=True, omit_defaults=True):
    """An argument of an event: a role, filled by one mention, event or claim."""

    role: str
    mention: str | None = None
    event: str | None = None
    claim: str | None = None
    attributes: Attributes = {}

    @property
    def filler(self) -> str:
        """The id of the mention, event or claim that fills the role."""
        return self.mention or self.event or self.claim or ""

    @property
    def key(self) -> tuple[str, str]:
        """Role and filler, which identify an argument of an event."""
        return self.role, self.filler

    def __hash__(self) -> int:
        """By role and filler, because attributes have no hash."""
        return hash(self.key)


class Factuality(Struct, frozen=True):
    """How certain an event is according to a source, such as "certainly true" (FactBank).

    ``source`` is the id of a claim, whose claimer is the source, or one of the ontology's claimers
    that are not mentions. ``value`` is a label of the ontology's list ``factuality``.
    """

    source: str
    value: str


class Event(Struct, frozen=True, omit_defaults=True):
    """An event mention with its trigger; events in one cluster are one event instance."""

    id: str
    trigger: Spans
    type: str
    arguments: tuple[Argument, ...] = ()
    attributes: Attributes = {}
    factuality: tuple[Factuality, ...] = ()
    cluster: str | None = None


class Claim(Struct, frozen=True, omit_defaults=True):
    """A statement, demand or judgement that the text attributes to a source.

    ``claimer`` is the id of a mention, or one of the ontology's claimers that are not mentions.
    """

    id: str
    spans: Spans
    act: str
    claimer: str
    cue: Spans | None = None
    events: tuple[str, ...] = ()
    attributes: Attributes = {}


class Relation(Struct, frozen=True, omit_defaults=True):
    """A directed relation between two mentions, two events or two claims, by their ids."""

    type: str
    source: str
    target: str
    attributes: Attributes = {}

    @property
    def key(self) -> tuple[str, str, str]:
        """Type, source and target, which identify a relation."""
        return self.type, self.source, self.target

    @property
    def name(self) -> str:
        """The key as text for a message."""
        return f"{self.type} {self.source}→{self.target}"

    def __hash__(self) -> int:
        """By type and ends, because attributes have no hash."""
        return hash(self.key)


class Note(Struct, frozen=True, omit_defaults=True):
    """What an annotator says about their work on an item, or on the document if ``item`` is None.

    It is a note, or that the annotator is ``unsure``. It does not belong to the content of the
    annotation: it is not compared, and gold has none.
    """

    item: str | None = None
    text: str = ""
    unsure: bool = False

    @property
    def subject(self) -> str:
        """The id of the item, or "the document"."""
        return self.item or "the document"

    @property
    def words(self) -> str:
        """The note as text, "unsure" first."""
        return ": ".join(filter(None, ["unsure" if self.unsure else "", self.text]))


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


class Guidelines(Struct, frozen=True):
    """The guidelines that an annotation was made by: the ontology's version, and their hash."""

    version: str
    sha256: str


class Provenance(Struct, frozen=True, omit_defaults=True):
    """Where an annotation comes from, without names or addresses of persons."""

    kind: str
    tool: str | None
    created: str | None
    updated: str | None
    label_studio: LabelStudioIds | None
    note: str | None
    guidelines: Guidelines | None = None
    origin: Origin | None = None


class Annotation(Struct, frozen=True, omit_defaults=True):
    """One annotator's annotation of one document.

    ``layers`` are those that the annotator has looked at; ``attributes`` are of the document, and
    ``notes`` of mentions, events, claims or the document.
    """

    schema_version: str
    document: str
    text_sha256: str
    annotator: str
    layers: tuple[str, ...]
    status: str
    provenance: Provenance
    attributes: Attributes = {}
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    events: tuple[Event, ...] = ()
    event_clusters: tuple[EventCluster, ...] = ()
    event_relations: tuple[Relation, ...] = ()
    claims: tuple[Claim, ...] = ()
    claim_relations: tuple[Relation, ...] = ()
    notes: tuple[Note, ...] = ()
    retired: tuple[str, ...] = ()

    def ids(self) -> Iterator[str]:
        """All ids in use, in the order of the file."""
        for field in ID_FIELDS:
            for item in getattr(self, field):
                yield item.id


def made_by(annotation: Annotation, guidelines: Guidelines | None) -> Annotation:
    """The annotation as made by these guidelines, None if they are not known."""
    provenance = replace(annotation.provenance, guidelines=guidelines)
    return replace(annotation, provenance=provenance)


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


class GoldChange(Struct, frozen=True, omit_defaults=True, rename={"before": "from", "after": "to"}):
    """A way in which the gold of a contrast differs from that of its original.

    ``item`` is a definition of the ontology, such as event. The item is found by its text:
    ``quote``, and for relations also ``target``, are in the contrast's text, or in the original's
    if the item is removed. ``label`` is its type or act. Either the item is ``added`` or
    ``removed``, or the value of a ``field`` changes; of arguments, the one with this ``role``, and
    of factuality, the one of this ``source``. Values are labels, or the text of the item that is
    referred to.
    """

    item: str
    quote: str | None = None
    target: str | None = None
    label: str | None = None
    field: str | None = None
    role: str | None = None
    source: str | None = None
    before: AttributeValue | None = None
    after: AttributeValue | None = None
    added: bool = False
    removed: bool = False


class Contrast(Struct, frozen=True, omit_defaults=True):
    """What makes a text a minimal edit of another document, ``of``, and what its gold changes."""

    of: str
    kind: str
    changes: tuple[GoldChange, ...] = ()


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text with its segmentation, source, rights and split.

    ``date`` is the day that the text speaks from (ISO 8601). Documents of one ``group`` are in one
    split. ``contrast`` is given if the text is a minimal edit of another document's.
    ``split_given`` tells that the split need not be the one that a hash assigns, and ``duplicate``
    that other documents may have the same text. ``meta`` has the keys that the corpus declares.
    ``original_id`` is the name of the seed where it is not the id.
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
    contrast: Contrast | None = None
    meta: dict[str, MetaValue] = {}
    source: Source
    rights: Rights
    split: str
    split_given: bool = False
    duplicate: bool = False
    seed: Seed
    segmentation: Segmentation | None = None
    sentences: tuple[Range, ...]
    tokens: tuple[Range, ...]


def canonical(annotation: Annotation) -> Annotation:
    """The annotation in canonical order, so that equal content gives equal files.

    Items are sorted by offsets and id, entities by their first mention, arguments by role and
    filler, factuality by source, relations by type, source and target, attributes by name, notes by
    item.
    """
    mentions = _sorted_by_offsets(annotation.mentions, "spans")
    first: dict[str | None, int] = {}
    for position, mention in enumerate(mentions):
        first.setdefault(mention.entity, position)
    entities = sorted(annotation.entities, key=lambda e: (first.get(e.id, len(mentions)), e.id))
    return replace(
        annotation,
        layers=tuple(layer for layer in LAYERS if layer in annotation.layers),
        attributes=_sorted_attributes(annotation.attributes),
        mentions=_with_sorted_attributes(mentions),
        entities=tuple(
            replace(entity, links=_sorted_links(entity.links))
            for entity in _with_sorted_attributes(entities)
        ),
        relations=_sorted_relations(annotation.relations),
        events=tuple(
            replace(
                event,
                arguments=_with_sorted_attributes(sorted(event.arguments, key=lambda a: a.key)),
                factuality=tuple(sorted(event.factuality, key=lambda f: (f.source, f.value))),
            )
            for event in _with_sorted_attributes(_sorted_by_offsets(annotation.events, "trigger"))
        ),
        event_clusters=tuple(
            replace(cluster, links=_sorted_links(cluster.links))
            for cluster in sorted(annotation.event_clusters, key=lambda c: c.id)
        ),
        event_relations=_sorted_relations(annotation.event_relations),
        claims=tuple(
            replace(claim, events=tuple(sorted(claim.events)))
            for claim in _with_sorted_attributes(_sorted_by_offsets(annotation.claims, "spans"))
        ),
        claim_relations=_sorted_relations(annotation.claim_relations),
        notes=tuple(sorted(annotation.notes, key=lambda note: note.item or "")),
        retired=tuple(sorted(annotation.retired)),
    )


def _sorted_by_offsets(items: tuple[Any, ...], field: str) -> list[Any]:
    return sorted(items, key=lambda i: ([(s.start, s.end) for s in getattr(i, field)], i.id))


def _sorted_relations(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
    return _with_sorted_attributes(sorted(relations, key=lambda relation: relation.key))


def _sorted_links(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: link.key))


def _with_sorted_attributes(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(replace(item, attributes=_sorted_attributes(item.attributes)) for item in items)


def _sorted_attributes(attributes: Attributes) -> Attributes:
    """By name; several labels have no order, and are sorted as well."""
    return {
        name: tuple(sorted(value)) if isinstance(value, tuple) else value
        for name, value in sorted(attributes.items())
    }
