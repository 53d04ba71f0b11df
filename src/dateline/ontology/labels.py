"""Types of the ontology: labels, roles, event types, attributes and layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from dateline.errors import InvalidInputError
from dateline.model import LAYER_FIELDS, Attributes, Struct

STRUCTURAL_RELATIONS = ("coreference", "continues", "claimer", "cue", "about")
"""Relations in Label Studio that are part of the data model; reserved names."""


Polarity = Literal["positive", "negative"]
"""That something is so, or is not so."""


class Label(Struct, frozen=True):
    """A label, such as an entity type, with its guideline.

    ``span`` describes the extent of spans, ``counterexamples`` what the label does not apply to,
    ``neighbours`` how similar labels differ, by name. ``formerly`` are former names. ``is_name``
    says of the value of an attribute that a mention with it is a name of its entity. ``polarity``
    says of a value of factuality, or of an attribute of claims, which side a source takes with it.
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
    is_name: bool = False
    polarity: Polarity | None = None


class RelationLabel(Label, frozen=True):
    """The label of a relation, with what follows from it.

    A ``symmetric`` relation holds in both directions; a ``transitive`` one joins what a chain of it
    joins. Those in ``excludes`` cannot hold between the same two items, in any direction. By
    ``then``, the relation and a following one of the key give one of the value. ``from_roles`` says
    that it is not annotated but derived: from each argument with one of these roles that is an
    event, with the filler or the event as its source.
    """

    symmetric: bool = False
    transitive: bool = False
    excludes: tuple[str, ...] = ()
    then: Mapping[str, str] = {}
    from_roles: Mapping[str, Literal["filler", "event"]] = {}

    @property
    def is_order(self) -> bool:
        """Whether no item can have the relation to itself, directly or through others."""
        return self.transitive and not self.symmetric

    @property
    def remarks(self) -> tuple[str, ...]:
        """What follows from the relation, a sentence for each."""
        ends = {
            "filler": "from the filler to the event that has the argument",
            "event": "from the event that has the argument to the filler",
        }
        derived = (
            f"Derived {ends[source]}, if an event fills the role "
            f"{', '.join(role for role, of in self.from_roles.items() if of == source)}; "
            "do not annotate it."
            for source in dict.fromkeys(self.from_roles.values())
        )
        return (
            *(["Holds in both directions."] if self.symmetric else []),
            *(["Holds across a chain of it."] if self.transitive else []),
            *([f"Excludes {', '.join(self.excludes)}."] if self.excludes else []),
            *(f"Followed by {second}, it gives {result}." for second, result in self.then.items()),
            *derived,
        )


class Role(Struct, frozen=True):
    """A role of an event type; ``fillers`` are entity types, ``event`` or ``claim``.

    On the labelling page, a relation without a label from the event to one of ``unlabelled_to``, or
    from one of ``unlabelled_from`` to the event, has this role. Both are among the fillers.
    """

    name: str
    description: str
    fillers: frozenset[str]
    unlabelled_to: frozenset[str] = frozenset()
    unlabelled_from: frozenset[str] = frozenset()
    formerly: tuple[str, ...] = ()


class EventType(Struct, frozen=True):
    """An event type with its roles, and the most similar types of other inventories by name."""

    label: Label
    roles: Mapping[str, Role]
    crosswalk: Mapping[str, str | None]


class RelationType(Struct, frozen=True):
    """A relation between two mentions; its ends are of these entity types, or of any if empty."""

    label: RelationLabel
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
    value. ``labels`` are those of the items that have it, and only there it may be ``required``;
    all items of the layer if empty. ``default`` is the value of an item whose annotator chose none.
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
    labels: tuple[str, ...] = ()
    default: str | bool | None = None

    def is_of(self, label: str) -> bool:
        """Whether items with this label have the attribute."""
        return not self.labels or label in self.labels

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
    event_relations: tuple[RelationLabel, ...] = ()
    claim_relations: tuple[RelationLabel, ...] = ()
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

    def is_name(self, attributes: Attributes) -> bool:
        """Whether a mention with these attributes is a name of its entity."""
        return any(
            value.is_name and attributes.get(attribute.name) == value.name
            for attribute in self.attributes_of("entities")
            for value in attribute.values
        )

    @property
    def attributes_by_field(self) -> Mapping[str, tuple[Attribute, ...]]:
        """Attributes of labelled items, by the field of annotations that has the items."""
        return {
            "mentions": self.attributes_of("entities"),
            "entities": self.entity_attributes,
            "relations": self.attributes_of("relations"),
            "events": self.attributes_of("events"),
            "claims": self.attributes_of("claims"),
        }

    @property
    def annotated_event_relations(self) -> tuple[RelationLabel, ...]:
        """Labels of the relations between events that are not derived from roles."""
        return tuple(label for label in self.event_relations if not label.from_roles)

    @property
    def derived_event_relations(self) -> frozenset[str]:
        """Names of the relations between events that are derived from roles."""
        return frozenset(label.name for label in self.event_relations if label.from_roles)

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
