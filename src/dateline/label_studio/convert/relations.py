"""Relations between mentions and arguments of events, with their attributes.

Label Studio asks no questions about relations. A relation has an additional label for each
attribute with a list of values. Numbers and texts are not on the page: a row to start from carries
them, the page drops them, and a pull takes them from what was started from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import UnionType

import msgspec
from msgspec.structs import replace

from dateline.annotations.differences import format_value
from dateline.label_studio.config.relations import (
    ABOUT,
    ARGUMENT,
    RELATION,
    attribute_label,
    attribute_labels,
    attribute_of,
    attributes_by_meaning,
    unasked,
)
from dateline.label_studio.convert.graph import ResultGraph
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.result_rows import rows_of, string
from dateline.model import Annotation, Attributes, AttributeValue, Event, Relation
from dateline.ontology.labels import Ontology

CARRIED = "attributes"
"""The key of a relation's row for attributes that the page cannot show, by the relation's type."""

Pair = tuple[str, str]


def relations_of(graph: ResultGraph, meaning: str) -> tuple[Relation, ...]:
    """The relations that the arcs with this meaning stand for."""
    return tuple(
        Relation(type=arc.label, source=arc.source, target=arc.target)
        for arc in graph.arcs.get(meaning, ())
    )


def mention_relations(
    graph: ResultGraph, ontology: Ontology, problems: list[ResultProblem]
) -> tuple[Relation, ...]:
    """The relations between mentions; what a label says of a pair is said of all its relations."""
    attributes = attributes_of_pairs(graph, ontology, RELATION, problems)
    declared = {attribute.name: attribute for attribute in ontology.attributes_of("relations")}
    return tuple(
        replace(
            relation,
            attributes={
                name: value
                for name, value in attributes.get((relation.source, relation.target), {}).items()
                if declared[name].is_of(relation.type)
            },
        )
        for relation in relations_of(graph, RELATION)
    )


def attributes_of_pairs(
    graph: ResultGraph, ontology: Ontology, meaning: str, problems: list[ResultProblem]
) -> Mapping[Pair, Attributes]:
    """The attributes of relations with this meaning, by the regions that they join."""
    declared = attributes_by_meaning(ontology)[meaning]
    labels = attribute_labels(declared)
    several = {attribute.name for attribute in declared if attribute.kind == "labels"}
    given: dict[Pair, dict[str, list[AttributeValue]]] = defaultdict(dict)
    for arc in graph.arcs.get(attribute_of(meaning), ()):
        name, value = labels[arc.label]
        given[arc.source, arc.target].setdefault(name, []).append(value)
    related = {(arc.source, arc.target) for arc in graph.arcs.get(meaning, ())}
    for source, target in sorted(given.keys() - related):
        names = ", ".join(sorted(given[source, target]))
        message = f'{names} is set for a relation to "{target}" that has no {_NAMES[meaning]}'
        problems.append(graph.regions[source].problem(message))
    return {pair: _values(graph, pair, values, several, problems) for pair, values in given.items()}


_NAMES = {RELATION: "type", ARGUMENT: "role", ABOUT: f'label "{ABOUT}"'}
"""What a relation with attributes lacks where it has no other label, by its meaning."""


def labels_of(relation: Relation, meaning: str, ontology: Ontology) -> Iterator[str]:
    """The labels that show a relation with this meaning on the page."""
    hidden = _unshown(ontology)[meaning]
    yield relation.type
    for name, value in relation.attributes.items():
        for one in value if isinstance(value, tuple) else (value,):
            if name not in hidden:
                yield attribute_label(name, one)


def arguments_of(event: Event) -> Iterator[Relation]:
    """The arguments of an event as relations."""
    for argument in event.arguments:
        yield Relation(
            type=argument.role,
            source=event.id,
            target=argument.filler,
            attributes=argument.attributes,
        )


def unshown_relations(annotation: Annotation, ontology: Ontology) -> Iterator[Relation]:
    """The relations and arguments with attributes that are not on the page, and only these."""
    hidden = _unshown(ontology)
    related = (
        *((RELATION, relation) for relation in annotation.relations),
        *((ARGUMENT, found) for event in annotation.events for found in arguments_of(event)),
    )
    for meaning, found in related:
        names = hidden[meaning].keys() & found.attributes.keys()
        if names:
            kept = {name: value for name, value in found.attributes.items() if name in names}
            yield replace(found, attributes=kept)


def carried_relations(result: object) -> Iterator[Relation]:
    """The relations with attributes that the rows of an annotation to start from carry."""
    for row in rows_of(result):
        try:
            carried = msgspec.convert(row.get(CARRIED, {}), dict[str, dict[str, AttributeValue]])
        except msgspec.ValidationError:  # the row is not one of ours
            continue
        source, target = string(row.get("from_id")), string(row.get("to_id"))
        for type_, attributes in carried.items():
            yield Relation(type=type_, source=source, target=target, attributes=attributes)


def with_unshown(
    annotation: Annotation, unshown: Iterable[Relation], ontology: Ontology
) -> Annotation:
    """The annotation, with the attributes of these relations that the page cannot show.

    They are those of relations of the same type and ends; arguments count as relations.
    """
    hidden = _unshown(ontology)
    given = {relation.key: relation.attributes for relation in unshown}

    def attributes(meaning: str, found: Relation) -> Attributes:
        kinds = hidden[meaning]
        kept = {
            name: value
            for name, value in given.get(found.key, {}).items()
            if name in kinds and isinstance(value, kinds[name]) and not isinstance(value, bool)
        }
        return kept | {**found.attributes}

    return replace(
        annotation,
        relations=tuple(
            replace(r, attributes=attributes(RELATION, r)) for r in annotation.relations
        ),
        events=tuple(
            replace(
                event,
                arguments=tuple(
                    replace(argument, attributes=attributes(ARGUMENT, found))
                    for argument, found in zip(event.arguments, arguments_of(event), strict=True)
                ),
            )
            for event in annotation.events
        ),
    )


_TYPES: Mapping[str, type | UnionType] = {"number": int | float, "text": str}


def _unshown(ontology: Ontology) -> Mapping[str, Mapping[str, type | UnionType]]:
    """The types of attributes that the page cannot show, by the meaning of relations."""
    return {
        meaning: {attribute.name: _TYPES[attribute.kind] for attribute in unasked(attributes)}
        for meaning, attributes in attributes_by_meaning(ontology).items()
    }


def _values(
    graph: ResultGraph,
    pair: Pair,
    given: Mapping[str, list[AttributeValue]],
    several: Collection[str],
    problems: list[ResultProblem],
) -> Attributes:
    for name, values in given.items():
        if len(values) > 1 and name not in several:
            message = (
                f'"{name}" of the relation to "{pair[1]}" has several values '
                f"({', '.join(map(format_value, values))})"
            )
            problems.append(graph.regions[pair[0]].problem(message, "the first is used"))
    return {
        name: tuple(sorted(map(format_value, values))) if name in several else values[0]
        for name, values in given.items()
    }
