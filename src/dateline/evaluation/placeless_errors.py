"""Errors of what has no place of its own in the text: relations, and attributes of documents."""

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
    """The errors on relations, and on each attribute of documents, if these layers are asked for.

    An end of a relation is wrong if the mention's span or type is.
    """
    declared = inputs.ontology.layers
    if "relations" in layers and "relations" in declared:
        yield _relation_errors(inputs)
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
        kind = CORRECT if value == other else OTHER_VALUE
        kind = SPURIOUS if value == absent else MISSED if other == absent else kind
        counts.add(kind, shown(value), shown(other))
    return counts.errors(f"document, {name}")
