"""Configs of the dataset and their features, derived from ``columns`` and the ontology.

The Arrow schema on disk, the features in the card and the tables in the documentation all come from
``configs``. A different ontology gives a different dataset without a change of code.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
from datasets import ClassLabel, Features, List, Value
from msgspec import UnsetType

from dateline.dataset.columns import (
    AnnotationRow,
    AttributesOf,
    ClaimRow,
    DocumentRow,
    EntityRow,
    EventRow,
    LayerBioTags,
    LayerLabels,
    MetaKeys,
    RelationRow,
    Row,
    StoryRow,
)
from dateline.dataset.declared import is_declared, markers
from dateline.dataset.token_index import bio_tag_names
from dateline.ontology.labels import Attribute, Ontology
from dateline.ontology.schemas import Schema, meta_declarations

Feature = Any
"""A feature of ``datasets``: Value, ClassLabel, List, or a dict of features."""

STORIES = "stories"
"""The config with a row for each group; only if the ontology declares links."""

SCALARS = {str: "string", int: "int64", bool: "bool"}
JSON_TYPES = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}


class Column(NamedTuple):
    """A column of a config."""

    name: str
    feature: Feature
    description: str


class Config(NamedTuple):
    """A config of the dataset: what a row is, what the config contains, and its columns."""

    name: str
    row: str
    description: str
    tasks: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def features(self) -> Features:
        """The features in the card; labels are ClassLabels."""
        return Features({column.name: column.feature for column in self.columns})

    @property
    def schema(self) -> pa.Schema:
        """The schema on disk; labels are strings."""
        return schema_on_disk(self.features)


_LAYER_CONFIGS: tuple[tuple[str, str, str, str, type[Row]], ...] = (
    (
        "entities",
        "a sentence of a document with annotated entities",
        "Tokens with BIO tags for token classification, and every mention.",
        "token-classification",
        EntityRow,
    ),
    (
        "relations",
        "a relation between two mentions",
        "Relations with their mentions, sentences and attributes.",
        "text-classification",
        RelationRow,
    ),
    (
        "events",
        "a sentence of a document with annotated events",
        "Tokens with triggers and arguments.",
        "token-classification",
        EventRow,
    ),
    (
        "claims",
        "a claim",
        "Claims with their sentences, claimer, cue, act and attributes.",
        "text-classification",
        ClaimRow,
    ),
)
"""For each layer with a config of its own: layer, row, description, task and columns."""


def configs(schemas: Mapping[str, Schema], ontology: Ontology) -> Mapping[str, Config]:
    """All configs by name, the default first, for a corpus with these schemas.

    There are configs and columns only for what the ontology declares, and for the keys of ``meta``
    that the schema of documents declares.
    """
    derived = _Features(schemas, ontology)
    tables = [
        Config(
            name="documents",
            row="a document",
            description="Text, segmentation, origin and gold annotation, nested.",
            tasks=("text-classification",) if _classifies_documents(ontology) else (),
            columns=derived.columns(DocumentRow),
        )
    ]
    tables += [
        Config(layer, row, description, (task,), derived.columns(columns))
        for layer, row, description, task, columns in _LAYER_CONFIGS
        if layer in ontology.layers
    ]
    if ontology.has_links or ontology.has_event_links:
        tables.append(
            Config(
                name=STORIES,
                row="a group of documents",
                description="Entities and event instances that are linked, and where they occur.",
                tasks=(),
                columns=derived.columns(StoryRow),
            )
        )
    tables.append(
        Config(
            name="annotations",
            row="one annotator's annotation of a document",
            description="All annotations, gold included, to study disagreement.",
            tasks=(),
            columns=derived.columns(AnnotationRow),
        )
    )
    return {table.name: table for table in tables}


def schema_on_disk(features: Features) -> pa.Schema:
    """The schema on disk for these features; labels are strings."""
    names = {name: _without_labels(feature) for name, feature in features.items()}
    return Features(names).arrow_schema.remove_metadata()


def _classifies_documents(ontology: Ontology) -> bool:
    kinds = {attribute.kind for attribute in ontology.attributes_of("document")}
    return not kinds.isdisjoint(("label", "labels", "boolean"))


class _Features:
    """Derives the features of rows."""

    def __init__(self, schemas: Mapping[str, Schema], ontology: Ontology) -> None:
        self._schemas = schemas
        self._ontology = ontology

    def columns(self, row: type[Row]) -> tuple[Column, ...]:
        """The columns of a row; a struct without fields has no column."""
        hints = get_type_hints(row, include_extras=True)
        return tuple(
            Column(name, feature, _description(hints[name]))
            for name, feature in self._fields(row).items()
        )

    def _fields(self, struct: type[msgspec.Struct]) -> dict[str, Feature]:
        hints = get_type_hints(struct, include_extras=True)
        fields = {
            name: self._feature(hints[name])
            for name in struct.__struct_fields__
            if is_declared(hints[name], self._ontology)
        }
        # Parquet cannot write a struct without fields.
        return {name: feature for name, feature in fields.items() if feature != {}}

    def _feature(self, hint: Any) -> Feature:
        for marker in markers(hint):
            match marker:
                case MetaKeys():
                    declared = meta_declarations(self._schemas).items()
                    # Without a type, a key has a list of values, which are strings.
                    return {key: _scalar(node.get("type", "string")) for key, node in declared}
                case LayerLabels(layer):
                    return ClassLabel(names=list(self._ontology.labels_of(layer)))
                case LayerBioTags(layer):
                    return List(ClassLabel(names=bio_tag_names(self._ontology.labels_of(layer))))
                case AttributesOf(declared, class_labels):
                    return {a.name: _attribute(a, class_labels) for a in declared(self._ontology)}
        return self._feature_of_type(hint)

    def _feature_of_type(self, hint: Any) -> Feature:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._feature_of_type(arguments[0])
        if origin in (Union, UnionType):
            (hint,) = (inner for inner in arguments if inner not in (NoneType, UnsetType))
            return self._feature_of_type(hint)
        if origin is not None:
            return List(self._feature_of_type(arguments[0]))
        if issubclass(hint, msgspec.Struct):
            return self._fields(hint)
        return Value(SCALARS[hint])


def _description(hint: Any) -> str:
    found = (marker.description for marker in markers(hint) if isinstance(marker, msgspec.Meta))
    return next(found, None) or ""


def _scalar(json_type: str) -> Feature:
    return Value(JSON_TYPES[json_type])


def _attribute(attribute: Attribute, class_labels: bool) -> Feature:
    match attribute.kind:
        case "labels":
            return List(Value("string"))
        case "boolean":
            return Value("bool")
        case "number":
            return _scalar(attribute.schema["type"])
        case "label" if class_labels and attribute.required and not attribute.labels:
            return ClassLabel(names=list(attribute.value_names))
    return Value("string")


def _without_labels(feature: Feature) -> Feature:
    if isinstance(feature, ClassLabel):
        return Value("string")
    if isinstance(feature, List):
        return List(_without_labels(feature.feature))
    if isinstance(feature, dict):
        return {key: _without_labels(value) for key, value in feature.items()}
    return feature
