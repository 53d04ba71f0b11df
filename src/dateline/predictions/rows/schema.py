"""The Arrow schema of predictions for an ontology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from msgspec import inspect

from dateline.model import CONTENT_FIELDS, Argument
from dateline.ontology.labels import Attribute, Ontology
from dateline.predictions.prediction import Prediction

OTHER_TYPES = {"boolean": pa.bool_(), "number": pa.float64(), "labels": pa.list_(pa.string())}
"""The types of attributes that are not strings, by their kind."""

MAY_BE_NULL = {b"may be null": b""}
"""The metadata of fields that may be null."""


def prediction_schema(ontology: Ontology) -> pa.Schema:
    """The fields of predictions that the ontology declares, without scores and confidence.

    A field that must be given is not nullable, and one with `MAY_BE_NULL` may be null, which says
    the same as leaving it out.
    """
    undeclared = {*CONTENT_FIELDS} - ontology.fields
    fields = _fields(Prediction, ontology.attributes_of("document"), ontology)
    return pa.schema([field for field in fields if field.name not in undeclared])


def names_of_null(schema: pa.Schema) -> frozenset[str]:
    """The names that only fields with `MAY_BE_NULL` have."""
    fields = [*_every_field(schema)]
    others = {field.name for field in fields if field.metadata != MAY_BE_NULL}
    return frozenset(field.name for field in fields) - others


def _every_field(fields: Iterable[pa.Field]) -> Iterator[pa.Field]:
    for field in fields:
        yield field
        kind = field.type.value_type if pa.types.is_list(field.type) else field.type
        if pa.types.is_struct(kind):
            yield from _every_field(kind)


def _fields(
    struct: type, attributes: Sequence[Attribute], ontology: Ontology
) -> Iterator[pa.Field]:
    """The fields of a struct that has these attributes."""
    described = inspect.type_info(struct)
    for field in described.fields if isinstance(described, inspect.StructType) else ():
        if field.name != "attributes":
            of_items = ontology.attributes_by_field.get(field.name, ())
            if kind := _type(field.type, of_items, ontology):
                is_optional = isinstance(field.type, inspect.UnionType) and not field.required
                metadata = MAY_BE_NULL if is_optional else None
                yield pa.field(field.name, kind, nullable=not field.required, metadata=metadata)
        elif attributes:
            types = {a.name: OTHER_TYPES.get(a.kind, pa.string()) for a in attributes}
            yield pa.field(field.name, pa.struct([*types.items()]))


def _type(
    described: inspect.Type, attributes: Sequence[Attribute], ontology: Ontology
) -> pa.DataType | None:
    """The type of values; None for mappings, as no schema can name their keys."""
    match described:
        case inspect.UnionType(types=options):
            (described,) = (one for one in options if not isinstance(one, inspect.NoneType))
            return _type(described, attributes, ontology)
        case inspect.VarTupleType(item_type=item):
            return pa.list_(_type(item, attributes, ontology))
        case inspect.StructType(cls=cls):
            own = ontology.argument_attributes if cls is Argument else attributes
            return pa.struct([*_fields(cls, own, ontology)])
        case inspect.DictType():
            return None
        case inspect.IntType():
            return pa.int64()
    return pa.string()
