"""Consistency checks of an ontology that JSON Schema cannot express."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dateline.ontology.labels import STRUCTURAL_RELATIONS, Label, Ontology, Role


def inconsistencies(ontology: Ontology) -> Iterator[str]:
    """All problems of the ontology, as messages that start with the label."""
    yield from _problems_of_labels(ontology)
    for place, labels in _lists(ontology):
        yield from _problems_of_former_names(place, labels)
    yield from _problems_of_parts(ontology)
    yield from _problems_of_roles(ontology)
    yield from _problems_of_relations(ontology)


def _problems_of_labels(ontology: Ontology) -> Iterator[str]:
    hotkeys: dict[str, str] = {}
    for layer in ontology.layers.values():
        names: set[str] = set()
        former = {name for label in layer.labels for name in label.formerly}
        for label in layer.labels:
            if not label.description:
                yield f"{label.name}: has no description; add one, it is the guideline"
            if label.name in names:
                yield f"{label.name}: is duplicated in {layer.name}; remove one of them"
            names.add(label.name)
            for other in sorted(set(label.neighbours) - set(layer.label_names) - former):
                yield f"{label.name}: x-neighbours has {other}, which is not in {layer.name}"
            if label.color is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", label.color):
                yield f"{label.name}: x-color is {label.color!r}, expected #rrggbb"
            if label.hotkey is not None:
                other = hotkeys.setdefault(label.hotkey, label.name)
                if other != label.name:
                    yield f"{label.name}: x-hotkey {label.hotkey!r} is already used by {other}"


def _problems_of_parts(ontology: Ontology) -> Iterator[str]:
    """Definitions that need another one."""
    if not ontology.layers:
        yield (
            "$defs: declares no layer; define one of document, mention, relation, event and claim"
        )
    needs = (
        ("entity", ontology.has_coreference, "entities", "mention"),
        ("relation", "relations" in ontology.layers, "entities", "mention"),
        ("eventCluster", ontology.has_event_coreference, "events", "event"),
        ("eventRelation", bool(ontology.event_relations), "events", "event"),
        ("claimRelation", bool(ontology.claim_relations), "claims", "claim"),
        ("claimer", bool(ontology.claimers), "claims", "claim"),
    )
    for name, is_declared, layer, item in needs:
        if is_declared and layer not in ontology.layers:
            yield f"$defs/{name}: needs $defs/{item}; define it, or remove {name}"


def _lists(ontology: Ontology) -> Iterator[tuple[str, Iterable[Label | Role]]]:
    """All lists of labels, with a name for each; within a list, a name has one meaning."""
    for layer in ontology.layers.values():
        yield layer.name, layer.labels
        for attribute in layer.attributes:
            yield f"{layer.name}.{attribute.name}", attribute.values
    for attribute in ontology.entity_attributes:
        yield f"entity.{attribute.name}", attribute.values
    for event_type in ontology.event_types.values():
        yield event_type.label.name, event_type.roles.values()
    yield "claimer", ontology.claimers
    yield "eventRelation", ontology.event_relations
    yield "claimRelation", ontology.claim_relations


def _problems_of_former_names(place: str, labels: Iterable[Label | Role]) -> Iterator[str]:
    labels = tuple(labels)
    owners = {label.name: label.name for label in labels}
    for label in labels:
        for former in label.formerly:
            owner = owners.setdefault(former, label.name)
            if owner != label.name or former == label.name:
                other = "a current label" if owner == former else f"also in x-formerly of {owner}"
                yield f"{place}: x-formerly of {label.name} has {former}, which is {other}"


def _problems_of_roles(ontology: Ontology) -> Iterator[str]:
    allowed = _allowed_fillers(ontology)
    taken = {*STRUCTURAL_RELATIONS, *_relation_names(ontology)}
    for event_type in ontology.event_types.values():
        for role in event_type.roles.values():
            place = f"{event_type.label.name}.{role.name}"
            if unknown := sorted(role.fillers - allowed):
                yield (
                    f"{place}: x-fillers has {', '.join(unknown)}; expected entity types"
                    f"{_other_fillers(ontology)}"
                )
            for name in (role.name, *role.formerly):
                if name in taken:
                    yield f"{place}: {name} is already the name of a relation; rename the role"


def _allowed_fillers(ontology: Ontology) -> set[str]:
    items = {"events": "event", "claims": "claim"}
    return {
        *ontology.labels_of("entities"),
        *(item for layer, item in items.items() if layer in ontology.layers),
    }


def _other_fillers(ontology: Ontology) -> str:
    others = sorted(_allowed_fillers(ontology) - set(ontology.labels_of("entities")))
    return "".join(f' or "{name}"' for name in others)


def _problems_of_relations(ontology: Ontology) -> Iterator[str]:
    types = set(ontology.labels_of("entities"))
    for relation in ontology.relation_types.values():
        for key, ends in (("x-source", relation.sources), ("x-target", relation.targets)):
            if unknown := sorted(ends - types):
                yield (
                    f"{relation.label.name}: {key} has {', '.join(unknown)}; expected entity types"
                )
    for name in sorted(_relation_names(ontology) & set(STRUCTURAL_RELATIONS)):
        yield f"{name}: is reserved by the data model; rename the relation"


def _relation_names(ontology: Ontology) -> set[str]:
    labels = (*ontology.event_relations, *ontology.claim_relations)
    return {*ontology.relation_types, *(label.name for label in labels)}
