"""Labels as numbers, for columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from dateline.model import LAYERS
from dateline.ontology.labels import Ontology

ABSENT, UNKNOWN = "(none)", "(unknown)"


class LabelIndex:
    """Names in the order of the ontology, and two more: no name given, and a name it does not have.

    A name that the ontology does not have is never right, but it is counted.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._known = tuple(names)
        self._numbers = {name: number for number, name in enumerate(self._known)}
        self.labels = (*self._known, ABSENT, UNKNOWN)

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self.labels)

    def __contains__(self, name: str | None) -> bool:
        """Whether the ontology has the name."""
        return name in self._numbers

    def number(self, name: str | None) -> int:
        """The number of a name; None is no name given."""
        known = len(self._known)
        return known if name is None else self._numbers.get(name, known + 1)


class OntologyIndex:
    """Every list of names that an ontology has."""

    def __init__(self, ontology: Ontology) -> None:
        self.types = {name: LabelIndex(ontology.layers[name].label_names) for name in LAYERS}
        self.attributes: Mapping[str, Mapping[str, LabelIndex]] = {
            name: {
                a.name: LabelIndex(v.name for v in a.values)
                for a in ontology.layers[name].attributes
            }
            for name in LAYERS
        }
        self.roles = LabelIndex(sorted(ontology.roles))
        self.event_relations = LabelIndex(label.name for label in ontology.event_relations)
        self.claim_relations = LabelIndex(label.name for label in ontology.claim_relations)
        self.claimers = LabelIndex(label.name for label in ontology.claimers)

    @property
    def lists(self) -> tuple[LabelIndex, ...]:
        """Every list, in a fixed order."""
        return (
            *self.types.values(),
            *(names for layer in self.attributes.values() for names in layer.values()),
            self.roles,
            self.event_relations,
            self.claim_relations,
            self.claimers,
        )


class ValueIndex:
    """A number for each different value, from ``first``, in the order in which they come."""

    def __init__(self, first: int = 0) -> None:
        self._first = first
        self._numbers: dict[Hashable, int] = {}

    @property
    def values(self) -> tuple[Hashable, ...]:
        """The values so far."""
        return tuple(self._numbers)

    def of(self, value: Hashable) -> int:
        """The number of a value."""
        return self._numbers.setdefault(value, self._first + len(self._numbers))
