"""Replace former names of labels, from the ontology's ``x-formerly``, by current ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from dateline.model import (
    Annotation,
    Attributes,
    AttributeValue,
    Claim,
    Entity,
    Event,
    Mention,
    Relation,
)
from dateline.ontology.label_lists import label_lists
from dateline.ontology.labels import Label, Ontology, Role

Renaming = tuple[str, str, str]
"""Kind of label, old name, new name."""


def new_names(labels: Iterable[Label | Role]) -> Mapping[str, str]:
    """Current names by former name."""
    return {former: label.name for label in labels for former in label.formerly}


def names_by_kind(ontology: Ontology) -> Mapping[str, Mapping[str, str]]:
    """Current names by former name, by the kind of label; a role's kind is ``role of TYPE``."""
    lists = label_lists(ontology, values=True)
    names = {kind: new_names(labels) for kind, labels in lists.items()}
    for name, event_type in ontology.event_types.items():
        names[f"role of {name}"] = new_names(event_type.roles.values())
    return names


def renamed(annotation: Annotation, ontology: Ontology) -> tuple[Annotation, Counter[Renaming]]:
    """The annotation with current names of labels, and how often each label was renamed."""
    renamer = _Renamer(ontology)
    annotation = replace(
        annotation,
        attributes=renamer.values("document", annotation.attributes),
        mentions=tuple(map(renamer.mention, annotation.mentions)),
        entities=tuple(map(renamer.entity, annotation.entities)),
        relations=renamer.relations("relation", annotation.relations),
        events=tuple(map(renamer.event, annotation.events)),
        event_relations=renamer.relations("eventRelation", annotation.event_relations),
        claims=tuple(map(renamer.claim, annotation.claims)),
        claim_relations=renamer.relations("claimRelation", annotation.claim_relations),
    )
    return annotation, renamer.done


class _Renamer:
    def __init__(self, ontology: Ontology) -> None:
        self._names = names_by_kind(ontology)
        self.done: Counter[Renaming] = Counter()

    def mention(self, mention: Mention) -> Mention:
        return replace(
            mention,
            type=self._name("entity", mention.type),
            attributes=self.values("mention", mention.attributes),
        )

    def entity(self, entity: Entity) -> Entity:
        return replace(
            entity,
            type=self._name("entity", entity.type),
            attributes=self.values("entity", entity.attributes),
        )

    def event(self, event: Event) -> Event:
        kind = self._name("event", event.type)
        return replace(
            event,
            type=kind,
            arguments=tuple(
                replace(
                    argument,
                    role=self._name(f"role of {kind}", argument.role),
                    attributes=self.values("argument", argument.attributes),
                )
                for argument in event.arguments
            ),
            attributes=self.values("event", event.attributes),
            factuality=tuple(
                replace(
                    given,
                    source=self._name("claimer", given.source),
                    value=self._name("factuality", given.value),
                )
                for given in event.factuality
            ),
        )

    def claim(self, claim: Claim) -> Claim:
        return replace(
            claim,
            act=self._name("act", claim.act),
            claimer=self._name("claimer", claim.claimer),
            attributes=self.values("claim", claim.attributes),
        )

    def relations(self, kind: str, relations: Iterable[Relation]) -> tuple[Relation, ...]:
        return tuple(
            replace(
                relation,
                type=self._name(kind, relation.type),
                attributes=self.values(kind, relation.attributes),
            )
            for relation in relations
        )

    def values(self, item: str, attributes: Attributes) -> Attributes:
        """Attributes with current labels; other kinds of values have no names."""
        return {name: self._value(f"{item}.{name}", value) for name, value in attributes.items()}

    def _value(self, kind: str, value: AttributeValue) -> AttributeValue:
        if isinstance(value, tuple):
            return tuple(self._name(kind, name) for name in value)
        return self._name(kind, value) if isinstance(value, str) else value

    def _name(self, kind: str, name: str) -> str:
        new = self._names.get(kind, {}).get(name, name)
        if new != name:
            self.done[kind, name, new] += 1
        return new
