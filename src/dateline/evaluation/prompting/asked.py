"""What a language model is asked for: some layers of an ontology, and their attributes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dateline.model import Struct
from dateline.ontology.labels import Attribute, Label, Ontology


class Asked(Struct, frozen=True):
    """The layers that are asked for, and whether their attributes are.

    Not asked for are links, and relations between events that are derived.
    """

    ontology: Ontology
    layers: tuple[str, ...]
    attributes: bool = False

    @property
    def has_mentions(self) -> bool:
        """Whether mentions are asked for, so that other items can refer to them."""
        return "entities" in self.layers

    @property
    def has_relations(self) -> bool:
        """Whether relations between mentions are asked for."""
        return "relations" in self.layers and self.has_mentions

    @property
    def has_events(self) -> bool:
        """Whether events are asked for."""
        return "events" in self.layers

    @property
    def has_claims(self) -> bool:
        """Whether claims are asked for."""
        return "claims" in self.layers

    @property
    def has_coreference(self) -> bool:
        """Whether mentions are grouped by entity."""
        return self.ontology.has_coreference and self.has_mentions

    @property
    def has_event_coreference(self) -> bool:
        """Whether events are grouped by event instance."""
        return self.ontology.has_event_coreference and self.has_events

    @property
    def event_relations(self) -> tuple[str, ...]:
        """Names of the relations between events that are asked for."""
        names = (label.name for label in self.ontology.annotated_event_relations)
        return tuple(names) if self.has_events else ()

    @property
    def claim_relations(self) -> tuple[str, ...]:
        """Names of the relations between claims that are asked for."""
        return tuple(label.name for label in self.ontology.claim_relations if self.has_claims)

    @property
    def sources(self) -> tuple[str, ...]:
        """The claimers whose factuality of each event is asked for."""
        ontology = self.ontology
        if not (ontology.factuality and self.has_events):
            return ()
        return ontology.required_sources or tuple(one.name for one in ontology.claimers)

    def fills(self, fillers: Collection[str]) -> Iterator[str]:
        """The kinds of items, of those that are asked for, that may fill a role."""
        if self.has_mentions and set(fillers) - {"event", "claim"}:
            yield "mention"
        if self.has_events and "event" in fillers:
            yield "event"
        if self.has_claims and "claim" in fillers:
            yield "claim"

    def roles_of(self, event_type: str) -> tuple[str, ...]:
        """The roles of an event type that items may fill which are asked for."""
        roles = self.ontology.event_types[event_type].roles.values()
        return tuple(role.name for role in roles if any(self.fills(role.fillers)))

    @property
    def has_arguments(self) -> bool:
        """Whether an event may have arguments."""
        return self.has_events and any(map(self.roles_of, self.ontology.event_types))

    def attributes_of(self, layer: str) -> tuple[Attribute, ...]:
        """The attributes of a layer that are asked for."""
        return self.ontology.attributes_of(layer) if self.attributes else ()

    @property
    def argument_attributes(self) -> tuple[Attribute, ...]:
        """The attributes of arguments that are asked for."""
        return self.ontology.argument_attributes if self.attributes else ()


def asked_for(ontology: Ontology, layers: Sequence[str] = (), *, attributes: bool = False) -> Asked:
    """What to ask for; all layers if none is named.

    Raises InvalidInputError if the ontology does not declare one of them.
    """
    return Asked(ontology=ontology, layers=ontology.chosen_layers(layers), attributes=attributes)


def by_attributes(
    labels: Sequence[Label], attributes: Sequence[Attribute]
) -> list[tuple[tuple[Attribute, ...], list[str]]]:
    """The attributes that labels have, and the names of the labels that have these."""
    found: dict[tuple[str, ...], tuple[tuple[Attribute, ...], list[str]]] = {}
    for label in labels:
        own = tuple(one for one in attributes if one.is_of(label.name))
        found.setdefault(tuple(one.name for one in own), (own, []))[1].append(label.name)
    return list(found.values())
