"""Measures of attributes, for mentions, events and claims alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dateline.evaluation.columns.annotation_columns import AttributeColumns
from dateline.evaluation.measures.groups import MeasureCounts
from dateline.metrics.classification import LabelPairs, joint, matched_only
from dateline.metrics.counts import IntArray
from dateline.metrics.spans import Spans
from dateline.predictions.label_index import LabelIndex


def attribute_measures(
    names: Mapping[str, LabelIndex],
    gold: tuple[Spans, AttributeColumns],
    predicted: tuple[Spans, AttributeColumns],
    matched: tuple[IntArray, IntArray],
    documents: int,
) -> Iterator[MeasureCounts]:
    """Each attribute, on matched items only and on all items.

    ``matched`` are the gold and the predicted rows of matched items. Attributes that are never
    predicted are not scored.
    """
    (gold_spans, gold_values), (predicted_spans, predicted_values) = gold, predicted
    gold_rows, predicted_rows = matched
    for name, values in names.items():
        gold_value, predicted_value = gold_values[name], predicted_values[name]
        if len(predicted_value) and (predicted_value == values.number(None)).all():
            continue
        yield from label_measures(
            name,
            values.labels,
            LabelPairs(
                gold_spans.document[gold_rows],
                gold_value[gold_rows],
                predicted_value[predicted_rows],
            ),
            (gold_spans.document, gold_value),
            (predicted_spans.document, predicted_value),
            documents,
        )


def label_measures(
    name: str,
    labels: tuple[str, ...],
    pairs: LabelPairs,
    gold: tuple[IntArray, IntArray],
    predicted: tuple[IntArray, IntArray],
    documents: int,
) -> Iterator[MeasureCounts]:
    """Labels, on matched items only and jointly with the matching.

    ``gold`` and ``predicted`` are the document and label of every item.
    """
    size = documents, len(labels)
    yield MeasureCounts(f"{name}, matched only", matched_only(pairs, *size), labels)
    yield MeasureCounts(f"{name}, joint", joint(pairs, gold, predicted, *size), labels)
