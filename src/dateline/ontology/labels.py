"""Types of the ontology: labels, roles, event types, attributes and layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from dateline.errors import InvalidInputError
from dateline.model import LAYER_FIELDS, Struct

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


class RelationType(Struct, frozen=True):
    """A relation between two mentions; its ends are of these entity types, or of any if empty."""

    label: Label
    sources: frozenset[str]
    targets: frozenset[str]

    def illegal_ends(
        self, source: str | None, target: str | None
    ) -> Iterator[tuple[Literal["source", "target"], str, frozenset[str]]]:
        """The ends whose type is not allowed, with the type and the types that are.

        An end whose type is None is not known, and not checked.
        """
        if source is not None and self.sources and source not in self.sources:
            yield "source", source, self.sources
        if target is not None and self.targets and target not in self.targets:
            yield "target", target, self.targets


AttributeKind = Literal["label", "labels", "boolean", "number", "text"]


class Attribute(Struct, frozen=True):
    """An attribute of an item or a document.

    ``values`` are the labels of the kinds ``label`` and ``labels``. ``unit`` is that of a number,
    ``pattern`` the regular expression that a text has to match. ``schema`` is the JSON Schema of a
    value.
    """

    name: str
    title: str
    description: str
    required: bool
    kind: AttributeKind = "label"
    values: tuple[Label, ...] = ()
    unit: str = ""
    pattern: str = ""
    schema: Mapping[str, Any] = {}

    @property
    def value_names(self) -> tuple[str, ...]:
        """Names of the labels, in the order of the schema."""
        return tuple(label.name for label in self.values)

    @property
    def form(self) -> str:
        """What a value is, in words, such as "whole number from 0, in mg"."""
        if self.kind == "number":
            ends = (("from", "minimum"), ("to", "maximum"))
            bounds = [f"{word} {self.schema[key]}" for word, key in ends if key in self.schema]
            number = "whole number" if self.schema.get("type") == "integer" else "number"
            return " ".join((number, *bounds)) + (f", in {self.unit}" if self.unit else "")
        if self.kind == "text":
            return f"text that matches {self.pattern}" if self.pattern else "text"
        forms = {"label": "one label", "labels": "any of the labels", "boolean": "true or false"}
        return forms[self.kind]


class Layer(Struct, frozen=True):
    """An annotation layer: its labels, and the attributes of its items.

    The layer ``document`` has attributes only.
    """

    name: str
    title: str
    span: str = ""
    labels: tuple[Label, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels, in the order of the schema."""
        return tuple(label.name for label in self.labels)


class Ontology(Struct, frozen=True):
    """What a corpus annotates: its layers and all their labels.

    ``layers`` has only the layers that the ontology declares, in the order of `LAYERS`. Whether
    mentions have entities (coreference) and events have clusters, and whether these are linked to
    knowledge bases, is declared as well. ``factuality`` are the values that events have by source,
    and ``required_sources`` the claimers that give a value to every event.
    """

    title: str
    version: str
    layers: Mapping[str, Layer]
    has_coreference: bool = False
    has_links: bool = False
    has_event_coreference: bool = False
    has_event_links: bool = False
    entity_attributes: tuple[Attribute, ...] = ()
    argument_attributes: tuple[Attribute, ...] = ()
    relation_types: Mapping[str, RelationType] = {}
    event_types: Mapping[str, EventType] = {}
    claimers: tuple[Label, ...] = ()
    event_relations: tuple[Label, ...] = ()
    claim_relations: tuple[Label, ...] = ()
    factuality: tuple[Label, ...] = ()
    required_sources: tuple[str, ...] = ()

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Names of the layers, in the order of `LAYERS`."""
        return tuple(self.layers)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of annotations that the ontology declares, of `CONTENT_FIELDS`."""
        undeclared = {
            "attributes": "document" not in self.layers,
            "entities": not self.has_coreference,
            "event_clusters": not self.has_event_links,
            "event_relations": not self.event_relations,
            "claim_relations": not self.claim_relations,
        }
        of_layers = (field for layer in self.layers for field in LAYER_FIELDS[layer])
        return frozenset(field for field in of_layers if not undeclared.get(field))

    def chosen_layers(self, names: Collection[str]) -> tuple[str, ...]:
        """These layers in the order of `LAYERS`, or all if none is named.

        Raises InvalidInputError if the corpus does not have one of them.
        """
        absent = [name for name in names if name not in self.layers]
        if absent:
            raise InvalidInputError(
                f"{', '.join(absent)}: not declared by schema/ontology.schema.json. "
                f"Layers of this corpus: {', '.join(self.layers)}."
            )
        return tuple(layer for layer in self.layers if not names or layer in names)

    def labels_of(self, layer: str) -> tuple[str, ...]:
        """Names of a layer's labels; none if the corpus does not have the layer."""
        return self.layers[layer].label_names if layer in self.layers else ()

    def attributes_of(self, layer: str) -> tuple[Attribute, ...]:
        """Attributes of a layer's items; none if the corpus does not have the layer."""
        return self.layers[layer].attributes if layer in self.layers else ()

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
