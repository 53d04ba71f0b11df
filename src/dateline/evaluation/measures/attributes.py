"""Measures of attributes, which mentions, events and claims have alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dateline.evaluation.columns.annotation_columns import AttributeColumns
from dateline.evaluation.measures.registry import Measured
from dateline.metrics.classes import Pairs, conditional, joint
from dateline.metrics.counts import IntArray
from dateline.metrics.spans import Spans
from dateline.predictions.label_index import LabelIndex


def attribute_measures(
    names: Mapping[str, LabelIndex],
    gold: tuple[Spans, AttributeColumns],
    predicted: tuple[Spans, AttributeColumns],
    matched: tuple[IntArray, IntArray],
    documents: int,
) -> Iterator[Measured]:
    """Each attribute of matched items, and of all items with those that were not found.

    Attributes that the predictions never give are not scored.
    """
    gold_rows, predicted_rows = matched
    for name, values in names.items():
        ours, theirs = gold[1][name], predicted[1][name]
        if len(theirs) and (theirs == values.number(None)).all():
            continue
        yield from label_measures(
            name,
            values.labels,
            Pairs(gold[0].document[gold_rows], ours[gold_rows], theirs[predicted_rows]),
            (gold[0].document, ours),
            (predicted[0].document, theirs),
            documents,
        )


def label_measures(
    name: str,
    labels: tuple[str, ...],
    pairs: Pairs,
    gold: tuple[IntArray, IntArray],
    predicted: tuple[IntArray, IntArray],
    documents: int,
) -> Iterator[Measured]:
    """Labels of matched items (conditional), and of all items (joint)."""
    yield Measured(f"{name}, of found", conditional(pairs, documents, len(labels)), labels)
    yield Measured(f"{name}, joint", joint(pairs, gold, predicted, documents, len(labels)), labels)
