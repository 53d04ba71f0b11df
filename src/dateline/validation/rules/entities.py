"""Rules about mentions and entities."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.annotations.links import link_problems
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "M401", "error", "annotation", "The entity of a mention exists",
    "A coreference chain is the set of mentions that refer to one entity.",
)  # fmt: skip
def entity_exists(context: AnnotationContext) -> Iterator[Finding]:
    for position, mention in enumerate(context.annotation.mentions):
        if mention.entity is not None and mention.entity not in context.entities:
            yield context.finding(
                f"/mentions/{position}/entity",
                mention.id,
                f'there is no entity "{mention.entity}"',
                "Add the entity, or use the id of another one.",
                mention.spans,
            )


@rule(
    "M402", "error", "annotation", "A mention has the type of its entity",
    "A chain with two types would count as two entities.",
)  # fmt: skip
def chain_type(context: AnnotationContext) -> Iterator[Finding]:
    for position, mention in enumerate(context.annotation.mentions):
        entity = context.entities.get(mention.entity or "")
        if entity is not None and entity.type != mention.type:
            yield context.finding(
                f"/mentions/{position}/type",
                mention.id,
                f'is {mention.type}, but its entity "{entity.id}" ({entity.name}) is {entity.type}',
                "Fix one of the types, or assign the mention to another entity.",
                mention.spans,
            )


@rule(
    "M403", "error", "annotation", "No two mentions have the same spans and type",
    "Duplicates count twice in every score.",
)  # fmt: skip
def duplicate_mention(context: AnnotationContext) -> Iterator[Finding]:
    yield from context.duplicates(
        "entities", context.annotation.mentions, lambda m: (m.spans, m.type)
    )


@rule(
    "M404", "error", "annotation", "Every entity has a mention",
    "An entity that the text does not mention cannot be annotated.",
)  # fmt: skip
def entity_mentioned(context: AnnotationContext) -> Iterator[Finding]:
    mentioned = {mention.entity for mention in context.annotation.mentions}
    for position, entity in enumerate(context.annotation.entities):
        if entity.id not in mentioned:
            yield context.finding(
                f"/entities/{position}",
                entity.id,
                f'the entity "{entity.id}" ({entity.name}) has no mention',
                "Remove it. In an annotation file, add its id to retired.",
            )


@rule(
    "M405", "warning", "annotation", "Every mention has an entity",
    "Coreference metrics count chains of one mention too.",
)  # fmt: skip
def mention_has_entity(context: AnnotationContext) -> Iterator[Finding]:
    mentions = context.annotation.mentions if context.ontology.has_coreference else ()
    for position, mention in enumerate(mentions):
        if mention.entity is None:
            yield context.finding(
                f"/mentions/{position}/entity",
                mention.id,
                "has no entity",
                "Add the id of its entity; add a new entity if this is its only mention.",
                mention.spans,
            )


@rule(
    "M406", "error", "annotation",
    "An entity has no duplicate link, and NIL is the only link to its knowledge base",
    "NIL says that the knowledge base has no entry.",
)  # fmt: skip
def entity_links(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_links(context, "entities")


def check_links(context: AnnotationContext, field: str) -> Iterator[Finding]:
    """Duplicate links and contradictions to NIL, of entities or event clusters."""
    for position, item in enumerate(getattr(context.annotation, field)):
        for number, problem in link_problems(item.links):
            yield context.finding(
                f"/{field}/{position}/links/{number}", item.id, problem, "Remove one of them."
            )
