"""Rules about claims and their relations."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule
from dateline.validation.rules.events import check_relations


@rule(
    "C601", "error", "annotation", "A claimer is a mention, or one that the ontology names",
    "A claim without a source cannot be weighed.",
)  # fmt: skip
def claimer(context: AnnotationContext) -> Iterator[Finding]:
    special = context.ontology.special_claimers
    for position, claim in enumerate(context.annotation.claims):
        if claim.claimer not in special and claim.claimer not in context.mentions:
            yield context.finding(
                f"/claims/{position}/claimer",
                claim.id,
                f"there is no mention «{claim.claimer}»",
                f"Name a mention of this file, or one of {', '.join(sorted(special))}.",
                claim.spans,
            )


@rule(
    "C602", "error", "annotation", "The events that a claim is about exist",
    "Factuality is read off the claims that are about an event.",
)  # fmt: skip
def about(context: AnnotationContext) -> Iterator[Finding]:
    for position, claim in enumerate(context.annotation.claims):
        for number, event in enumerate(claim.events):
            if event not in context.events:
                yield context.finding(
                    f"/claims/{position}/events/{number}",
                    claim.id,
                    f"there is no event «{event}»",
                    "Name an event of this file, or remove it.",
                    claim.spans,
                )


@rule(
    "C603", "error", "annotation", "No two claims share spans, claimer and act",
    "One of them is counted twice in every score.",
)  # fmt: skip
def duplicate_claim(context: AnnotationContext) -> Iterator[Finding]:
    claims = context.annotation.claims
    for position, claim, first in context.repeated(claims, lambda c: (c.spans, c.claimer, c.act)):
        yield context.finding(
            f"/claims/{position}",
            claim.id,
            f"is the same claim as «{first}»",
            "Remove one of them and retire its id.",
            claim.spans,
        )


@rule(
    "C604", "warning", "annotation", "A cue lies outside of its claim",
    "The cue marks the claim as somebody's; it is not part of what they say.",
)  # fmt: skip
def cue_outside(context: AnnotationContext) -> Iterator[Finding]:
    for position, claim in enumerate(context.annotation.claims):
        for cue in claim.cue or ():
            if any(cue.start < span.end and span.start < cue.end for span in claim.spans):
                yield context.finding(
                    f"/claims/{position}/cue",
                    claim.id,
                    f"the cue «{cue.text}» lies within the claim",
                    "Take the cue out of the claim's spans, or waive it with a reason.",
                    claim.spans,
                )


@rule(
    "C605", "error", "annotation", "A claim relation joins two claims, once",
    "A relation to nothing, to itself or given twice says nothing.",
)  # fmt: skip
def relations(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_relations(
        context, context.annotation.claim_relations, context.claims, "/claim_relations"
    )
