"""Relations between mentions, with their attributes.

Label Studio asks no questions about relations. A relation has an additional label for each
attribute with a list of values. Numbers and texts are not on the page: a row to start from carries
them, the page drops them, and a pull takes them from what was started from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType

import msgspec
from msgspec.structs import replace

from dateline.annotations.differences import format_value
from dateline.label_studio.config.relations import (
    RELATION,
    RELATION_ATTRIBUTE,
    attribute_label,
    attribute_labels,
    unasked_attributes,
)
from dateline.label_studio.convert.graph import ResultGraph
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.result_rows import rows_of, string
from dateline.model import Annotation, Attributes, AttributeValue, Relation
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
    attributes = {
        pair: _values(graph, ontology, pair, given, problems)
        for pair, given in _given(graph, ontology).items()
    }
    relations = relations_of(graph, RELATION)
    for source, target in sorted(attributes.keys() - {(r.source, r.target) for r in relations}):
        names = ", ".join(sorted(attributes[source, target]))
        message = f'{names} is set for a relation to "{target}" that has no type'
        problems.append(graph.regions[source].problem(message))
    return tuple(
        replace(relation, attributes=attributes.get((relation.source, relation.target), {}))
        for relation in relations
    )


def labels_of(relation: Relation, ontology: Ontology) -> Iterator[str]:
    """The labels that show a relation on the page."""
    unasked = {attribute.name for attribute in unasked_attributes(ontology)}
    yield relation.type
    for name, value in relation.attributes.items():
        for one in value if isinstance(value, tuple) else (value,):
            if name not in unasked:
                yield attribute_label(name, one)


def unshown_relations(annotation: Annotation, ontology: Ontology) -> tuple[Relation, ...]:
    """The relations with attributes that are not on the page, and only these attributes."""
    unasked = {attribute.name for attribute in unasked_attributes(ontology)}
    unshown = (
        replace(r, attributes={name: v for name, v in r.attributes.items() if name in unasked})
        for r in annotation.relations
    )
    return tuple(relation for relation in unshown if relation.attributes)


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

    They are those of relations of the same type and ends.
    """
    types: Mapping[str, type | UnionType] = {"number": int | float, "text": str}
    kinds = {a.name: types[a.kind] for a in unasked_attributes(ontology)}
    found = {
        r.key: {
            name: value
            for name, value in r.attributes.items()
            if name in kinds and isinstance(value, kinds[name]) and not isinstance(value, bool)
        }
        for r in unshown
    }
    return replace(
        annotation,
        relations=tuple(
            replace(r, attributes=found.get(r.key, {}) | {**r.attributes})
            for r in annotation.relations
        ),
    )


def _given(
    graph: ResultGraph, ontology: Ontology
) -> Mapping[Pair, Mapping[str, list[AttributeValue]]]:
    labels = attribute_labels(ontology)
    given: dict[Pair, dict[str, list[AttributeValue]]] = defaultdict(dict)
    for arc in graph.arcs.get(RELATION_ATTRIBUTE, ()):
        name, value = labels[arc.label]
        given[arc.source, arc.target].setdefault(name, []).append(value)
    return given


def _values(
    graph: ResultGraph,
    ontology: Ontology,
    pair: Pair,
    given: Mapping[str, list[AttributeValue]],
    problems: list[ResultProblem],
) -> Attributes:
    several = {a.name for a in ontology.attributes_of("relations") if a.kind == "labels"}
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
