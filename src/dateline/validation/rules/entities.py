"""Rules about mentions and entities."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "M401", "error", "annotation", "A mention's entity exists",
    "A chain is the set of mentions that name the entity.",
)  # fmt: skip
def entity_exists(context: AnnotationContext) -> Iterator[Finding]:
    for position, mention in context.each_mention:
        if mention.entity is not None and mention.entity not in context.entities:
            yield context.finding(
                f"/mentions/{position}/entity",
                mention.id,
                f"there is no entity «{mention.entity}»",
                "Add the entity, or name another.",
                mention.spans,
            )


@rule(
    "M402", "error", "annotation", "A mention has its entity's type",
    "A chain of two types would count as two things at once.",
)  # fmt: skip
def chain_type(context: AnnotationContext) -> Iterator[Finding]:
    for position, mention in context.each_mention:
        entity = context.entities.get(mention.entity or "")
        if entity is not None and entity.type != mention.type:
            yield context.finding(
                f"/mentions/{position}/type",
                mention.id,
                f"is {mention.type}, but its entity «{entity.id}» ({entity.name}) is {entity.type}",
                "Correct one of the types, or take the mention out of the chain.",
                mention.spans,
            )


@rule(
    "M403", "error", "annotation", "No two mentions share spans and type",
    "One of them is counted twice in every score.",
)  # fmt: skip
def duplicate_mention(context: AnnotationContext) -> Iterator[Finding]:
    mentions = context.annotation.mentions
    for position, mention, first in context.repeated(mentions, lambda m: (m.spans, m.type)):
        yield context.finding(
            f"/mentions/{position}",
            mention.id,
            f"is the same {mention.type} as «{first}»",
            "Remove one of them and retire its id.",
            mention.spans,
        )


@rule(
    "M404", "error", "annotation", "An entity is mentioned",
    "Something that the text does not mention has no place in its annotation.",
)  # fmt: skip
def entity_mentioned(context: AnnotationContext) -> Iterator[Finding]:
    mentioned = {mention.entity for mention in context.annotation.mentions}
    for position, entity in enumerate(context.annotation.entities):
        if entity.id not in mentioned:
            yield context.finding(
                f"/entities/{position}",
                entity.id,
                f"no mention names the entity «{entity.id}» ({entity.name})",
                "Remove it and retire its id.",
            )


@rule(
    "M405", "warning", "annotation", "A mention belongs to an entity",
    "Coreference scores count chains of one mention too, so they must be there.",
)  # fmt: skip
def mention_has_entity(context: AnnotationContext) -> Iterator[Finding]:
    for position, mention in context.each_mention:
        if mention.entity is None:
            yield context.finding(
                f"/mentions/{position}/entity",
                mention.id,
                "belongs to no entity",
                "Name the entity, a new one if it is mentioned once only.",
                mention.spans,
            )
