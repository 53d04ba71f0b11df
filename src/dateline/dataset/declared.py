"""Which columns there are: those that the ontology declares something for."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar, get_type_hints

from msgspec import UNSET

from dateline.dataset.columns import AttributesOf, OnlyIf, Row
from dateline.ontology.labels import Ontology

AnyRow = TypeVar("AnyRow", bound=Row)


def markers(hint: Any) -> tuple[Any, ...]:
    """The markers of a column's type."""
    return getattr(hint, "__metadata__", ())


def is_declared(hint: Any, ontology: Ontology) -> bool:
    """Whether there is a column with this type."""
    return all(
        marker.declared(ontology)
        for marker in markers(hint)
        if isinstance(marker, OnlyIf | AttributesOf)
    )


class _Fields(NamedTuple):
    absent: tuple[str, ...]
    integers: frozenset[str]


class DeclaredColumns:
    """Removes from rows what has no column in the dataset of a corpus with this ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology
        self._fields: dict[type[Row], _Fields] = {}

    @property
    def ontology(self) -> Ontology:
        """The ontology of the corpus."""
        return self._ontology

    def of(self, row: AnyRow) -> AnyRow:
        """The same row, changed: fields without a column are unset, and integers have no fraction.

        JSON Schema allows 12.0 as an integer, which no column of integers can hold.
        """
        fields = self._fields.get(type(row)) or self._read(type(row))
        for name in fields.absent:
            setattr(row, name, UNSET)
        if fields.integers:
            attributes: Any = row
            attributes.attributes = {
                name: int(value) if name in fields.integers else value
                for name, value in attributes.attributes.items()
            }
        return row

    def _read(self, row: type[Row]) -> _Fields:
        hints = get_type_hints(row, include_extras=True)
        absent = tuple(n for n, hint in hints.items() if not is_declared(hint, self._ontology))
        declared = [m.declared for m in markers(hints.get("attributes")) if type(m) is AttributesOf]
        integers = frozenset(
            attribute.name
            for attributes in declared
            for attribute in attributes(self._ontology)
            if attribute.schema.get("type") == "integer"
        )
        return self._fields.setdefault(row, _Fields(absent, integers))
