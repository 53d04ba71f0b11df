"""Errors of what has no place of its own: relations, factuality, and attributes of documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import mention_ids, relation_ids
from dateline.evaluation.error_kinds import (
    CORRECT,
    ENDS,
    MISSED,
    OTHER_VALUE,
    RELATION_KINDS,
    SPURIOUS,
    TYPE,
    VALUE_KINDS,
    KindCounts,
    LayerErrors,
)
from dateline.evaluation.measures.factuality import values_by_source
from dateline.metrics.counts import BoolArray
from dateline.metrics.events import Relations
from dateline.predictions.label_index import UNKNOWN, VALUE, AttributeIndex

Row = tuple[int, ...]
"""Document, label, source and target of a relation."""

_PAIRED_BY: tuple[tuple[str, Callable[[Row], Row]], ...] = (
    (CORRECT, lambda row: row),
    (TYPE, lambda row: (row[0], *row[2:])),
    (ENDS, lambda row: row[:3]),
    (ENDS, lambda row: (*row[:2], row[3])),
)
"""What relations are paired by, 1:1 and in this order; the measure ``strict`` has the first."""


def errors_without_place(inputs: ScoringInput, layers: Collection[str]) -> Iterator[LayerErrors]:
    """The errors on relations, factuality and attributes of documents, if layers are asked for.

    An end of a relation is wrong if the mention's span or type is. Factuality is compared for each
    source, of matched events and claims.
    """
    declared = inputs.ontology.layers
    if "relations" in layers and "relations" in declared:
        yield _relation_errors(inputs)
    if "events" in layers and inputs.ontology.factuality:
        yield from _factuality_errors(inputs)
    if "document" in layers and "document" in declared:
        for name, index in inputs.ontology_index.attributes["document"].items():
            yield _value_errors(inputs, name, index)


def _relation_errors(inputs: ScoringInput) -> LayerErrors:
    labels = inputs.ontology_index.relations["relations"].labels
    annotated = inputs.annotated("relations")
    found = relation_ids(inputs.gold.relations, inputs.predicted.relations, mention_ids(inputs))
    gold, predicted = (_distinct(side, annotated) for side in found)
    counts = KindCounts(labels, RELATION_KINDS)
    for kind, key in _PAIRED_BY:
        alike: dict[Row, list[Row]] = defaultdict(list)
        for row in reversed(predicted):
            alike[key(row)].append(row)
        for row in list(gold):
            if others := alike.get(key(row)):
                other = others.pop()
                del gold[row], predicted[other]
                counts.add(kind, labels[row[1]], labels[other[1]])
    for row in gold:
        counts.add(MISSED, labels[row[1]], "")
    for row in predicted:
        counts.add(SPURIOUS, "", labels[row[1]])
    return counts.errors("relations")


def _distinct(rows: Relations, annotated: BoolArray) -> dict[Row, None]:
    kept = annotated[rows.document]
    return dict.fromkeys(zip(*(column[kept].tolist() for column in rows), strict=True))


def _factuality_errors(inputs: ScoringInput) -> Iterator[LayerErrors]:
    annotated, index = inputs.annotated("events"), inputs.ontology_index.factuality
    absent = index.number(None)
    for source, pairs, *_ in values_by_source(inputs):
        counts = KindCounts(index.labels, VALUE_KINDS)
        for document, gold, predicted in zip(*(c.tolist() for c in pairs[:3]), strict=True):
            if annotated[document]:
                shown = ["" if v == absent else index.labels[v] for v in (gold, predicted)]
                counts.add(_kind(gold, predicted, absent), *shown)
        yield counts.errors(f"factuality, {source}")


def _kind(gold: int, predicted: int, absent: int) -> str:
    """The kind of a value: correct, another one, missed or spurious."""
    if gold == predicted:
        return CORRECT
    return SPURIOUS if gold == absent else MISSED if predicted == absent else OTHER_VALUE


def _value_errors(inputs: ScoringInput, name: str, index: AttributeIndex) -> LayerErrors:
    annotated, absent = inputs.annotated("document"), index.number(None)
    labels = index.labels.labels
    gold, predicted = (
        dict(zip(side.documents.tolist(), side.document_values[name].tolist(), strict=True))
        for side in (inputs.gold, inputs.predicted)
    )

    def shown(value: int) -> str:
        if value == absent:
            return ""
        return labels[value] if index.is_label or value < len(labels) else VALUE

    counts = KindCounts((*labels, VALUE, UNKNOWN), VALUE_KINDS)
    for document, value in gold.items():
        other = predicted.get(document, absent)
        if not annotated[document] or value == other == absent:
            continue
        counts.add(_kind(value, other, absent), shown(value), shown(other))
    return counts.errors(f"document, {name}")
