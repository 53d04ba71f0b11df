"""The columns of each config, declared once: the fields of the struct that a row is.

Field names and order are those of the columns, types and markers determine the features (see
``features``), and the description of a field is the one in the dataset card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, UnsetType

from dateline.model import AttributeValue, Entity, MetaValue, Relation, Rights, Source, Spans


class FromSchema(NamedTuple):
    """Marks a column with the type, and by default the description, of a JSON Schema's property."""

    schema: str


class LayerLabels(NamedTuple):
    """Marks a column that contains a label of this layer."""

    layer: str


class LayerBioTags(NamedTuple):
    """Marks a column that contains a list of BIO tags of this layer's labels."""

    layer: str


class LayerAttributes(NamedTuple):
    """Marks a column that contains the attributes of this layer's items.

    With ``class_labels``, required attributes are ClassLabels and not strings.
    """

    layer: str
    class_labels: bool = False


DOCUMENT = FromSchema("document")
ANNOTATION = FromSchema("annotation")

Attributes = Mapping[str, AttributeValue] | UnsetType
"""Values by name; unset, without a column, if the ontology gives the layer no attributes."""

Items = Sequence[Any]
"""Items of the model, without attributes if there is no column for them."""

TextSha256 = Annotated[
    str, Meta(description="SHA-256 of the document's text; verifies a copy of it.")
]
DocumentId = Annotated[str, Meta(description="Id of the document.")]
Layers = Annotated[Sequence[str], ANNOTATION]
Mentions = Annotated[
    Items,
    ANNOTATION,
    Meta(description="Mentions of entities: spans with their text, type and attributes."),
]
Entities = Annotated[
    Sequence[Entity],
    ANNOTATION,
    Meta(
        description="Entities that mentions refer to; the mentions of one entity form a "
        "coreference chain."
    ),
]
Events = Annotated[
    Items,
    ANNOTATION,
    Meta(
        description="Events: trigger, type, arguments and attributes; a cluster groups "
        "mentions of one event instance."
    ),
]
EventRelations = Annotated[
    Sequence[Relation], ANNOTATION, Meta(description="Directed relations between two events.")
]
Claims = Annotated[
    Items,
    ANNOTATION,
    Meta(description="Claims: spans, act, claimer, cue, events and attributes."),
]
ClaimRelations = Annotated[
    Sequence[Relation], ANNOTATION, Meta(description="Directed relations between two claims.")
]


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


class DocumentRow(Row):
    """A document with its gold annotation."""

    id: Annotated[str, Meta(description="Id of the document, from the name of its seed.")]
    original_id: Annotated[
        str | None, Meta(description="Name of the seed without .txt, where it is not the id.")
    ]
    text: Annotated[str, DOCUMENT]
    text_sha256: Annotated[str, DOCUMENT]
    text_length: Annotated[int, Meta(description="Code points of the text.")]
    text_available: Annotated[
        bool,
        Meta(
            description="Whether the text is included. If not, every quote of it is null, and "
            "dateline hydrate restores them from your own copy."
        ),
    ]
    language: Annotated[str | None, DOCUMENT]
    title: Annotated[str | None, DOCUMENT]
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
    meta: Annotated[
        dict[str, MetaValue | None] | UnsetType,
        DOCUMENT,
        Meta(description="What the corpus declares about its texts, by key."),
    ]
    source: Annotated[Source, DOCUMENT]
    rights: Annotated[Rights, DOCUMENT]
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
        Meta(description="Whether there is a gold annotation. If not, the lists below are empty."),
    ]
    status: Annotated[
        str | None,
        ANNOTATION,
        Meta(description="Status of the gold annotation; null without one."),
    ]
    provenance: Annotated[AnnotationMethod | None, Method]
    layers: Layers
    mentions: Mentions
    entities: Entities
    events: Events
    event_relations: EventRelations
    claims: Claims
    claim_relations: ClaimRelations


class AnnotationRow(Row):
    """One annotator's annotation of one document."""

    annotator: Annotated[str, Meta(description='"gold", or the pseudonym of an annotator.')]
    document: DocumentId
    text_sha256: Annotated[str, ANNOTATION]
    status: Annotated[str, ANNOTATION]
    provenance: Annotated[AnnotationMethod, Method]
    layers: Layers
    mentions: Mentions
    entities: Entities
    events: Events
    event_relations: EventRelations
    claims: Claims
    claim_relations: ClaimRelations


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
    attributes: Annotated[Attributes, LayerAttributes("entities")]
    entity: str | None
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


class SentenceArgument(Row):
    """An argument with its filler, whose ``kind`` is mention, event or claim."""

    role: str
    kind: str
    filler: str
    text: str
    spans: list[Offsets]
    entity_type: str | None
    in_sentence: bool


class SentenceEvent(Row):
    """An event in the row of a sentence; ``trigger_tokens`` count in the sentence."""

    id: str
    type: str
    trigger: Spans
    attributes: Annotated[Attributes, LayerAttributes("events")]
    cluster: str | None
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
    """A sentence that a claim overlaps."""

    sentence: int
    start: int
    end: int
    text: str


class ClaimEvent(Row):
    """An event that a claim is about."""

    id: str
    type: str


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
        str | None, Meta(description="Text of the mention; null for a special claimer.")
    ]
    claimer_spans: Annotated[
        list[Offsets], Meta(description="Offsets of the mention; empty for a special claimer.")
    ]
    claimer_name: Annotated[
        str | None, Meta(description="Name of the mention's entity; null if it has none.")
    ]
    cue_text: Annotated[
        str | None, Meta(description="Words that mark the claim as somebody's; null without a cue.")
    ]
    cue_spans: Annotated[Spans, Meta(description="Fragments of the cue; empty without a cue.")]
    act: Annotated[str, LayerLabels("claims"), Meta(description="Speech act of the claim.")]
    attributes: Annotated[
        Attributes,
        LayerAttributes("claims", class_labels=True),
        Meta(description="Attributes of the claim; null if an optional attribute is not given."),
    ]
    events: Annotated[list[ClaimEvent], Meta(description="Events that the claim is about.")]
