"""Replace former names of labels, from the ontology's ``x-formerly``, by current ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from dateline.model import Annotation, Claim, Entity, Event, Mention, Relation
from dateline.ontology.labels import Attribute, Label, Ontology, Role

Renaming = tuple[str, str, str]
"""Kind of label, old name, new name."""


def new_names(labels: Iterable[Label | Role]) -> Mapping[str, str]:
    """Current names by former name."""
    return {former: label.name for label in labels for former in label.formerly}


def renamed(annotation: Annotation, ontology: Ontology) -> tuple[Annotation, Counter[Renaming]]:
    """The annotation with current names of labels, and how often each label was renamed."""
    renamer = _Renamer(ontology)
    annotation = msgspec.structs.replace(
        annotation,
        mentions=tuple(map(renamer.mention, annotation.mentions)),
        entities=tuple(map(renamer.entity, annotation.entities)),
        events=tuple(map(renamer.event, annotation.events)),
        event_relations=renamer.relations("eventRelation", annotation.event_relations),
        claims=tuple(map(renamer.claim, annotation.claims)),
        claim_relations=renamer.relations("claimRelation", annotation.claim_relations),
    )
    return annotation, renamer.done


class _Renamer:
    def __init__(self, ontology: Ontology) -> None:
        entities, events, claims = ontology.layers.values()
        self._names = {
            "entity": new_names(entities.labels),
            "event": new_names(events.labels),
            "act": new_names(claims.labels),
            "claimer": new_names(ontology.claimers),
            "eventRelation": new_names(ontology.event_relations),
            "claimRelation": new_names(ontology.claim_relations),
            **{
                f"role of {name}": new_names(event_type.roles.values())
                for name, event_type in ontology.event_types.items()
            },
            **_attributes("mention", entities.attributes),
            **_attributes("event", events.attributes),
            **_attributes("claim", claims.attributes),
        }
        self.done: Counter[Renaming] = Counter()

    def mention(self, mention: Mention) -> Mention:
        return msgspec.structs.replace(
            mention,
            type=self._name("entity", mention.type),
            attributes=self._values("mention", mention.attributes),
        )

    def entity(self, entity: Entity) -> Entity:
        return msgspec.structs.replace(entity, type=self._name("entity", entity.type))

    def event(self, event: Event) -> Event:
        kind = self._name("event", event.type)
        return msgspec.structs.replace(
            event,
            type=kind,
            arguments=tuple(
                msgspec.structs.replace(argument, role=self._name(f"role of {kind}", argument.role))
                for argument in event.arguments
            ),
            attributes=self._values("event", event.attributes),
        )

    def claim(self, claim: Claim) -> Claim:
        return msgspec.structs.replace(
            claim,
            act=self._name("act", claim.act),
            claimer=self._name("claimer", claim.claimer),
            attributes=self._values("claim", claim.attributes),
        )

    def relations(self, kind: str, relations: Iterable[Relation]) -> tuple[Relation, ...]:
        return tuple(
            msgspec.structs.replace(relation, type=self._name(kind, relation.type))
            for relation in relations
        )

    def _values(self, item: str, attributes: Mapping[str, str]) -> dict[str, str]:
        return {name: self._name(f"{item}.{name}", value) for name, value in attributes.items()}

    def _name(self, kind: str, name: str) -> str:
        new = self._names.get(kind, {}).get(name, name)
        if new != name:
            self.done[kind, name, new] += 1
        return new


def _attributes(item: str, attributes: Iterable[Attribute]) -> dict[str, Mapping[str, str]]:
    return {f"{item}.{a.name}": new_names(a.values) for a in attributes}
