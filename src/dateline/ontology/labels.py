"""Types of the ontology: labels, roles, event types, attributes and layers."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.model import Struct

STRUCTURAL_RELATIONS = ("coreference", "continues", "claimer", "cue", "about")
"""Relations in Label Studio that are part of the data model; reserved names."""


class Label(Struct, frozen=True):
    """A label, such as an entity type, with its guideline.

    ``span`` describes the extent of spans, ``counterexamples`` what the label does not apply to,
    ``neighbours`` how similar labels differ, by name. ``formerly`` are former names.
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
    """A role of an event type; ``fillers`` are entity types, ``event`` or ``claim``."""

    name: str
    description: str
    fillers: frozenset[str]
    formerly: tuple[str, ...] = ()


class EventType(Struct, frozen=True):
    """An event type with its roles, and the most similar types of other inventories by name."""

    label: Label
    roles: Mapping[str, Role]
    crosswalk: Mapping[str, str | None]


class Attribute(Struct, frozen=True):
    """An attribute of mentions, events or claims."""

    name: str
    title: str
    description: str
    values: tuple[Label, ...]
    required: bool


class Layer(Struct, frozen=True):
    """An annotation layer: its labels, and the attributes of its items."""

    name: str
    title: str
    span: str
    labels: tuple[Label, ...]
    attributes: tuple[Attribute, ...]

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels, in the order of the schema."""
        return tuple(label.name for label in self.labels)


class Ontology(Struct, frozen=True):
    """All labels of a corpus, by layer and kind."""

    title: str
    version: str
    layers: Mapping[str, Layer]
    event_types: Mapping[str, EventType]
    claimers: tuple[Label, ...]
    event_relations: tuple[Label, ...]
    claim_relations: tuple[Label, ...]

    @property
    def special_claimers(self) -> frozenset[str]:
        """Names of the claimers that are not mentions."""
        return frozenset(label.name for label in self.claimers)

    @property
    def roles(self) -> Mapping[str, Role]:
        """Roles of all event types by name; the first definition of a name is used."""
        roles: dict[str, Role] = {}
        for event_type in self.event_types.values():
            for role in event_type.roles.values():
                roles.setdefault(role.name, role)
        return roles
