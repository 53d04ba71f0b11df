"""Integers for labels and other values, for NumPy columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from dateline.model import LAYERS
from dateline.ontology.labels import Ontology

ABSENT, UNKNOWN = "(none)", "(unknown)"


class LabelIndex:
    """An integer for each label, in the order of the ontology, and two more: absent and unknown.

    A label that the ontology does not have is counted, and never right.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._known = tuple(names)
        self._numbers: dict[str | None, int] = {
            name: number for number, name in enumerate((*self._known, None))
        }
        self.labels = (*self._known, ABSENT, UNKNOWN)

    def __len__(self) -> int:
        """The number of labels, with absent and unknown."""
        return len(self.labels)

    def __contains__(self, name: str | None) -> bool:
        """Whether the ontology has the label."""
        return name is not None and name in self._numbers

    def number(self, name: str | None) -> int:
        """The integer of a label; None is absent."""
        return self._numbers.get(name, len(self._numbers))

    def numbers(self, names: Iterable[str | None]) -> list[int]:
        """The integers of labels."""
        number, unknown = self._numbers.get, len(self._numbers)
        return [number(name, unknown) for name in names]


class OntologyIndex:
    """The indexes of all kinds of labels of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.types = {name: LabelIndex(ontology.labels_of(name)) for name in LAYERS}
        self.attributes: Mapping[str, Mapping[str, LabelIndex]] = {
            name: {
                attribute.name: LabelIndex(value.name for value in attribute.values)
                for attribute in ontology.attributes_of(name)
            }
            for name in LAYERS
        }
        self.roles = LabelIndex(sorted(ontology.roles))
        self.event_relations = LabelIndex(label.name for label in ontology.event_relations)
        self.claim_relations = LabelIndex(label.name for label in ontology.claim_relations)
        self.claimers = LabelIndex(label.name for label in ontology.claimers)

    @property
    def indexes(self) -> tuple[LabelIndex, ...]:
        """All indexes, in a fixed order."""
        return (
            *self.types.values(),
            *(index for layer in self.attributes.values() for index in layer.values()),
            self.roles,
            self.event_relations,
            self.claim_relations,
            self.claimers,
        )


class ValueIndex:
    """An integer for each distinct value, from ``first``, in order of appearance."""

    def __init__(self, first: int = 0) -> None:
        self._first = first
        self._numbers: dict[Hashable, int] = {}

    @property
    def values(self) -> tuple[Hashable, ...]:
        """The values so far."""
        return tuple(self._numbers)

    def number(self, value: Hashable) -> int:
        """The integer of a value."""
        return self._numbers.setdefault(value, self._first + len(self._numbers))
