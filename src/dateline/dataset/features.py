"""Configs of the dataset and their features, derived from ``columns``, the schemas and the labels.

The Arrow schema on disk, the features in the card and the tables in the documentation all come from
``configs``. A different ontology gives a different dataset without a change of code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
from datasets import ClassLabel, Features, List, Value

from dateline.dataset.columns import (
    AnnotationRow,
    ClaimRow,
    DocumentRow,
    EntityRow,
    EventRow,
    FromSchema,
    LayerAttributes,
    LayerBioTags,
    LayerLabels,
    Row,
)
from dateline.dataset.schema_features import Feature, feature_of
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


def configs(schemas: Mapping[str, Schema], ontology: Ontology) -> Mapping[str, Config]:
    """All configs by name, the default first, for a corpus with these schemas.

    Raises InvalidInputError if a schema has a shape that no column can hold.
    """
    derived = _Features(schemas, ontology)
    return {
        config.name: config
        for config in (
            Config(
                name="documents",
                row="a document",
                description="Text, segmentation, origin and gold annotation, nested.",
                tasks=(),
                columns=derived.columns(DocumentRow),
            ),
            Config(
                name="entities",
                row="a sentence of a document with annotated entities",
                description="Tokens with BIO tags for token classification, and every mention.",
                tasks=("token-classification",),
                columns=derived.columns(EntityRow),
            ),
            Config(
                name="events",
                row="a sentence of a document with annotated events",
                description="Tokens with triggers and arguments.",
                tasks=("token-classification",),
                columns=derived.columns(EventRow),
            ),
            Config(
                name="claims",
                row="a claim",
                description="Claims with their sentences, claimer, cue, act and attributes.",
                tasks=("text-classification",),
                columns=derived.columns(ClaimRow),
            ),
            Config(
                name="annotations",
                row="one annotator's annotation of a document",
                description="All annotations, gold included, to study disagreement.",
                tasks=(),
                columns=derived.columns(AnnotationRow),
            ),
        )
    }


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
        return tuple(
            Column(name, feature, self._description(name, hint))
            for name, hint in get_type_hints(row, include_extras=True).items()
            if (feature := self._feature(name, hint)) != {}
        )

    def _feature(self, name: str, hint: Any) -> Feature:
        for marker in _markers(hint):
            match marker:
                case FromSchema(schema):
                    return self._feature_from_schema(schema, name)
                case LayerLabels(layer):
                    return ClassLabel(names=list(self._labels(layer)))
                case LayerBioTags(layer):
                    return List(ClassLabel(names=bio_tag_names(self._labels(layer))))
                case LayerAttributes(layer, class_labels):
                    attributes = self._ontology.layers[layer].attributes
                    return {a.name: _attribute(a, class_labels) for a in attributes}
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
            (hint,) = (argument for argument in arguments if argument is not NoneType)
            return self._feature_of_type(hint)
        if origin is not None:
            return List(self._feature_of_type(arguments[0]))
        if issubclass(hint, msgspec.Struct):
            fields = get_type_hints(hint, include_extras=True).items()
            features = {name: self._feature(name, inner) for name, inner in fields}
            # Parquet cannot write a struct without fields.
            return {name: feature for name, feature in features.items() if feature != {}}
        return Value(SCALARS[hint])

    def _description(self, name: str, hint: Any) -> str:
        for marker in _markers(hint):
            if isinstance(marker, msgspec.Meta):
                return marker.description or ""
        for marker in _markers(hint):
            if isinstance(marker, FromSchema):
                return str(self._property(marker.schema, name).get("description", ""))
        return ""

    def _property(self, schema: str, name: str) -> Schema:
        found: Schema = self._schemas[schema]["properties"][name]
        return found

    def _labels(self, layer: str) -> Sequence[str]:
        return self._ontology.layers[layer].label_names


def _markers(hint: Any) -> Iterable[Any]:
    return hint.__metadata__ if get_origin(hint) is Annotated else ()


def _attribute(attribute: Attribute, class_labels: bool) -> Feature:
    if class_labels and attribute.required:
        return ClassLabel(names=[value.name for value in attribute.values])
    return Value("string")


def _without_labels(feature: Feature) -> Feature:
    if isinstance(feature, ClassLabel):
        return Value("string")
    if isinstance(feature, List):
        return List(_without_labels(feature.feature))
    if isinstance(feature, dict):
        return {key: _without_labels(value) for key, value in feature.items()}
    return feature
