"""The columns of each config, declared once: the fields of the struct that a row is.

Field names and order are those of the columns, types and markers determine the features (see
``features``), and the description of a field is the one in the dataset card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, UnsetType

from dateline.model import (
    AttributeValue,
    EventCluster,
    Factuality,
    Link,
    MetaValue,
    Rights,
    Source,
    Spans,
)
from dateline.ontology.labels import Attribute, Ontology


class MetaKeys(NamedTuple):
    """Marks a column that contains the metadata of a text, by the keys that the corpus declares."""


class LayerLabels(NamedTuple):
    """Marks a column that contains a label of this layer."""

    layer: str


class LayerBioTags(NamedTuple):
    """Marks a column that contains a list of BIO tags of this layer's labels."""

    layer: str


class AttributesOf(NamedTuple):
    """Marks a column that contains attributes, which ``declared`` finds in the ontology.

    With ``class_labels``, required attributes that are one label are ClassLabels and not strings.
    """

    declared: Callable[[Ontology], Sequence[Attribute]]
    class_labels: bool = False

    def as_class_labels(self) -> AttributesOf:
        """The same, with ClassLabels."""
        return AttributesOf(self.declared, class_labels=True)


class OnlyIf(NamedTuple):
    """Marks a column that there is only if the ontology declares what it contains."""

    declared: Callable[[Ontology], bool]


OF_DOCUMENTS = AttributesOf(lambda ontology: ontology.attributes_of("document"))
OF_MENTIONS = AttributesOf(lambda ontology: ontology.attributes_of("entities"))
OF_ENTITIES = AttributesOf(lambda ontology: ontology.entity_attributes)
OF_RELATIONS = AttributesOf(lambda ontology: ontology.attributes_of("relations"))
OF_ARGUMENTS = AttributesOf(lambda ontology: ontology.argument_attributes)
OF_EVENTS = AttributesOf(lambda ontology: ontology.attributes_of("events"))
OF_CLAIMS = AttributesOf(lambda ontology: ontology.attributes_of("claims"))

IF_ENTITIES = OnlyIf(lambda ontology: "entities" in ontology.layers)
IF_COREFERENCE = OnlyIf(lambda ontology: ontology.has_coreference)
IF_LINKS = OnlyIf(lambda ontology: ontology.has_links)
IF_RELATIONS = OnlyIf(lambda ontology: "relations" in ontology.layers)
IF_EVENTS = OnlyIf(lambda ontology: "events" in ontology.layers)
IF_FACTUALITY = OnlyIf(lambda ontology: bool(ontology.factuality))
IF_EVENT_COREFERENCE = OnlyIf(lambda ontology: ontology.has_event_coreference)
IF_EVENT_LINKS = OnlyIf(lambda ontology: ontology.has_event_links)
IF_EVENT_RELATIONS = OnlyIf(lambda ontology: bool(ontology.event_relations))
IF_DERIVED_RELATIONS = OnlyIf(lambda ontology: bool(ontology.derived_event_relations))
IF_CLAIMS = OnlyIf(lambda ontology: "claims" in ontology.layers)
IF_CLAIM_RELATIONS = OnlyIf(lambda ontology: bool(ontology.claim_relations))

Attributes = Mapping[str, AttributeValue] | UnsetType
"""Values by name; unset, without a column, if the ontology declares no attributes."""

TextSha256 = Annotated[
    str, Meta(description="SHA-256 of the document's text; verifies a copy of it.")
]
DocumentId = Annotated[str, Meta(description="Id of the document.")]
Layers = Annotated[Sequence[str], Meta(description="The layers that were annotated.")]


class Row(msgspec.Struct, gc=False):
    """Base class of rows and their parts."""


class Offsets(Row):
    """A range of code points or of tokens, end exclusive."""

    start: int
    end: int


class AnnotationMethod(Row):
    """Who made an annotation (a person or a model), and with what tool."""

    kind: str
    tool: str | None


Method = Meta(description="Who made the annotation (a person or a model), and with what tool.")


class DroppedRange(Row):
    """A range of a seed that is not in the text, and what the text has instead."""

    start: int
    end: int
    replacement: str


class SeedColumns(Row):
    """The hash of a seed, and its ranges that are not in the text."""

    sha256: str
    dropped: list[DroppedRange]


class SegmentationColumns(Row):
    """What has made sentences and tokens; ``given`` if they came with the seed."""

    name: str
    version: str | None
    given: bool


class ArgumentItem(Row):
    """An argument with the id of its filler: a mention, an event or a claim."""

    role: str
    mention: Annotated[str | UnsetType | None, IF_ENTITIES]
    event: str | None
    claim: Annotated[str | UnsetType | None, IF_CLAIMS]
    attributes: Annotated[Attributes, OF_ARGUMENTS]


class MentionItem(Row):
    """A mention."""

    id: str
    spans: Spans
    type: str
    attributes: Annotated[Attributes, OF_MENTIONS]
    entity: Annotated[str | UnsetType | None, IF_COREFERENCE]


class EntityItem(Row):
    """An entity."""

    id: str
    type: str
    name: str
    attributes: Annotated[Attributes, OF_ENTITIES]
    links: Annotated[Sequence[Link] | UnsetType, IF_LINKS]


class Ends(Row):
    """A relation with the ids of its ends, from ``source`` to ``target``."""

    type: str
    source: str
    target: str


class EventRelationItem(Ends):
    """A relation between two events, and whether it was derived from arguments."""

    derived: Annotated[bool | UnsetType, IF_DERIVED_RELATIONS]


class RelationItem(Ends):
    """A relation between two mentions."""

    attributes: Annotated[Attributes, OF_RELATIONS]


class EventItem(Row):
    """An event."""

    id: str
    trigger: Spans
    type: str
    arguments: Sequence[ArgumentItem]
    attributes: Annotated[Attributes, OF_EVENTS]
    factuality: Annotated[Sequence[Factuality] | UnsetType, IF_FACTUALITY]
    cluster: Annotated[str | UnsetType | None, IF_EVENT_COREFERENCE]


class ClaimItem(Row):
    """A claim."""

    id: str
    spans: Spans
    act: str
    claimer: str
    cue: Spans | None
    events: Annotated[Sequence[str] | UnsetType, IF_EVENTS]
    attributes: Annotated[Attributes, OF_CLAIMS]


class Content(Row, kw_only=True):
    """What an annotation says about a document, by the fields of an annotation."""

    attributes: Annotated[
        Attributes,
        OF_DOCUMENTS,
        Meta(description="Attributes of the document; null where an attribute is not given."),
    ]
    mentions: Annotated[
        Sequence[MentionItem] | UnsetType,
        IF_ENTITIES,
        Meta(description="Mentions of entities: spans with their text, type and attributes."),
    ]
    entities: Annotated[
        Sequence[EntityItem] | UnsetType,
        IF_COREFERENCE,
        Meta(
            description="Entities that mentions refer to; the mentions of one entity form a "
            "coreference chain."
        ),
    ]
    relations: Annotated[
        Sequence[RelationItem] | UnsetType,
        IF_RELATIONS,
        Meta(description="Directed relations between two mentions."),
    ]
    events: Annotated[
        Sequence[EventItem] | UnsetType,
        IF_EVENTS,
        Meta(
            description="Events: trigger, type, arguments and attributes; a cluster groups "
            "mentions of one event instance."
        ),
    ]
    event_clusters: Annotated[
        Sequence[EventCluster] | UnsetType,
        IF_EVENT_LINKS,
        Meta(description="Links of event instances, by the cluster of their events."),
    ]
    event_relations: Annotated[
        Sequence[EventRelationItem] | UnsetType,
        IF_EVENT_RELATIONS,
        Meta(description="Directed relations between two events."),
    ]
    claims: Annotated[
        Sequence[ClaimItem] | UnsetType,
        IF_CLAIMS,
        Meta(description="Claims: spans, act, claimer, cue, events and attributes."),
    ]
    claim_relations: Annotated[
        Sequence[Ends] | UnsetType,
        IF_CLAIM_RELATIONS,
        Meta(description="Directed relations between two claims."),
    ]


class DocumentRow(Content):
    """A document with its gold annotation."""

    id: Annotated[str, Meta(description="Id of the document, from the name of its seed.")]
    original_id: Annotated[
        str | None, Meta(description="Name of the seed without .txt, where it is not the id.")
    ]
    text: Annotated[
        str,
        Meta(
            description="The seed's text with what seed.dropped lists, otherwise unchanged. It "
            "never changes once it is annotated."
        ),
    ]
    text_sha256: Annotated[str, Meta(description="SHA-256 of the text in UTF-8.")]
    text_length: Annotated[int, Meta(description="Code points of the text.")]
    text_available: Annotated[
        bool,
        Meta(
            description="Whether the text is included. If not, every quote of it is null, and "
            "dateline hydrate restores them from your own copy."
        ),
    ]
    language: Annotated[str | None, Meta(description="BCP 47 tag; null if unknown.")]
    title: Annotated[str | None, Meta(description="Headline; null if unknown.")]
    date: Annotated[
        str | None, Meta(description="Day that the text speaks from, YYYY-MM-DD; null if unknown.")
    ]
    group: Annotated[
        str | None,
        Meta(
            description="Group of texts that are not independent, such as a story; all of them are "
            "in one split."
        ),
    ]
    contrast_of: Annotated[
        str | None,
        Meta(
            description="Id of the document of which the text is a small edit; null if it is none."
        ),
    ]
    contrast_kind: Annotated[
        str | None, Meta(description="What this edit does; one of the kinds that the corpus lists.")
    ]
    meta: Annotated[
        dict[str, MetaValue | None] | UnsetType,
        MetaKeys(),
        Meta(description="What the corpus declares about its texts, by key."),
    ]
    source: Annotated[Source, Meta(description="Where the text comes from; null if unknown.")]
    rights: Annotated[Rights, Meta(description="Rights to the text.")]
    split: Annotated[str, Meta(description="Split of the document; the same in every version.")]
    seed: Annotated[
        SeedColumns,
        Meta(
            description="The file that the text was made from, and its ranges that are not in "
            "the text, each with what the text has instead."
        ),
    ]
    segmentation: Annotated[
        SegmentationColumns,
        Meta(
            description="Where sentences and tokens come from: a segmenter, or the format of the "
            "file that gave them."
        ),
    ]
    sentences: Annotated[list[Offsets], Meta(description="Sentences, sorted and disjoint.")]
    tokens: Annotated[
        list[Offsets], Meta(description="Tokens, sorted and disjoint, each in one sentence.")
    ]
    annotated: Annotated[
        bool,
        Meta(
            description="Whether there is a gold annotation. If not, the lists below are empty and "
            "attributes are null."
        ),
    ]
    status: Annotated[
        str | None,
        Meta(description="Status of the gold annotation; null without one."),
    ]
    provenance: Annotated[AnnotationMethod | None, Method]
    layers: Layers


class AnnotationRow(Content):
    """One annotator's annotation of one document."""

    annotator: Annotated[str, Meta(description='"gold", or the pseudonym of an annotator.')]
    document: DocumentId
    text_sha256: Annotated[str, Meta(description="SHA-256 of the annotated text in UTF-8.")]
    status: Annotated[str, Meta(description="State of the work.")]
    provenance: Annotated[AnnotationMethod, Method]
    layers: Layers


class EntityPlace(Row):
    """An entity of a document."""

    document: str
    entity: str


class LinkedEntity(Row):
    """An entry of a knowledge base, and the entities that are linked to it."""

    kb: str
    id: str
    occurrences: list[EntityPlace]


class ClusterPlace(Row):
    """An event instance of a document, by its cluster."""

    document: str
    cluster: str


class LinkedEventInstance(Row):
    """An entry of a knowledge base, and the event instances that are linked to it."""

    kb: str
    id: str
    occurrences: list[ClusterPlace]


class StoryRow(Row):
    """A group of documents with what they have in common."""

    group: Annotated[str, Meta(description="Name of the group.")]
    split: Annotated[str, Meta(description="Split of all its documents.")]
    documents: Annotated[list[str], Meta(description="Ids of its documents, sorted.")]
    entities: Annotated[
        list[LinkedEntity] | UnsetType,
        IF_LINKS,
        Meta(
            description="Entries of knowledge bases, and the entities of these documents that gold "
            "links to each: they are one entity."
        ),
    ]
    event_instances: Annotated[
        list[LinkedEventInstance] | UnsetType,
        IF_EVENT_LINKS,
        Meta(
            description="Entries of knowledge bases, and the event clusters of these documents "
            "that gold links to each: they are one event instance."
        ),
    ]


class SentenceRow(Row):
    """A sentence with its tokens; the base of rows that add annotations to it."""

    id: Annotated[str, Meta(description="Id of the row: document/number.")]
    document: DocumentId
    text_sha256: TextSha256
    sentence: Annotated[int, Meta(description="Number of the sentence in the document, from 0.")]
    start: Annotated[int, Meta(description="Start of the sentence in the document's text.")]
    end: Annotated[int, Meta(description="End of the sentence in the document's text, exclusive.")]
    text: Annotated[str, Meta(description="Text of the sentence.")]
    tokens: Annotated[list[str], Meta(description="Tokens of the sentence.")]
    token_offsets: Annotated[
        list[Offsets], Meta(description="Offsets of the tokens in the document's text.")
    ]


class SentenceMention(Row):
    """A mention in the row of a sentence; ``tokens`` count in the sentence."""

    id: str
    type: str
    attributes: Annotated[Attributes, OF_MENTIONS]
    entity: Annotated[str | UnsetType | None, IF_COREFERENCE]
    spans: Spans
    tokens: list[Offsets]


class EntityRow(SentenceRow):
    """A sentence with its mentions."""

    ner_tags: Annotated[
        list[str],
        LayerBioTags("entities"),
        Meta(description="A BIO tag for each token, for outermost contiguous mentions only."),
    ]
    mentions: Annotated[
        list[SentenceMention],
        Meta(
            description="Every mention that overlaps the sentence, including nested and "
            "discontinuous ones. Spans count in the document's text, tokens in the "
            "sentence."
        ),
    ]
    untagged: Annotated[
        list[str],
        Meta(
            description="Ids of the mentions without tags of their own: a longer one overlaps "
            "them, or they are discontinuous or in several sentences."
        ),
    ]
    widened: Annotated[
        list[str],
        Meta(
            description="Ids of the mentions whose tags are wider, because they start or end "
            "within a token."
        ),
    ]


class SentenceArgument(Row):
    """An argument with its filler, whose ``kind`` is mention, event or claim."""

    role: str
    kind: str
    filler: str
    text: str
    spans: list[Offsets]
    entity_type: Annotated[str | UnsetType | None, IF_ENTITIES]
    in_sentence: bool
    attributes: Annotated[Attributes, OF_ARGUMENTS]


class SentenceEvent(Row):
    """An event in the row of a sentence; ``trigger_tokens`` count in the sentence."""

    id: str
    type: str
    trigger: Spans
    attributes: Annotated[Attributes, OF_EVENTS]
    factuality: Annotated[Sequence[Factuality] | UnsetType, IF_FACTUALITY]
    cluster: Annotated[str | UnsetType | None, IF_EVENT_COREFERENCE]
    trigger_tokens: list[Offsets]
    arguments: list[SentenceArgument]


class EventRow(SentenceRow):
    """A sentence with its events."""

    events: Annotated[
        list[SentenceEvent],
        Meta(
            description="Every event whose trigger overlaps the sentence. Arguments give their "
            "filler: its kind (mention, event or claim), id, text and spans, the "
            "entity type of a mention, and whether it is in this sentence."
        ),
    ]


class ContextSentence(Row):
    """A sentence that a claim or an end of a relation overlaps."""

    sentence: int
    start: int
    end: int
    text: str


class RelationEnd(Row):
    """A mention in the row of a relation, with its entity and the numbers of its sentences."""

    mention: str
    type: str
    text: str
    spans: list[Offsets]
    entity: Annotated[str | UnsetType | None, IF_COREFERENCE]
    name: Annotated[str | UnsetType | None, IF_COREFERENCE]
    sentences: list[int]


class RelationRow(Row):
    """A relation between two mentions with its context."""

    id: Annotated[str, Meta(description="Id of the row: document/number.")]
    document: DocumentId
    text_sha256: TextSha256
    number: Annotated[int, Meta(description="Number of the relation in the document, from 0.")]
    type: Annotated[
        str, LayerLabels("relations"), Meta(description="Relation type; from head to tail.")
    ]
    head: Annotated[
        RelationEnd,
        Meta(
            description="Mention where the relation starts: id, entity type, text and spans, its "
            "entity with the name, and the numbers of its sentences."
        ),
    ]
    tail: Annotated[RelationEnd, Meta(description="Mention where the relation ends.")]
    attributes: Annotated[
        Attributes,
        OF_RELATIONS.as_class_labels(),
        Meta(description="Attributes of the relation; null if an optional attribute is not given."),
    ]
    context: Annotated[
        list[ContextSentence],
        Meta(description="Sentences that head or tail overlap, with their offsets."),
    ]


class ClaimEvent(Row):
    """An event that a claim is about; ``factuality`` is its value for the claimer."""

    id: str
    type: str
    factuality: Annotated[str | UnsetType | None, IF_FACTUALITY]


class ClaimRow(Row):
    """A claim with its context."""

    id: Annotated[str, Meta(description="Id of the row: document/claim.")]
    document: DocumentId
    text_sha256: TextSha256
    claim: Annotated[str, Meta(description="Id of the claim in the document.")]
    text: Annotated[str, Meta(description="Text of the claim; fragments are joined by a space.")]
    spans: Annotated[
        Spans, Meta(description="Fragments of the claim, with offsets in the document's text.")
    ]
    context: Annotated[
        list[ContextSentence],
        Meta(description="Sentences that the claim overlaps, with their offsets."),
    ]
    claimer: Annotated[
        str, Meta(description="Id of a mention, or a special claimer such as the author.")
    ]
    claimer_text: Annotated[
        str | UnsetType | None,
        IF_ENTITIES,
        Meta(description="Text of the mention; null for a special claimer."),
    ]
    claimer_spans: Annotated[
        list[Offsets] | UnsetType,
        IF_ENTITIES,
        Meta(description="Offsets of the mention; empty for a special claimer."),
    ]
    claimer_name: Annotated[
        str | UnsetType | None,
        IF_COREFERENCE,
        Meta(description="Name of the mention's entity; null if it has none."),
    ]
    cue_text: Annotated[
        str | None, Meta(description="Words that mark the claim as somebody's; null without a cue.")
    ]
    cue_spans: Annotated[Spans, Meta(description="Fragments of the cue; empty without a cue.")]
    act: Annotated[str, LayerLabels("claims"), Meta(description="Speech act of the claim.")]
    attributes: Annotated[
        Attributes,
        OF_CLAIMS.as_class_labels(),
        Meta(description="Attributes of the claim; null if an optional attribute is not given."),
    ]
    events: Annotated[
        list[ClaimEvent] | UnsetType, IF_EVENTS, Meta(description="Events that the claim is about.")
    ]
