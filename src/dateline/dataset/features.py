"""Configs of the dataset and their features, derived from ``columns``, the schemas and the labels.

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
    FromSchema,
    LayerBioTags,
    LayerLabels,
    RelationRow,
    Row,
)
from dateline.dataset.declared import is_declared, markers
from dateline.dataset.schema_features import PRIMITIVES, Feature, feature_of
from dateline.dataset.token_index import bio_tag_names
from dateline.errors import InvalidInputError
from dateline.ontology.labels import Attribute, Ontology
from dateline.ontology.schemas import Schema

SCALARS = {str: "string", int: "int64", bool: "bool"}


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

    There are configs and columns only for what the ontology declares.
    Raises InvalidInputError if a schema has a shape that no column can hold.
    """
    derived = _Features(schemas, ontology)
    tables = [
        Config(
            name="documents",
            row="a document",
            description="Text, segmentation, origin and gold annotation, nested.",
            tasks=("text-classification",) if ontology.attributes_of("document") else (),
            columns=derived.columns(DocumentRow),
        )
    ]
    tables += [
        Config(layer, row, description, (task,), derived.columns(columns))
        for layer, row, description, task, columns in _LAYER_CONFIGS
        if layer in ontology.layers
    ]
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


class _Features:
    """Derives the features of rows."""

    def __init__(self, schemas: Mapping[str, Schema], ontology: Ontology) -> None:
        self._schemas = schemas
        self._ontology = ontology

    def columns(self, row: type[Row]) -> tuple[Column, ...]:
        """The columns of a row; a struct without fields has no column."""
        hints = get_type_hints(row, include_extras=True)
        return tuple(
            Column(name, feature, self._description(name, hints[name]))
            for name, feature in self._fields(row).items()
        )

    def _fields(self, struct: type[msgspec.Struct]) -> dict[str, Feature]:
        hints = get_type_hints(struct, include_extras=True)
        fields = {
            name: self._feature(name, hints[name])
            for name in struct.__struct_fields__
            if is_declared(hints[name], self._ontology)
        }
        # Parquet cannot write a struct without fields.
        return {name: feature for name, feature in fields.items() if feature != {}}

    def _feature(self, name: str, hint: Any) -> Feature:
        for marker in markers(hint):
            match marker:
                case FromSchema(schema):
                    return self._feature_from_schema(schema, name)
                case LayerLabels(layer):
                    return ClassLabel(names=list(self._ontology.labels_of(layer)))
                case LayerBioTags(layer):
                    return List(ClassLabel(names=bio_tag_names(self._ontology.labels_of(layer))))
                case AttributesOf(declared, class_labels):
                    return {a.name: _attribute(a, class_labels) for a in declared(self._ontology)}
        return self._feature_of_type(hint)

    def _feature_from_schema(self, schema: str, name: str) -> Feature:
        place = f"schema/{schema}.schema.json: /properties/{name}"
        try:
            feature = feature_of(self._schemas, self._property(schema, name), schema)
            # Trying it now, because a column without a type only fails when the file is written.
            Features({name: feature}).arrow_schema  # noqa: B018
        except InvalidInputError as error:
            raise InvalidInputError(f"{place}: {error}") from None
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
            raise InvalidInputError(
                f"{place}: no column of the dataset can hold what it allows, or it is missing. "
                "Compare it with the file that `dateline init` writes."
            ) from None
        return feature

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

    def _description(self, name: str, hint: Any) -> str:
        for marker in markers(hint):
            if isinstance(marker, msgspec.Meta):
                return marker.description or ""
        for marker in markers(hint):
            if isinstance(marker, FromSchema):
                return str(self._property(marker.schema, name).get("description", ""))
        return ""

    def _property(self, schema: str, name: str) -> Schema:
        found: Schema = self._schemas[schema]["properties"][name]
        return found


def _attribute(attribute: Attribute, class_labels: bool) -> Feature:
    match attribute.kind:
        case "labels":
            return List(Value("string"))
        case "boolean":
            return Value("bool")
        case "number":
            return Value(PRIMITIVES[attribute.schema["type"]])
        case "label" if class_labels and attribute.required:
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
