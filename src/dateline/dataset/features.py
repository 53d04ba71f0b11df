"""The configs of the dataset and their columns: the one table that everything else derives from.

The Arrow schema on disk, the features that the card declares and the tables in the documentation
are all made from ``configs``. Column types of what annotators write are derived from the JSON
Schemas, so that a changed ontology changes the dataset without a change of code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
from datasets import ClassLabel, Features, List, Value

from dateline.errors import DatelineError
from dateline.json_pointer import resolve_pointer
from dateline.model import ITEM_FIELDS
from dateline.ontology.labels import Attribute, Ontology
from dateline.ontology.schemas import Schema

Feature = Any
"""A feature as ``datasets`` has it: Value, ClassLabel, List, or a dict of features."""

OUTSIDE = "O"
PRIMITIVES = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}
RANGE = {"start": Value("int64"), "end": Value("int64")}


class Column(NamedTuple):
    """A column of a config."""

    name: str
    feature: Feature
    description: str


class Config(NamedTuple):
    """A config of the dataset: what a row is, what it is good for, and its columns."""

    name: str
    row: str
    description: str
    tasks: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def features(self) -> Features:
        """What the card declares: labels that are trained on are ClassLabels."""
        return Features({column.name: column.feature for column in self.columns})

    @property
    def schema(self) -> pa.Schema:
        """What lies on disk: as the features, but each label by its name."""
        return schema_on_disk(self.features)


PROOF = Column("text_sha256", Value("string"), "Of the document's text; proves a copy of it.")


def configs(schemas: Mapping[str, Schema], ontology: Ontology) -> Mapping[str, Config]:
    """All configs by name, the default first, for a corpus with these schemas.

    Raises DatelineError where a schema has a shape that no column can hold.
    """
    return {
        config.name: config
        for config in (
            _documents(schemas),
            _entities(schemas, ontology),
            _events(schemas),
            _claims(schemas, ontology),
            _annotations(schemas),
        )
    }


def schema_on_disk(features: Features) -> pa.Schema:
    """What lies on disk for these features: each label by its name."""
    names = {name: _by_name(feature) for name, feature in features.items()}
    return Features(names).arrow_schema.remove_metadata()


def bio_tags(labels: Sequence[str]) -> list[str]:
    """Names of the BIO tags of some labels: outside, then begin and inside of each."""
    return [OUTSIDE, *(f"{border}-{label}" for label in labels for border in "BI")]


def feature_of(schemas: Mapping[str, Schema], node: Schema, schema: str) -> Feature:
    """The feature that holds what a node of the JSON Schema called ``schema`` allows.

    A ``$ref`` and what stands beside it are merged. Objects without any property hold nothing and
    are left out. Raises DatelineError where alternatives would need different columns.
    """
    found: Feature = None
    if "$ref" in node:
        target, name = _lookup(schemas, node["$ref"], schema)
        found = feature_of(schemas, target, name)
    if "properties" in node:
        own = {key: feature_of(schemas, value, schema) for key, value in node["properties"].items()}
    elif "items" in node:
        own = List(feature_of(schemas, node["items"], schema))
    elif "anyOf" in node or "oneOf" in node:
        own = None
        for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
            own = _merged(own, feature_of(schemas, choice, schema), node)
    elif "const" in node or "enum" in node:
        values = node.get("enum", [node.get("const")])
        own = Value("string") if all(isinstance(value, str) for value in values) else None
    else:
        own = _primitive(node)
    return _pruned(_merged(found, own, node))


def _primitive(node: Schema) -> Feature:
    kinds = node.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    if kinds == ["object"]:
        return {}
    return Value(PRIMITIVES[kinds[0]]) if len(kinds) == 1 and kinds[0] in PRIMITIVES else None


def _merged(first: Feature, second: Feature, node: Schema) -> Feature:
    if first is None or second is None:
        return second if first is None else first
    if isinstance(first, dict) and isinstance(second, dict):
        merged = dict(second)
        for key, value in first.items():
            merged[key] = _merged(value, merged.get(key), node)
        return merged
    if first != second:
        raise DatelineError(
            f"schema: {str(dict(node))[:200]} allows {first} and {second}, which no column holds; "
            "let it allow one kind of value."
        )
    return first


def _pruned(feature: Feature) -> Feature:
    # Parquet cannot write a struct without fields.
    if isinstance(feature, dict):
        return {key: value for key, value in feature.items() if value != {} and value is not None}
    return feature


def _lookup(schemas: Mapping[str, Schema], reference: str, schema: str) -> tuple[Schema, str]:
    urn, _, pointer = reference.partition("#")
    name = urn.rpartition(":")[2] or schema
    try:
        return resolve_pointer(schemas[name], pointer), name
    except KeyError as error:
        raise DatelineError(
            f"schema/{schema}.schema.json: $ref {reference!r} leads nowhere: there is no {error}; "
            "correct it."
        ) from None


def _by_name(feature: Feature) -> Feature:
    if isinstance(feature, ClassLabel):
        return Value("string")
    if isinstance(feature, List):
        return List(_by_name(feature.feature))
    if isinstance(feature, dict):
        return {key: _by_name(value) for key, value in feature.items()}
    return feature


class _Described:
    """Columns whose type and description are those of a schema's property."""

    def __init__(self, schemas: Mapping[str, Schema], schema: str) -> None:
        self.schemas = schemas
        self.schema = schema

    def column(self, name: str, description: str | None = None) -> Column:
        node = self.schemas[self.schema]["properties"][name]
        return Column(name, self.feature(name), description or node.get("description", ""))

    def feature(self, name: str) -> Feature:
        node = self.schemas[self.schema]["properties"][name]
        return feature_of(self.schemas, node, self.schema)

    def item(self, name: str, fields: Sequence[str]) -> dict[str, Feature]:
        """Some of the fields of the items that a list holds, where they hold anything at all."""
        every = self.feature(name).feature
        return {field: every[field] for field in fields if field in every}


def _provenance(annotation: _Described) -> Feature:
    every = annotation.feature("provenance")
    return {field: every[field] for field in ("kind", "tool")}


def _items(annotation: _Described) -> tuple[Column, ...]:
    descriptions = {
        "mentions": "Stretches of text that refer to an entity, with quoted fragments.",
        "entities": "What the mentions refer to; mentions that name one entity form a chain.",
        "events": "What happens: trigger, arguments, attributes; one cluster is one happening.",
        "event_relations": "Directed relations between two events.",
        "claims": "What a source says: fragments, claimer, cue, act, attributes, events.",
        "claim_relations": "Directed relations between two claims.",
    }
    return tuple(annotation.column(name, descriptions[name]) for name in ITEM_FIELDS)


def _documents(schemas: Mapping[str, Schema]) -> Config:
    document, annotation = _Described(schemas, "document"), _Described(schemas, "annotation")
    return Config(
        name="documents",
        row="a document",
        description="Everything, nested: text, segmentation, origin, and the gold annotation.",
        tasks=(),
        columns=(
            document.column("id", "Id of the document: the stem of its seed's file name."),
            document.column("text"),
            document.column("text_sha256"),
            Column("text_length", Value("int64"), "Code points of the text."),
            Column(
                "text_available",
                Value("bool"),
                "Is the text here? If not, every quote of it is null, and `dateline hydrate` fills "
                "them in from your own copy.",
            ),
            document.column("language"),
            document.column("title"),
            document.column("source"),
            document.column("rights"),
            document.column("split", "The split that it belongs to, now and in later versions."),
            Column(
                "seed",
                {"sha256": Value("string"), "dropped": List(RANGE)},
                "The file that the text was made from, and the ranges that were left out of it.",
            ),
            Column("sentences", List(RANGE), "Sentences, sorted and disjoint."),
            Column("tokens", List(RANGE), "Tokens, sorted and disjoint, each in one sentence."),
            Column(
                "annotated",
                Value("bool"),
                "Is there a gold annotation? If not, the lists below are empty and say nothing.",
            ),
            annotation.column("status", "How far the annotation has come; null without gold."),
            Column("provenance", _provenance(annotation), "Who decided, and with what tool."),
            annotation.column("layers"),
            *_items(annotation),
        ),
    )


def _sentence_columns() -> tuple[Column, ...]:
    return (
        Column("id", Value("string"), "Document and number of the sentence, as «document/number»."),
        Column("document", Value("string"), "Id of the document."),
        PROOF,
        Column("sentence", Value("int64"), "Number of the sentence in the document, from 0."),
        Column("start", Value("int64"), "Where the sentence starts in the document's text."),
        Column("end", Value("int64"), "One past its last code point."),
        Column("text", Value("string"), "The sentence."),
        Column("tokens", List(Value("string")), "Its tokens."),
        Column("token_offsets", List(RANGE), "Where they stand in the document's text."),
    )


def _entities(schemas: Mapping[str, Schema], ontology: Ontology) -> Config:
    annotation = _Described(schemas, "annotation")
    tags = ClassLabel(names=bio_tags(ontology.layers["entities"].label_names))
    item = annotation.item("mentions", ("id", "type", "attributes", "entity", "spans"))
    return Config(
        name="entities",
        row="a sentence of a document whose entities were annotated",
        description="Tokens with BIO tags, ready for token classification, and every mention.",
        tasks=("token-classification",),
        columns=(
            *_sentence_columns(),
            Column(
                "ner_tags",
                List(tags),
                "A BIO tag for each token, for the outermost contiguous mentions only.",
            ),
            Column(
                "mentions",
                List({**item, "tokens": List(RANGE)}),
                "Every mention that touches the sentence, nested and discontinuous ones as well: "
                "spans count in the document's text, tokens in the sentence.",
            ),
        ),
    )


def _events(schemas: Mapping[str, Schema]) -> Config:
    annotation = _Described(schemas, "annotation")
    item = annotation.item("events", ("id", "type", "trigger", "attributes", "cluster"))
    argument = {
        "role": Value("string"),
        "kind": Value("string"),
        "filler": Value("string"),
        "text": Value("string"),
        "spans": List(RANGE),
        "entity_type": Value("string"),
        "in_sentence": Value("bool"),
    }
    return Config(
        name="events",
        row="a sentence of a document whose events were annotated",
        description="Tokens with triggers and arguments.",
        tasks=("token-classification",),
        columns=(
            *_sentence_columns(),
            Column(
                "events",
                List({**item, "trigger_tokens": List(RANGE), "arguments": List(argument)}),
                "Every event whose trigger touches the sentence. An argument says what kind of "
                "thing fills it (mention, event or claim), its id, text and place, the entity type "
                "of a mention, and whether it lies in this sentence.",
            ),
        ),
    )


def _claims(schemas: Mapping[str, Schema], ontology: Ontology) -> Config:
    annotation, layer = _Described(schemas, "annotation"), ontology.layers["claims"]
    spans = annotation.item("claims", ("spans",))["spans"]
    context = {"sentence": Value("int64"), **RANGE, "text": Value("string")}
    attributes = {attribute.name: _label_of(attribute) for attribute in layer.attributes}
    columns = [
        Column("id", Value("string"), "Document and claim, as «document/claim»."),
        Column("document", Value("string"), "Id of the document."),
        PROOF,
        Column("claim", Value("string"), "Id of the claim in the document."),
        Column("text", Value("string"), "What is claimed; fragments are joined by a space."),
        Column("spans", spans, "Its fragments, with offsets into the document's text."),
        Column("context", List(context), "The sentences that it touches, with their offsets."),
        Column("claimer", Value("string"), "A mention's id, or a claimer that is not a mention."),
        Column("claimer_text", Value("string"), "The mention's text; null where it is none."),
        Column("claimer_spans", List(RANGE), "Where the mention stands; empty where it is none."),
        Column("claimer_name", Value("string"), "Name of the mention's entity, where it has one."),
        Column("cue_text", Value("string"), "The words that mark it as somebody's claim."),
        Column("cue_spans", spans, "Their fragments; empty where there is no cue."),
        Column("act", ClassLabel(names=list(layer.label_names)), "What the claimer does by it."),
        Column("attributes", attributes, "Attributes; null where an optional one is not given."),
        Column(
            "events",
            List({"id": Value("string"), "type": Value("string")}),
            "The events that it is about.",
        ),
    ]
    return Config(
        name="claims",
        row="a claim",
        description="Each claim with its sentences, claimer, cue, act and factuality.",
        tasks=("text-classification",),
        columns=tuple(column for column in columns if column.feature != {}),
    )


def _label_of(attribute: Attribute) -> Feature:
    if not attribute.required:
        return Value("string")
    return ClassLabel(names=[value.name for value in attribute.values])


def _annotations(schemas: Mapping[str, Schema]) -> Config:
    annotation = _Described(schemas, "annotation")
    return Config(
        name="annotations",
        row="what one annotator says about one document",
        description="Every annotator's own layers, gold included, to study disagreement.",
        tasks=(),
        columns=(
            Column("annotator", Value("string"), "«gold», or an annotator's pseudonym."),
            Column("document", Value("string"), "Id of the document."),
            annotation.column("text_sha256"),
            annotation.column("status"),
            Column("provenance", _provenance(annotation), "Who decided, and with what tool."),
            annotation.column("layers"),
            *_items(annotation),
        ),
    )
