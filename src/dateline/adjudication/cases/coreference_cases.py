"""Cases on coreference: the entities of mentions and the clusters of events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.attribute_cases import (
    Owner,
    collect_attributes,
    validate_label,
)
from dateline.adjudication.cases.candidates import Candidate, Candidates, group_key
from dateline.adjudication.cases.case import Case, CaseKind, Option, Validate, distinct
from dateline.adjudication.cases.case_list import CaseList
from dateline.annotations.differences import format_value
from dateline.annotations.grouping import Group
from dateline.annotations.items import chains_of, clusters_of
from dateline.annotations.links import link_problems
from dateline.model import Attributes, Entity, Event, EventCluster, Link, Mention, Struct

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
    """Collect the cases on coreference chains, and on the fields of their entities."""
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
                    owner = Owner(
                        key=f"entity/{candidate.key.partition('/')[2]}",
                        kind="entity",
                        ranges=candidate.ranges,
                    )
                    attributes = _entity_attributes(owner, type_ or "", {}, cases)
                    entities.append(
                        Entity(id=ref, type=type_ or "", name=name, attributes=attributes)
                    )
        else:
            by_annotator = {name: known[name, id_] for name, id_ in groups[ref].items()}
            found = _entity(ref, by_annotator, mentions[0], cases)
            entities.append(found)
            if found.type:
                types.update(dict.fromkeys(mentions, found.type))
    return Chains(entities=tuple(entities), entity=entity, type=types)


def linked_items(annotated: AnnotatedDocument) -> frozenset[str]:
    """The entities and clusters that some annotator has linked to a knowledge base.

    They are named ``entities/REFERENCE`` and ``clusters/REFERENCE``.
    """
    linked = {
        (kind, name, item.id)
        for name, annotation in annotated.annotations.items()
        for kind, items in (
            ("entities", annotation.entities),
            ("clusters", annotation.event_clusters),
        )
        for item in items
        if item.links
    }
    return frozenset(
        f"{kind}/{_reference(group)}"
        for kind in ("entities", "clusters")
        for group in getattr(annotated.groups, kind)
        if any((kind, *place) in linked for place in group.items())
    )


def collect_clusters(candidates: Candidates, cases: CaseList) -> Mapping[Candidate, str | None]:
    """Collect the cases on event coreference, and return the cluster's reference of each event."""
    annotated = cases.annotated
    refs = {place: _reference(g) for g in annotated.groups.clusters for place in g.items()}
    clusters = {name: clusters_of(annotation) for name, annotation in annotated.annotations.items()}

    def describe(name: str, id_: str) -> str:
        events = (candidates.of_item(name, event) for event in clusters[name][id_])
        return "cluster of " + ", ".join(annotated.quote(event.ranges) for event in events)

    linked = {(n, c.id) for n, a in annotated.annotations.items() for c in a.event_clusters}
    cluster: dict[Candidate, str | None] = {}
    for candidate in candidates.kept("event"):
        own = {name: e.cluster for name, e in candidate.items.items() if isinstance(e, Event)}
        values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        if len(set(values.values())) > 1:
            # A cluster of one event means the same as none, if it is not linked.
            own = {
                name: id_
                if id_ and (len(clusters[name][id_]) > 1 or (name, id_) in linked)
                else None
                for name, id_ in own.items()
            }
            values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        case = _membership_case("cluster", candidate, own, values, describe)
        answer = cases.resolve(case, _validate_reference(refs))
        cluster[candidate] = answer[0] if answer else None
    return cluster


def collect_cluster_links(
    clusters: Mapping[Candidate, str | None], cases: CaseList
) -> tuple[EventCluster, ...]:
    """Collect the cases on links of gold's event clusters."""
    annotated = cases.annotated
    links = {(n, c.id): c.links for n, a in annotated.annotations.items() for c in a.event_clusters}
    events: dict[str | None, Candidate] = {}
    for candidate, ref in clusters.items():
        events.setdefault(ref, candidate)
    found = []
    for group in annotated.groups.clusters:
        ref = _reference(group)
        if ref in events:
            owner = Owner(
                key=f"cluster/{group_key(group)}", kind="cluster", ranges=events[ref].ranges
            )
            by_annotator = {name: links.get((name, id_), ()) for name, id_ in group.items()}
            chosen = _links(owner, by_annotator, cases)
            if chosen:
                found.append(EventCluster(id=ref, links=chosen))
    return tuple(found)


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
    group = {name: entity.id for name, entity in by_annotator.items()}
    owner = Owner(key=f"entity/{group_key(group)}", kind="entity", ranges=mention.ranges)
    types = {name: entity.type for name, entity in by_annotator.items()}
    type_ = _type(owner.key, mention, types, cases)
    case = Case(
        id=f"{owner.key}/name",
        kind="name",
        item_kind="entity",
        detail=next(iter(by_annotator.values())).name,
        ranges=mention.ranges,
        options={name: Option(value=e.name, text=e.name) for name, e in by_annotator.items()},
    )
    name = cases.resolve(case, _validate_name)
    attributes = {name: entity.attributes for name, entity in by_annotator.items()}
    return Entity(
        id=ref,
        type=type_ or "",
        name=name[0] if name else mention.spans[0].text,
        attributes=_entity_attributes(owner, type_ or "", attributes, cases),
        links=_links(
            owner,
            {name: entity.links for name, entity in by_annotator.items()},
            cases,
            case.detail,
        ),
    )


def _entity_attributes(
    owner: Owner, label: str, given: Mapping[str, Attributes], cases: CaseList
) -> Attributes:
    declared = cases.annotated.ontology.entity_attributes
    return collect_attributes(owner, label, declared, given, cases)


def _links(
    owner: Owner, links: Mapping[str, tuple[Link, ...]], cases: CaseList, detail: str = ""
) -> tuple[Link, ...]:
    """Collect the case on the links of an entity or a cluster; annotators may be united."""
    options = {
        name: Option(
            value=msgspec.to_builtins(sorted(own, key=lambda link: link.key)),
            text=format_value(own) if own else "not linked",
        )
        for name, own in links.items()
    }
    case = Case(
        id=f"{owner.key}/link",
        kind="link",
        item_kind=owner.kind,
        detail=detail,
        ranges=owner.ranges,
        options=options,
        allows_none=True,
        allows_several=True,
    )
    answer = cases.resolve(case, _validate_links) or []
    return msgspec.convert(distinct(one for some in answer for one in some), tuple[Link, ...])


def _types(candidate: Candidate) -> dict[str, str]:
    return {name: m.type for name, m in candidate.items.items() if isinstance(m, Mention)}


def _type(id_: str, mention: Candidate, types: Mapping[str, str], cases: CaseList) -> str | None:
    """The type of an entity, or of a mention without one; None while it is open."""
    labels = cases.annotated.ontology.labels_of("entities")
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
    links = value if isinstance(value, list) else [value] if value else []
    try:
        converted = msgspec.convert(links, list[Link])
    except msgspec.ValidationError as error:
        raise ValueError(f"{value!r} is not a list of links: {error}") from None
    for _, problem in link_problems(converted):
        raise ValueError(problem)
    return msgspec.to_builtins(converted)
