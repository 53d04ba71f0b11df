"""Rules about relations between mentions, and what holds for all relations."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dateline.model import Relation
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "M410", "error", "annotation",
    "A relation joins two different mentions and is not duplicated",
    "Dangling, reflexive and duplicate relations carry no information.",
)  # fmt: skip
def relations(context: AnnotationContext) -> Iterator[Finding]:
    yield from check_relations(
        context, context.annotation.relations, context.mentions, "/relations"
    )


@rule(
    "M411", "error", "annotation", "The ends of a relation have allowed types",
    "The ontology lists the entity types from which and to which each relation may lead.",
)  # fmt: skip
def relation_ends(context: AnnotationContext) -> Iterator[Finding]:
    for position, relation in enumerate(context.annotation.relations):
        legal = context.ontology.relation_types[relation.type]
        source, target = (context.mentions.get(end) for end in (relation.source, relation.target))
        for side, type_, allowed in legal.illegal_ends(
            source.type if source is not None else None,
            target.type if target is not None else None,
        ):
            mention = source if side == "source" else target
            id_ = mention.id if mention is not None else ""
            yield context.finding(
                f"/relations/{position}/{side}",
                id_,
                f'the {side} of {relation.type} is "{id_}" ({type_})',
                "Change the type of the relation or its ends. Allowed: "
                f"{', '.join(sorted(allowed))}.",
                mention.spans if mention is not None else (),
            )


def check_relations(
    context: AnnotationContext,
    relations: tuple[Relation, ...],
    ends: Collection[str],
    pointer: str,
) -> Iterator[Finding]:
    """Dangling, reflexive and duplicate relations between mentions, events or claims.

    Duplicates have the same type and ends, whatever their attributes are.
    """
    seen = set()
    for position, relation in enumerate(relations):
        place = f"{pointer}/{position}"
        for side, end in (("source", relation.source), ("target", relation.target)):
            if end not in ends:
                yield context.finding(
                    f"{place}/{side}",
                    end,
                    f'there is no "{end}", the {side} of {relation.type}',
                    "Remove the relation, or use the id of an item in this file.",
                )
        if relation.source == relation.target:
            yield context.finding(
                place,
                relation.source,
                f'{relation.type} joins "{relation.source}" to itself',
                "Remove it.",
            )
        if relation.key in seen:
            yield context.finding(
                place,
                relation.source,
                f'{relation.type} from "{relation.source}" to "{relation.target}" is duplicated',
                "Remove one of them.",
            )
        seen.add(relation.key)
