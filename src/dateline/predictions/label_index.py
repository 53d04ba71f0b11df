"""Integers for labels and other values, for NumPy columns."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from dateline.model import LAYERS, AttributeValue
from dateline.ontology.labels import Attribute, Ontology
from dateline.ontology.patterns import searcher
from dateline.rendering.suggestions import allowed

VALUE, ABSENT, UNKNOWN = "(value)", "(none)", "(unknown)"
BITS = 47
"""The size of integers for values that are not labels: 48 bits, the first of them 1."""


class LabelIndex:
    """An integer for each label, in the order of the ontology, and two more: absent and unknown.

    A label that the ontology does not have is counted, and never right.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.known = tuple(names)
        self.names = frozenset(self.known)
        self._numbers: dict[object, int] = {
            name: number for number, name in enumerate((*self.known, None))
        }
        self.labels = (*self.known, ABSENT, UNKNOWN)

    def __len__(self) -> int:
        """The number of labels, with absent and unknown."""
        return len(self.labels)

    def __contains__(self, name: str | None) -> bool:
        """Whether the ontology has the label."""
        return name is not None and name in self._numbers

    def number(self, name: str | None) -> int:
        """The integer of a label; None is absent."""
        return self._numbers.get(name, len(self._numbers))

    def numbers(self, names: Iterable[object]) -> list[int]:
        """The integers of labels."""
        number, unknown = self._numbers.get, len(self._numbers)
        return [number(name, unknown) for name in names]


class AttributeIndex:
    """An integer for each value of an attribute, equal for equal values.

    One label, and true or false, are numbered as in ``labels``. Other values have the integer of
    their content: several labels that of a set, numbers of their value, texts of their normal form
    (Unicode NFC). A value that the attribute cannot have is unknown, and no labels are absent.
    ``of_labels`` are the integers of the labels of items that have the attribute; empty for all.
    """

    def __init__(self, attribute: Attribute, of_labels: Sequence[int] = ()) -> None:
        self._attribute = attribute
        self.of_labels = of_labels
        self._members: dict[int, tuple[int, ...]] = {}
        names = {"boolean": ("false", "true"), "number": (VALUE,), "text": (VALUE,)}
        self.labels = LabelIndex(names.get(attribute.kind, attribute.value_names))

    def is_of(self, label: str) -> bool:
        """Whether items with this label have the attribute."""
        return self._attribute.is_of(label)

    @property
    def owners(self) -> str:
        """The labels of items that have it, for messages; empty for all."""
        return ", ".join(self._attribute.labels)

    @property
    def is_set(self) -> bool:
        """Whether a value is several labels."""
        return self._attribute.kind == "labels"

    @property
    def is_label(self) -> bool:
        """Whether the integer of a value is that of a label."""
        return self._attribute.kind in ("label", "boolean")

    def hint(self, value: AttributeValue) -> str:
        """What a value may be, in place of this one."""
        form, names = self._attribute.form, self._attribute.value_names
        if not names or isinstance(value, tuple) != self.is_set:
            return f"Allowed: {form} {', '.join(names)}".rstrip() + "."
        values = value if isinstance(value, tuple) else (str(value),)
        return allowed(next((one for one in values if one not in names), ""), names)

    def __contains__(self, value: AttributeValue) -> bool:
        """Whether the attribute can have the value."""
        match self._attribute.kind:
            case "label":
                return isinstance(value, str) and value in self.labels
            case "labels":
                return isinstance(value, tuple) and all(name in self.labels for name in value)
            case "boolean":
                return isinstance(value, bool)
            case "number":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "text":
                return isinstance(value, str) and searcher(self._attribute.pattern)(value)

    def number(self, value: AttributeValue | None) -> int:
        """The integer of a value; None is absent."""
        if value is None or value == ():
            return self.labels.number(None)
        match self._attribute.kind:
            case "label" if isinstance(value, str):
                return self.labels.number(value)
            case "labels" if isinstance(value, tuple):
                members = tuple(sorted(set(self.labels.numbers(value))))
                found = content_number(members)
                self._members[found] = members
                return found
            case "boolean" if isinstance(value, bool):
                return self.labels.number(str(value).lower())
            case "number" if isinstance(value, int | float) and not isinstance(value, bool):
                is_whole = float(value).is_integer()
                return content_number(int(value) if is_whole else value)
            case "text" if isinstance(value, str):
                return content_number(unicodedata.normalize("NFC", value))
        return len(self.labels) - 1

    def numbers(self, values: Iterable[AttributeValue | None]) -> list[int]:
        """The integers of values."""
        given = list(values)
        if self._attribute.kind == "label":
            # Most attributes are of this kind, and no other value is equal to a label.
            return self.labels.numbers(None if value == () else value for value in given)
        return [self.number(value) for value in given]

    def members(self, number: int) -> tuple[int, ...]:
        """The labels of the set that has this integer; none if it is absent or unknown."""
        return self._members.get(number, ())


class OntologyIndex:
    """The indexes of all kinds of labels of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.types = {name: LabelIndex(ontology.labels_of(name)) for name in LAYERS}
        self.attributes: Mapping[str, Mapping[str, AttributeIndex]] = {
            name: _attribute_indexes(ontology.attributes_of(name), self.types[name])
            for name in LAYERS
        }
        self.entity_attributes = _attribute_indexes(
            ontology.entity_attributes, self.types["entities"]
        )
        self.argument_attributes = _attribute_indexes(
            ontology.argument_attributes, self.types["events"]
        )
        self.factuality = LabelIndex(label.name for label in ontology.factuality)
        self.roles = LabelIndex(sorted(ontology.roles))
        self.relations: Mapping[str, LabelIndex] = {
            "relations": self.types["relations"],
            "event_relations": LabelIndex(label.name for label in ontology.event_relations),
            "claim_relations": LabelIndex(label.name for label in ontology.claim_relations),
        }
        self.derived_relations = self.relations["event_relations"].numbers(
            ontology.derived_event_relations
        )
        self.claimers = LabelIndex(label.name for label in ontology.claimers)

    @property
    def indexes(self) -> tuple[LabelIndex, ...]:
        """All indexes, in a fixed order."""
        return (
            *self.types.values(),
            *(index.labels for layer in self.attributes.values() for index in layer.values()),
            *(index.labels for index in self.entity_attributes.values()),
            *(index.labels for index in self.argument_attributes.values()),
            *((self.factuality,) if self.ontology.factuality else ()),
            self.roles,
            *self.relations.values(),
            self.claimers,
        )


def content_number(content: object) -> int:
    """An integer of 48 bits for a value, from its hash: equal for values that are written alike.

    Two given values that differ have the same integer with a probability of 2 to the power of -47.
    """
    digest = hashlib.blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    first: int = 2**BITS
    return first + (int.from_bytes(digest, "big") >> (64 - BITS))


def _attribute_indexes(
    attributes: Iterable[Attribute], types: LabelIndex
) -> Mapping[str, AttributeIndex]:
    return {a.name: AttributeIndex(a, types.numbers(a.labels)) for a in attributes}
