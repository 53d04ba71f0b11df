"""Rules about events, their arguments and their relations."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dateline.model import Argument, Relation
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "E501", "error", "annotation", "An argument's filler exists",
    "A role filled by nothing is no argument.",
)  # fmt: skip
def filler_exists(context: AnnotationContext) -> Iterator[Finding]:
    for position, event in context.each_event:
        for number, argument in enumerate(event.arguments):
            kind, known = _kind(context, argument)
            if argument.filler not in known:
                yield context.finding(
                    f"/events/{position}/arguments/{number}/{kind}",
                    event.id,
                    f"the {argument.role} of {event.type} is the {kind} «{argument.filler}», "
                    "which is not there",
                    f"Name a {kind} of this file, or remove the argument.",
                    event.trigger,
                )


@rule(
    "E502", "error", "annotation", "A role is filled by what may fill it",
    "The ontology lists, for every role, the entity types (or event, claim) that make sense.",
)  # fmt: skip
def filler_type(context: AnnotationContext) -> Iterator[Finding]:
    event_types, mentions = context.ontology.event_types, context.mentions
    for position, event in context.each_event:
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
                    f"the {argument.role} of {event.type} is «{argument.filler}» ({kind})",
                    f"Legal are {', '.join(sorted(fillers))}: correct the filler or the role.",
                    event.trigger,
                )


@rule(
    "E503", "error", "annotation", "No argument stands twice",
    "The same role and filler would be counted twice.",
)  # fmt: skip
def duplicate_argument(context: AnnotationContext) -> Iterator[Finding]:
    for position, event in context.each_event:
        seen = set()
        for number, argument in enumerate(event.arguments):
            key = (argument.role, argument.filler)
            if key in seen:
                yield context.finding(
                    f"/events/{position}/arguments/{number}",
                    event.id,
                    f"the {argument.role} «{argument.filler}» stands twice",
                    "Remove one of them.",
                    event.trigger,
                )
            seen.add(key)


@rule(
    "E504", "error", "annotation", "No two events share trigger and type",
    "One of them is counted twice in every score.",
)  # fmt: skip
def duplicate_event(context: AnnotationContext) -> Iterator[Finding]:
    events = context.annotation.events
    for position, event, first in context.repeated(events, lambda e: (e.trigger, e.type)):
        yield context.finding(
            f"/events/{position}",
            event.id,
            f"is the same {event.type} as «{first}»",
            "Remove one of them and retire its id.",
            event.trigger,
        )


@rule(
    "E505", "error", "annotation", "An event is not its own argument",
    "Nor is it an argument of its arguments: what contains itself cannot be read.",
)  # fmt: skip
def argument_cycle(context: AnnotationContext) -> Iterator[Finding]:
    inner = {
        event.id: [a.event for a in event.arguments if a.event is not None]
        for _, event in context.each_event
    }
    for position, event in context.each_event:
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
                f"«{event.id}» is reached from its own arguments",
                "Remove the argument that closes the circle.",
                event.trigger,
            )


@rule(
    "E506", "error", "annotation", "Events of one cluster have one type",
    "A cluster is one happening, and a happening has one type.",
)  # fmt: skip
def cluster_type(context: AnnotationContext) -> Iterator[Finding]:
    types: dict[str, str] = {}
    for position, event in context.each_event:
        if event.cluster is not None:
            expected = types.setdefault(event.cluster, event.type)
            if expected != event.type:
                yield context.finding(
                    f"/events/{position}/cluster",
                    event.id,
                    f"is {event.type}, but the cluster «{event.cluster}» is {expected}",
                    "Correct the type, or take the event out of the cluster.",
                    event.trigger,
                )


@rule(
    "E507", "error", "annotation", "An event relation joins two events, once",
    "A relation to nothing, to itself or given twice says nothing.",
)  # fmt: skip
def relations(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_relations(
        context, context.annotation.event_relations, context.events, "/event_relations"
    )


def check_relations(
    context: AnnotationContext,
    relations: tuple[Relation, ...],
    ends: Collection[str],
    pointer: str,
) -> Iterator[Finding]:
    """Findings for relations that dangle, loop or repeat; serves events and claims alike."""
    seen = set()
    for position, relation in enumerate(relations):
        place = f"{pointer}/{position}"
        for side, end in (("source", relation.source), ("target", relation.target)):
            if end not in ends:
                yield context.finding(
                    f"{place}/{side}",
                    end,
                    f"the {side} of {relation.type}, «{end}», is not there",
                    "Remove the relation, or name an item of this file.",
                )
        if relation.source == relation.target:
            yield context.finding(
                place,
                relation.source,
                f"{relation.type} joins «{relation.source}» with itself",
                "Remove it.",
            )
        if relation in seen:
            yield context.finding(
                place,
                relation.source,
                f"{relation.type} from «{relation.source}» to «{relation.target}» stands twice",
                "Remove one of them.",
            )
        seen.add(relation)


def _kind(context: AnnotationContext, argument: Argument) -> tuple[str, Collection[str]]:
    if argument.mention is not None:
        return "mention", context.mentions
    if argument.event is not None:
        return "event", context.events
    return "claim", context.claims
