"""Measures of attributes, for mentions, events and claims alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dateline.evaluation.columns.annotation_columns import AttributeColumns
from dateline.evaluation.measures.groups import MeasureCounts
from dateline.metrics.classification import LabelPairs, joint, matched_only
from dateline.metrics.counts import IntArray
from dateline.predictions.label_index import LabelIndex


class ItemValues(NamedTuple):
    """The documents of items, their values by attribute, and the rows that count: no duplicates."""

    document: IntArray
    values: AttributeColumns
    rows: IntArray


def attribute_measures(
    names: Mapping[str, LabelIndex],
    gold: ItemValues,
    predicted: ItemValues,
    matched: tuple[IntArray, IntArray],
    documents: int,
) -> Iterator[MeasureCounts]:
    """Each attribute, on matched items only and on all items.

    ``matched`` are the gold and the predicted rows of matched items. Attributes that are never
    predicted are not scored.
    """
    gold_rows, predicted_rows = matched
    for name, values in names.items():
        gold_value, predicted_value = gold.values[name], predicted.values[name]
        if len(predicted_value) and (predicted_value == values.number(None)).all():
            continue
        yield from label_measures(
            name,
            values.labels,
            LabelPairs(
                gold.document[gold_rows],
                gold_value[gold_rows],
                predicted_value[predicted_rows],
            ),
            (gold.document[gold.rows], gold_value[gold.rows]),
            (predicted.document[predicted.rows], predicted_value[predicted.rows]),
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
