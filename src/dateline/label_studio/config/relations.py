"""The relations of the page: which regions each may join, and what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dateline.annotations.differences import format_value
from dateline.label_studio.config.controls import (
    CLAIM,
    CLAIMER,
    CUE,
    ENTITY,
    EVENT,
    FACTUALITY,
    controls_of,
)
from dateline.label_studio.config.questions import NO, YES
from dateline.model import AttributeValue, Struct
from dateline.ontology.labels import Attribute, EventType, Label, Ontology, Role

COREFERENCE = "coreference"
CONTINUES = "continues"
ABOUT = "about"

ARGUMENT = "argument"
RELATION = "relation"
EVENT_RELATION = "event relation"
CLAIM_RELATION = "claim relation"

Ends = tuple[str, str, str]
"""The label of a relation, and the controls of the regions where it starts and ends."""


Marked = tuple[str, str]
"""The control and the label of a region."""


def meanings(ontology: Ontology) -> Mapping[Ends, str]:
    """The meaning of each relation of the page, by its label and the controls of its ends."""
    return dict(_meanings(ontology))


def relation_labels(ontology: Ontology) -> tuple[str, ...]:
    """The labels of relations, in the order of the page."""
    return tuple(dict.fromkeys(label for (label, _, _), _ in _meanings(ontology)))


class Unlabelled(Struct, frozen=True):
    """What a relation without a label means, from its start to its end, or ``backward``."""

    label: str
    backward: bool = False


def unlabelled(ontology: Ontology, source: Marked, target: Marked) -> Unlabelled | None:
    """The meaning of a relation between two regions for which no label was chosen.

    It is a role that the ontology says it is, or else the only possible label. None if several are
    possible. A mention or a trigger is not taken for a cue.
    """
    for role in _roles_of(ontology, source):
        if _filler(target) in role.unlabelled_to:
            return Unlabelled(label=role.name)
    if label := _only_label(ontology, source, target):
        return Unlabelled(label=label)
    for role in _roles_of(ontology, target):
        if _filler(source) in role.unlabelled_from:
            return Unlabelled(label=role.name, backward=True)
    return None


def remarks(event_type: EventType) -> Iterator[str]:
    """What relations without a label mean for events of a type, a sentence for each role."""
    for role in event_type.roles.values():
        for preposition, fillers in (("to", role.unlabelled_to), ("from", role.unlabelled_from)):
            if fillers:
                names = ", ".join(sorted(fillers))
                yield f"A relation without a label {preposition} {names}: {role.name}."


def _roles_of(ontology: Ontology, region: Marked) -> Iterable[Role]:
    control, label = region
    return ontology.event_types[label].roles.values() if control == EVENT.labels else ()


def _filler(region: Marked) -> str:
    """The name that fillers of roles have for a region."""
    control, label = region
    return label if control == ENTITY.labels else control


def _only_label(ontology: Ontology, source: Marked, target: Marked) -> str | None:
    ends = (source[0], target[0])
    found = {
        label
        for (label, *controls), meaning in _relations(ontology)
        if (*controls,) == ends
        and not (meaning == CUE and target[0] != CUE)
        and _may_join(ontology, label, meaning, source[1], target)
    }
    return next(iter(found)) if len(found) == 1 and CONTINUES not in found else None


def _may_join(ontology: Ontology, label: str, meaning: str, source: str, target: Marked) -> bool:
    """Whether a role or a relation type allows the labels of the regions at its ends."""
    if meaning == ARGUMENT:
        role = ontology.event_types[source].roles.get(label)
        return role is not None and _filler(target) in role.fillers
    if meaning == RELATION:
        return not any(ontology.relation_types[label].illegal_ends(source, target[1]))
    return True


def ontology_relations(ontology: Ontology) -> Iterator[Label]:
    """The labels of the ontology's own relations."""
    yield from (relation.label for relation in ontology.relation_types.values())
    yield from ontology.annotated_event_relations
    yield from ontology.claim_relations


def former_relations(ontology: Ontology) -> Iterator[str]:
    """Former names of relations, roles, and labels for attributes of them."""
    for event_type in ontology.event_types.values():
        for role in event_type.roles.values():
            yield from role.formerly
    for label in ontology_relations(ontology):
        yield from label.formerly
    for attributes in attributes_by_meaning(ontology).values():
        yield from former_attribute_labels(attributes)


def attributes_by_meaning(ontology: Ontology) -> Mapping[str, tuple[Attribute, ...]]:
    """The attributes of relations by their meaning.

    The factuality of an event by a claim is an attribute of the relation between the two.
    """
    factuality = Attribute(
        name=FACTUALITY, title="", description="", required=False, values=ontology.factuality
    )
    return {
        RELATION: ontology.attributes_of("relations"),
        ARGUMENT: ontology.argument_attributes,
        ABOUT: (factuality,) if ontology.factuality else (),
    }


def attribute_of(meaning: str) -> str:
    """The meaning of labels for attributes of relations with a meaning."""
    return f"attribute of {meaning}"


def former_attribute_labels(attributes: Iterable[Attribute]) -> Mapping[str, str]:
    """Current by former labels for attributes of relations."""
    return {
        attribute_label(attribute.name, former): attribute_label(attribute.name, label.name)
        for attribute in attributes
        for label in attribute.values
        for former in label.formerly
    }


def attribute_labels(
    attributes: Iterable[Attribute],
) -> Mapping[str, tuple[str, AttributeValue]]:
    """The attribute and its value by the label that a relation with it has in addition.

    Label Studio asks no questions about relations, but a relation may have several labels.
    """
    return {
        attribute_label(attribute.name, value): (attribute.name, value)
        for attribute in attributes
        for value in ((True, False) if attribute.kind == "boolean" else attribute.value_names)
    }


def unasked(attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """The attributes of relations for which there can be no labels: numbers and texts."""
    return tuple(a for a in attributes if a.kind in ("number", "text"))


def attribute_label(name: str, value: AttributeValue) -> str:
    """The label for one value of an attribute, such as ``certainty=possible``."""
    if isinstance(value, bool):
        return f"{name}={YES if value else NO}"
    return f"{name}={format_value(value)}"


def _meanings(ontology: Ontology) -> Iterator[tuple[Ends, str]]:
    labels = {
        meaning: attribute_labels(a) for meaning, a in attributes_by_meaning(ontology).items()
    }
    joined: dict[tuple[str, str, str], None] = {}
    for ends, meaning in _relations(ontology):
        yield ends, meaning
        joined[meaning, *ends[1:]] = None
    for meaning, source, target in joined:
        for name in labels.get(meaning, ()):
            yield (name, source, target), attribute_of(meaning)


def _relations(ontology: Ontology) -> Iterator[tuple[Ends, str]]:
    entity, event, claim = ENTITY.labels, EVENT.labels, CLAIM.labels
    present = [controls.labels for controls in controls_of(ontology)]
    for role in ontology.roles:
        for filler in present:
            yield (role, event, filler), ARGUMENT
    for name in ontology.relation_types:
        yield (name, entity, entity), RELATION
    for label in ontology.annotated_event_relations:
        yield (label.name, event, event), EVENT_RELATION
    for label in ontology.claim_relations:
        yield (label.name, claim, claim), CLAIM_RELATION
    if ontology.has_coreference:
        yield (COREFERENCE, entity, entity), COREFERENCE
    if ontology.has_event_coreference:
        yield (COREFERENCE, event, event), COREFERENCE
    for control in present:
        yield (CONTINUES, control, control), CONTINUES
    if claim in present:
        yield from _relations_of_claims({*present})


def _relations_of_claims(present: Collection[str]) -> Iterator[tuple[Ends, str]]:
    entity, event, claim = ENTITY.labels, EVENT.labels, CLAIM.labels
    if entity in present:
        yield (CLAIMER, claim, entity), CLAIMER
    yield (CONTINUES, CUE, CUE), CONTINUES
    yield (CUE, claim, CUE), CUE
    for control in (entity, event):
        # Words that are marked already, such as a trigger, need no second region.
        if control in present:
            yield (CUE, claim, control), CUE
    if event in present:
        yield (ABOUT, claim, event), ABOUT
