"""Rules about relations that cannot hold together, and about derived relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.annotations.closure import Contradiction, contradictions
from dateline.annotations.derived_relations import derived_relations
from dateline.model import Relation, Spans
from dateline.ontology.labels import RelationLabel
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule

REPORTED = 20
"""Contradictions of one kind of relation that are reported for an annotation."""


@rule(
    "E515", "error", "annotation", "Relations that are derived from roles are not annotated",
    "They follow from the arguments, and would differ from them after a change.",
)  # fmt: skip
def derived(context: AnnotationContext) -> Iterator[Finding]:
    roles = {label.name: label.from_roles for label in context.ontology.event_relations}
    for position, relation in enumerate(context.annotation.event_relations):
        if roles[relation.type]:
            yield context.finding(
                f"/event_relations/{position}",
                relation.source,
                f"{relation.type} is derived from arguments",
                "Remove the relation, and add the event as an argument with the role "
                f"{' or '.join(roles[relation.type])}.",
            )


@rule(
    "E516", "error", "annotation", "Relations of events do not contradict each other",
    "What follows from relations is used as data, and anything follows from a contradiction.",
)  # fmt: skip
def event_relations(context: AnnotationContext) -> Iterator[Finding]:
    labels, events = context.ontology.event_relations, context.annotation.events
    relations = (*context.annotation.event_relations, *derived_relations(events, labels))
    nodes = {
        event.id: f"cluster {event.cluster}" if event.cluster else event.id for event in events
    }
    places = {event.id: event.trigger for event in events}
    yield from _contradictions(context, "event_relations", relations, labels, nodes, places)


@rule(
    "C606", "error", "annotation", "Relations of claims do not contradict each other",
    "What follows from relations is used as data, and anything follows from a contradiction.",
)  # fmt: skip
def claim_relations(context: AnnotationContext) -> Iterator[Finding]:
    places = {claim.id: claim.spans for claim in context.annotation.claims}
    relations, labels = context.annotation.claim_relations, context.ontology.claim_relations
    nodes = {name: name for name in places}
    yield from _contradictions(context, "claim_relations", relations, labels, nodes, places)


@rule(
    "M412", "error", "annotation", "Relations of mentions do not contradict each other",
    "What follows from relations is used as data, and anything follows from a contradiction.",
)  # fmt: skip
def mention_relations(context: AnnotationContext) -> Iterator[Finding]:
    mentions = context.annotation.mentions
    labels = [relation.label for relation in context.ontology.relation_types.values()]
    nodes = {
        mention.id: f"entity {mention.entity}" if mention.entity else mention.id
        for mention in mentions
    }
    places = {mention.id: mention.spans for mention in mentions}
    relations = context.annotation.relations
    yield from _contradictions(context, "relations", relations, labels, nodes, places)


def _contradictions(
    context: AnnotationContext,
    field: str,
    relations: Sequence[Relation],
    labels: Sequence[RelationLabel],
    nodes: Mapping[str, str],
    places: Mapping[str, Spans],
) -> Iterator[Finding]:
    if not any(label.is_order or label.excludes for label in labels):
        return
    given = {
        relation.key: position
        for position, relation in enumerate(getattr(context.annotation, field))
    }
    for found in contradictions(relations, labels, nodes, REPORTED):
        chain = (*found.firsts, *found.seconds)
        position = next((given[r.key] for r in chain if r.key in given), None)
        source = chain[0].source
        inferred = {relation.key for relation in chain} - given.keys()
        yield context.finding(
            f"/{field}" if position is None else f"/{field}/{position}",
            source,
            _message(found, places, nodes),
            "Remove or correct one of these relations"
            + (", or the argument that one is derived from." if inferred else "."),
            places[source],
        )


def _message(found: Contradiction, places: Mapping[str, Spans], nodes: Mapping[str, str]) -> str:
    def shown(relations: Sequence[Relation]) -> str:
        return ", ".join(f"{end(r.source)} {r.type} {end(r.target)}" for r in relations)

    def end(name: str) -> str:
        return f'"{name}" ({places[name][0].text})'

    ends = dict.fromkeys(
        name for r in (*found.firsts, *found.seconds) for name in (r.source, r.target)
    )
    same = [
        " = ".join(f'"{name}"' for name in some)
        for node in dict.fromkeys(nodes[name] for name in ends)
        if len(some := [name for name in ends if nodes[name] == node]) > 1
    ]
    where = f"; {', '.join(same)}" if same else ""
    if not found.second:
        return f"{found.first} makes a cycle: {shown(found.firsts)}{where}"
    return (
        f"{found.first} and {found.second} exclude each other: "
        f"{shown(found.firsts)}; but {shown(found.seconds)}{where}"
    )
