"""Rules about events, their arguments and their relations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from dateline.model import Argument
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.rules.entities import check_links
from dateline.validation.rules.relations import check_relations


@rule(
    "E501", "error", "annotation", "The filler of an argument exists",
    "An argument without a filler means nothing.",
)  # fmt: skip
def filler_exists(context: AnnotationContext) -> Iterator[Finding]:
    for position, event in enumerate(context.annotation.events):
        for number, argument in enumerate(event.arguments):
            kind, known = _kind(context, argument)
            if argument.filler not in known:
                yield context.finding(
                    f"/events/{position}/arguments/{number}/{kind}",
                    event.id,
                    f'there is no {kind} "{argument.filler}", the {argument.role} of {event.type}',
                    f"Use the id of a {kind} in this file, or remove the argument.",
                    event.trigger,
                )


@rule(
    "E502", "error", "annotation", "The filler of a role has an allowed type",
    "The ontology lists the entity types (or event, claim) that may fill each role.",
)  # fmt: skip
def filler_type(context: AnnotationContext) -> Iterator[Finding]:
    event_types, mentions = context.ontology.event_types, context.mentions
    for position, event in enumerate(context.annotation.events):
        roles = event_types[event.type].roles
        for number, argument in enumerate(event.arguments):
            kind = "event" if argument.event is not None else "claim"
            if argument.mention is not None:
                mention = mentions.get(argument.mention)
                if mention is None:
                    continue
                kind = mention.type
            fillers = roles[argument.role].fillers
            if kind not in fillers:
                yield context.finding(
                    f"/events/{position}/arguments/{number}",
                    event.id,
                    f'the {argument.role} of {event.type} is "{argument.filler}" ({kind})',
                    f"Change the filler or the role. Allowed: {', '.join(sorted(fillers))}.",
                    event.trigger,
                )


@rule(
    "E503", "error", "annotation", "No two arguments of an event have the same role and filler",
    "Duplicates count twice in every score.",
)  # fmt: skip
def duplicate_argument(context: AnnotationContext) -> Iterator[Finding]:
    yield from _duplicates(
        context, "arguments", lambda a: f'the {a.role} "{a.filler}"', "Remove one of them."
    )


@rule(
    "E504", "error", "annotation", "No two events have the same trigger, type and arguments",
    "Duplicates count once in every score. A trigger may have several events of one type, if their "
    "arguments differ.",
)  # fmt: skip
def duplicate_event(context: AnnotationContext) -> Iterator[Finding]:
    yield from context.duplicates(
        "events",
        context.annotation.events,
        lambda e: (e.trigger, e.type, frozenset(a.key for a in e.arguments)),
    )


@rule(
    "E505", "error", "annotation", "An event is not its own argument, directly or indirectly",
    "Circular arguments cannot be interpreted.",
)  # fmt: skip
def argument_cycle(context: AnnotationContext) -> Iterator[Finding]:
    inner = {
        event.id: [a.event for a in event.arguments if a.event is not None]
        for event in context.annotation.events
    }
    for position, event in enumerate(context.annotation.events):
        reached, waiting = set(), list(inner[event.id])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(inner.get(name, ()))
        if event.id in reached:
            yield context.finding(
                f"/events/{position}/arguments",
                event.id,
                f'"{event.id}" is an argument of itself, directly or through other events',
                "Remove the argument that closes the cycle.",
                event.trigger,
            )


@rule(
    "E506", "error", "annotation", "Events in a cluster have the same type",
    "A cluster is one event instance, and an event instance has one type.",
)  # fmt: skip
def cluster_type(context: AnnotationContext) -> Iterator[Finding]:
    types: dict[str, str] = {}
    for position, event in enumerate(context.annotation.events):
        if event.cluster is not None:
            expected = types.setdefault(event.cluster, event.type)
            if expected != event.type:
                yield context.finding(
                    f"/events/{position}/cluster",
                    event.id,
                    f'the event is {event.type}, but the cluster "{event.cluster}" is {expected}',
                    "Fix the type, or remove the event from the cluster.",
                    event.trigger,
                )


@rule(
    "E507", "error", "annotation",
    "An event relation joins two different events and is not duplicated",
    "Dangling, reflexive and duplicate relations carry no information.",
)  # fmt: skip
def relations(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_relations(
        context, context.annotation.event_relations, context.events, "/event_relations"
    )


@rule(
    "E508", "error", "annotation", "Links of event clusters are of clusters that have an event",
    "A link says which known event the events of a cluster are.",
)  # fmt: skip
def linked_cluster(context: AnnotationContext) -> Iterator[Finding]:
    known = {event.cluster for event in context.annotation.events}
    seen = set()
    for position, cluster in enumerate(context.annotation.event_clusters):
        if cluster.id not in known:
            yield context.finding(
                f"/event_clusters/{position}/id",
                cluster.id,
                f'no event has the cluster "{cluster.id}"',
                "Use the cluster of an event in this file, or remove the links.",
            )
        if cluster.id in seen:
            yield context.finding(
                f"/event_clusters/{position}/id",
                cluster.id,
                f'the cluster "{cluster.id}" is duplicated',
                "Put all of its links into one list.",
            )
        seen.add(cluster.id)


@rule(
    "E509", "error", "annotation",
    "An event cluster has no duplicate link, and NIL is the only link to its knowledge base",
    "NIL says that the knowledge base has no entry.",
)  # fmt: skip
def cluster_links(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_links(context, "event_clusters")


@rule(
    "E510", "error", "annotation",
    "A source of factuality is one of the ontology's claimers or a claim about the event",
    "A claim gives its claimer's view of the events that it is about, and of no others.",
)  # fmt: skip
def source_of_factuality(context: AnnotationContext) -> Iterator[Finding]:
    special = context.ontology.special_claimers
    for position, event in enumerate(context.annotation.events):
        for number, given in enumerate(event.factuality):
            claim = context.claims.get(given.source)
            if given.source in special or (claim is not None and event.id in claim.events):
                continue
            allowed = ("the id of a claim about the event", *sorted(special))
            problem = f'there is no claim "{given.source}"'
            hint = f"Use {' or '.join(allowed)}, or remove the value."
            if claim is not None:
                problem = f'the claim "{given.source}" is not about the event "{event.id}"'
                hint = "Add the event to the claim's events, or remove the value."
            pointer = f"/events/{position}/factuality/{number}/source"
            yield context.finding(pointer, event.id, problem, hint, event.trigger)


@rule(
    "E511", "error", "annotation", "An event has one value of factuality for a source",
    "Readers look values up by source.",
)  # fmt: skip
def duplicate_source(context: AnnotationContext) -> Iterator[Finding]:
    yield from _duplicates(
        context, "factuality", lambda f: f'the source "{f.source}"', "Keep one of its values."
    )


@rule(
    "E512", "error", "annotation", "Every event has a value of factuality for the required sources",
    'The ontology lists these claimers under "x-required".',
)  # fmt: skip
def required_source(context: AnnotationContext) -> Iterator[Finding]:
    for position, event in enumerate(context.annotation.events):
        given = {value.source for value in event.factuality}
        for source in context.ontology.required_sources:
            if source not in given:
                yield context.finding(
                    f"/events/{position}/factuality",
                    event.id,
                    f'the event has no value of factuality for "{source}"',
                    f"Add one. Allowed: {', '.join(v.name for v in context.ontology.factuality)}.",
                    event.trigger,
                )


def _duplicates(
    context: AnnotationContext, field: str, name: Callable[[Any], str], hint: str
) -> Iterator[Finding]:
    """Parts of an event with the name of an earlier one."""
    for position, event in enumerate(context.annotation.events):
        seen: set[str] = set()
        for number, part in enumerate(getattr(event, field)):
            if name(part) in seen:
                yield context.finding(
                    f"/events/{position}/{field}/{number}",
                    event.id,
                    f"{name(part)} is duplicated",
                    hint,
                    event.trigger,
                )
            seen.add(name(part))


def _kind(context: AnnotationContext, argument: Argument) -> tuple[str, Collection[str]]:
    if argument.mention is not None:
        return "mention", context.mentions
    if argument.event is not None:
        return "event", context.events
    return "claim", context.claims
