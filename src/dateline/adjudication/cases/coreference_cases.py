"""Cases on coreference: the entities of mentions and the clusters of events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.candidates import Candidate, Candidates, group_key
from dateline.adjudication.cases.case import Case, CaseKind, Option, Validate
from dateline.adjudication.cases.case_list import CaseList
from dateline.annotations.differences import format_value
from dateline.annotations.grouping import Group
from dateline.annotations.items import chains_of, clusters_of
from dateline.model import Entity, Event, Link, Mention, Struct

_OWN = "own:"
"""Prefix of the reference of an entity with a single mention that no annotator has."""

AnnotatorId = tuple[str, str]
"""An annotator, and the id of one of their entities or clusters."""


class Chains(Struct, frozen=True):
    """Gold's entities, and the entity and type of each mention.

    ``entities`` have references as ids; ``type`` lacks mentions whose type is open.
    """

    entities: tuple[Entity, ...]
    entity: Mapping[Candidate, str | None]
    type: Mapping[Candidate, str]


def collect_chains(candidates: Candidates, cases: CaseList) -> Chains:
    """Collect the cases on coreference chains, and on type, name and link of their entities."""
    annotated = cases.annotated
    groups = {_reference(group): group for group in annotated.groups.entities}
    refs = {place: ref for ref, group in groups.items() for place in group.items()}
    known = {(n, e.id): e for n, a in annotated.annotations.items() for e in a.entities}
    chains = {name: chains_of(annotation) for name, annotation in annotated.annotations.items()}

    def describe(name: str, id_: str) -> str:
        entity, size = known[name, id_], len(chains[name][id_])
        return f"{entity.name} ({entity.type}, {size} mention{'s'[: size != 1]})"

    entity: dict[Candidate, str | None] = {}
    for candidate in candidates.kept("mention"):
        own = {name: m.entity for name, m in candidate.items.items() if isinstance(m, Mention)}
        values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        case = _membership_case("chain", candidate, own, values, describe)
        answer = cases.resolve(case, _validate_reference(refs))
        if answer is not None:
            entity[candidate] = answer[0] if answer else f"{_OWN}{candidate.ref}"
    entities = []
    types: dict[Candidate, str] = {}
    for ref in dict.fromkeys(entity.values()):
        mentions = [candidate for candidate, own_ref in entity.items() if own_ref == ref]
        if ref is None or ref not in groups:
            for candidate in mentions:
                type_ = _type(candidate.key, candidate, _types(candidate), cases)
                if type_ is not None:
                    types[candidate] = type_
                if ref is not None:
                    name = " ".join(span.text for span in candidate.spans)
                    entities.append(Entity(id=ref, type=type_ or "", name=name))
        else:
            by_annotator = {name: known[name, id_] for name, id_ in groups[ref].items()}
            found = _entity(ref, by_annotator, mentions[0], cases)
            entities.append(found)
            if found.type:
                types.update(dict.fromkeys(mentions, found.type))
    return Chains(entities=tuple(entities), entity=entity, type=types)


def linked_entities(annotated: AnnotatedDocument) -> frozenset[str]:
    """References of the entities that some annotator has linked to a knowledge base."""
    links = {(n, e.id): e.links for n, a in annotated.annotations.items() for e in a.entities}
    return frozenset(
        _reference(group)
        for group in annotated.groups.entities
        if any(links[place] for place in group.items())
    )


def collect_clusters(candidates: Candidates, cases: CaseList) -> Mapping[Candidate, str | None]:
    """Collect the cases on event coreference, and return the cluster's reference of each event."""
    annotated = cases.annotated
    refs = {place: _reference(g) for g in annotated.groups.clusters for place in g.items()}
    clusters = {name: clusters_of(annotation) for name, annotation in annotated.annotations.items()}

    def describe(name: str, id_: str) -> str:
        events = (candidates.of_item(name, event) for event in clusters[name][id_])
        return "cluster of " + ", ".join(annotated.quote(event.ranges) for event in events)

    cluster: dict[Candidate, str | None] = {}
    for candidate in candidates.kept("event"):
        own = {name: e.cluster for name, e in candidate.items.items() if isinstance(e, Event)}
        values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        if len(set(values.values())) > 1:
            # A cluster of one event means the same as none.
            own = {n: id_ if id_ and len(clusters[n][id_]) > 1 else None for n, id_ in own.items()}
            values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        case = _membership_case("cluster", candidate, own, values, describe)
        answer = cases.resolve(case, _validate_reference(refs))
        cluster[candidate] = answer[0] if answer else None
    return cluster


def validate_label(labels: tuple[str, ...]) -> Validate:
    """A validator that accepts these labels."""

    def validate(value: Any) -> Any:
        if value not in labels:
            raise ValueError(f"{value!r} is unknown. Allowed: {', '.join(labels)}")
        return value

    return validate


def _reference(group: Group) -> str:
    """The name of an entity or cluster in cases: ``ANNOTATOR:ID`` of the first annotator."""
    return "{}:{}".format(*next(iter(group.items())))


def _membership_case(
    kind: CaseKind,
    candidate: Candidate,
    own: Mapping[str, str | None],
    values: Mapping[str, str | None],
    describe: Callable[[str, str], str],
) -> Case:
    return Case(
        id=f"{candidate.key}/{kind}",
        kind=kind,
        item_kind=candidate.kind,
        detail="",
        ranges=candidate.ranges,
        options={
            name: Option(value=values[name], text=describe(name, id_) if id_ else "nothing")
            for name, id_ in own.items()
        },
        allows_none=True,
    )


def _entity(
    ref: str, by_annotator: Mapping[str, Entity], mention: Candidate, cases: CaseList
) -> Entity:
    """Gold's entity; its type is empty while that is open."""
    id_ = f"entity/{group_key({name: entity.id for name, entity in by_annotator.items()})}"

    def resolve(
        kind: CaseKind, options: Mapping[str, Option], validate: Validate
    ) -> list[Any] | None:
        case = Case(
            id=f"{id_}/{kind}",
            kind=kind,
            item_kind="entity",
            detail=next(iter(by_annotator.values())).name,
            ranges=mention.ranges,
            options=options,
            allows_none=kind == "link",
        )
        return cases.resolve(case, validate)

    type_ = _type(id_, mention, {name: e.type for name, e in by_annotator.items()}, cases)
    names = {name: Option(value=e.name, text=e.name) for name, e in by_annotator.items()}
    links = {
        name: Option(
            value=msgspec.to_builtins(e.links),
            text=format_value(e.links) if e.links else "not linked",
        )
        for name, e in by_annotator.items()
    }
    name = resolve("name", names, _validate_name)
    answer = resolve("link", links, _validate_links)
    return Entity(
        id=ref,
        type=type_ or "",
        name=name[0] if name else mention.spans[0].text,
        links=msgspec.convert(answer[0] if answer else [], tuple[Link, ...]),
    )


def _types(candidate: Candidate) -> dict[str, str]:
    return {name: m.type for name, m in candidate.items.items() if isinstance(m, Mention)}


def _type(id_: str, mention: Candidate, types: Mapping[str, str], cases: CaseList) -> str | None:
    """The type of an entity, or of a mention without one; None while it is open."""
    labels = cases.annotated.ontology.layers["entities"].label_names
    case = Case(
        id=f"{id_}/type",
        kind="type",
        item_kind="entity" if id_.startswith("entity/") else "mention",
        detail="",
        ranges=mention.ranges,
        options={name: Option(value=type_, text=type_) for name, type_ in types.items()},
        allowed_values=labels,
    )
    answer = cases.resolve(case, validate_label(labels))
    return None if answer is None else str(answer[0])


def _validate_reference(refs: Mapping[AnnotatorId, str]) -> Validate:
    def validate(value: Any) -> str | None:
        if value is None:
            return None
        name, _, id_ = str(value).partition(":")
        if (name, id_) not in refs:
            raise ValueError(f"{value!r} does not exist; write it as ANNOTATOR:ID")
        return refs[name, id_]

    return validate


def _validate_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a name")
    return value


def _validate_links(value: Any) -> Any:
    # Decisions of format 1.0 are about a single link, or null.
    links = [value] if isinstance(value, dict) else value or []
    try:
        return msgspec.to_builtins(msgspec.convert(links, tuple[Link, ...]))
    except msgspec.ValidationError as error:
        raise ValueError(f"{value!r} is not a list of links: {error}") from None
