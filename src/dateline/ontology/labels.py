"""Labels, roles, attributes and layers of a corpus, as typed values."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.model import Struct

STRUCTURAL_RELATIONS = ("coreference", "continues", "claimer", "cue", "about")
"""Relations between regions that are part of the model, so no role or relation may be called so."""


class Label(Struct, frozen=True):
    """An entry of an annotated enumeration.

    ``span`` says what the span takes in, ``counterexamples`` what is not meant, ``neighbours`` how
    other labels of the list differ; ``formerly`` are names that it had before.
    """

    name: str
    title: str
    description: str
    examples: tuple[str, ...] = ()
    span: str = ""
    counterexamples: tuple[str, ...] = ()
    neighbours: Mapping[str, str] = {}
    color: str | None = None
    hotkey: str | None = None
    formerly: tuple[str, ...] = ()


class Role(Struct, frozen=True):
    """A role of an event type; fillers are entity types, or ``event`` or ``claim``."""

    name: str
    description: str
    fillers: frozenset[str]
    formerly: tuple[str, ...] = ()


class EventType(Struct, frozen=True):
    """An event type with its roles, and its nearest kin in other inventories."""

    label: Label
    roles: Mapping[str, Role]
    crosswalk: Mapping[str, str | None]


class Attribute(Struct, frozen=True):
    """An attribute of a mention, an event or a claim."""

    name: str
    title: str
    description: str
    values: tuple[Label, ...]
    required: bool


class Layer(Struct, frozen=True):
    """A layer of annotation: its primary labels and the attributes that each item carries."""

    name: str
    title: str
    span: str
    labels: tuple[Label, ...]
    attributes: tuple[Attribute, ...]

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the primary labels, in the order of the schema."""
        return tuple(label.name for label in self.labels)


class Ontology(Struct, frozen=True):
    """All that a corpus decides about its labels."""

    title: str
    version: str
    layers: Mapping[str, Layer]
    event_types: Mapping[str, EventType]
    claimers: tuple[Label, ...]
    event_relations: tuple[Label, ...]
    claim_relations: tuple[Label, ...]

    @property
    def special_claimers(self) -> frozenset[str]:
        """Claimers that are not mentions."""
        return frozenset(label.name for label in self.claimers)

    @property
    def roles(self) -> Mapping[str, Role]:
        """Every role of every event type by name; the first of its name describes it."""
        roles: dict[str, Role] = {}
        for event_type in self.event_types.values():
            for role in event_type.roles.values():
                roles.setdefault(role.name, role)
        return roles
