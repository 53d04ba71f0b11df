"""Rules about claims and their relations."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.annotations.items import overlap
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.rules.relations import check_relations


@rule(
    "C601", "error", "annotation", "A claimer is a mention or one of the ontology's claimers",
    "A claim without a source cannot be assessed.",
)  # fmt: skip
def claimer(context: AnnotationContext) -> Iterator[Finding]:
    special = context.ontology.special_claimers
    for position, claim in enumerate(context.annotation.claims):
        if claim.claimer not in special and claim.claimer not in context.mentions:
            yield context.finding(
                f"/claims/{position}/claimer",
                claim.id,
                f'there is no mention "{claim.claimer}"',
                "Use the id of a mention in this file"
                + (f", or one of: {', '.join(sorted(special))}." if special else "."),
                claim.spans,
            )


@rule(
    "C602", "error", "annotation", "The events of a claim exist",
    "The factuality of an event is derived from the claims about it.",
)  # fmt: skip
def about(context: AnnotationContext) -> Iterator[Finding]:
    for position, claim in enumerate(context.annotation.claims):
        for number, event in enumerate(claim.events):
            if event not in context.events:
                yield context.finding(
                    f"/claims/{position}/events/{number}",
                    claim.id,
                    f'there is no event "{event}"',
                    "Use the id of an event in this file, or remove it.",
                    claim.spans,
                )


@rule(
    "C603", "error", "annotation", "No two claims have the same spans, claimer and act",
    "Duplicates count twice in every score.",
)  # fmt: skip
def duplicate_claim(context: AnnotationContext) -> Iterator[Finding]:
    yield from context.duplicates(
        "claims", context.annotation.claims, lambda c: (c.spans, c.claimer, c.act)
    )


@rule(
    "C604", "warning", "annotation", "A cue is outside of its claim",
    "The cue attributes the claim to its source and is not part of its content.",
)  # fmt: skip
def cue_outside(context: AnnotationContext) -> Iterator[Finding]:
    for position, claim in enumerate(context.annotation.claims):
        for cue in claim.cue or ():
            if any(cue.start < span.end and span.start < cue.end for span in claim.spans):
                yield context.finding(
                    f"/claims/{position}/cue",
                    claim.id,
                    f'the cue "{cue.text}" is inside the claim',
                    "Remove the cue from the spans of the claim, or add a waiver with a reason.",
                    claim.spans,
                )


@rule(
    "C605", "error", "annotation",
    "A claim relation joins two different claims and is not duplicated",
    "Dangling, reflexive and duplicate relations carry no information.",
)  # fmt: skip
def relations(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_relations(
        context, context.annotation.claim_relations, context.claims, "/claim_relations"
    )


@rule(
    "C607", "warning", "annotation",
    "A claim is an argument of the event that its cue is the trigger of",
    "Both annotate one act of speech, so that data about the event would lack what was said.",
)  # fmt: skip
def speech_event(context: AnnotationContext) -> Iterator[Finding]:
    roles = {
        name: [role.name for role in event_type.roles.values() if "claim" in role.fillers]
        for name, event_type in context.ontology.event_types.items()
    }
    events = [event for event in context.annotation.events if roles[event.type]]
    for position, claim in enumerate(context.annotation.claims if events else ()):
        said = [event for event in events if overlap(event.trigger, claim.cue or ())]
        if said and not any(a.claim == claim.id for event in said for a in event.arguments):
            event = said[0]
            yield context.finding(
                f"/claims/{position}/cue",
                claim.id,
                f'the cue "{(claim.cue or ())[0].text}" is the trigger of "{event.id}" '
                f"({event.type}), and the claim is none of its arguments",
                f'Add the claim to "{event.id}" as {" or ".join(roles[event.type])}, or correct '
                "the cue or the trigger.",
                claim.spans,
            )
