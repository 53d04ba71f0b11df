"""Measures of attributes, for documents, mentions, relations, events and claims alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dateline.evaluation.columns.annotation_columns import AttributeColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.groups import JOINT, MeasureCounts, group
from dateline.metrics.classification import LabelPairs, joint, matched_only
from dateline.metrics.counts import Counts, IntArray
from dateline.metrics.tuple_sets import set_counts, tuple_ids
from dateline.predictions.label_index import ABSENT, UNKNOWN, VALUE, AttributeIndex

VALUES = (VALUE, ABSENT, UNKNOWN)
"""What is counted of an attribute whose values are not labels."""


class ItemValues(NamedTuple):
    """The documents and labels of items, their values by attribute, and the rows that count.

    Duplicates do not count. Documents have no labels; they are 0.
    """

    document: IntArray
    label: IntArray
    values: AttributeColumns
    rows: IntArray


class MatchedValues(NamedTuple):
    """The values of gold and predicted items; ``matched`` are the rows of the items of each pair.

    ``documents`` is the number of documents.
    """

    gold: ItemValues
    predicted: ItemValues
    matched: tuple[IntArray, IntArray]
    documents: int

    @classmethod
    def of_equal(
        cls,
        tuples: tuple[tuple[IntArray, ...], tuple[IntArray, ...]],
        values: tuple[AttributeColumns, AttributeColumns],
        documents: int,
    ) -> MatchedValues:
        """The values of gold and predicted items, matched if they are equal as tuples.

        Of duplicates, the first counts. The first columns of the tuples are document and label.
        """
        keys = tuple_ids(*tuples)
        rows = [np.unique(key, return_index=True)[1] for key in keys]
        _, left, right = np.intersect1d(
            keys[0][rows[0]], keys[1][rows[1]], assume_unique=True, return_indices=True
        )
        return cls(
            ItemValues(tuples[0][0], tuples[0][1], values[0], rows[0]),
            ItemValues(tuples[1][0], tuples[1][1], values[1], rows[1]),
            (rows[0][left], rows[1][right]),
            documents,
        )


@group("document", "document", "accuracy", lambda side: side.has_document_values, each=True)
def documents(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Attributes of documents, as in text classification."""
    sides = [
        ItemValues(
            side.documents,
            np.zeros(len(side.documents), np.int64),
            side.document_values,
            np.arange(len(side.documents)),
        )
        for side in (inputs.gold, inputs.predicted)
    ]
    if not inputs.predicted.has_document_values:
        # Predictions of other layers alone do not predict documents: all of them are missed.
        none = np.zeros(0, np.int64)
        values = dict.fromkeys(inputs.predicted.document_values, none)
        sides[1] = ItemValues(none, none, values, none)
    _, *matched = np.intersect1d(sides[0].document, sides[1].document, return_indices=True)
    items = MatchedValues(sides[0], sides[1], (matched[0], matched[1]), inputs.document_count)
    for name, index, _ in _predicted(inputs.ontology_index.attributes["document"], items):
        labels, pairs, gold, predicted = _labelled(name, index, items)
        counts = joint(pairs, gold, predicted, items.documents, len(labels))
        yield MeasureCounts(f"accuracy, {name}", counts, labels)
        if index.is_set:
            counts = _members(name, index, items, matched_only=False)
            yield MeasureCounts(f"labels, {name}", counts, index.labels.labels)


def attribute_measures(
    indexes: Mapping[str, AttributeIndex], every: MatchedValues, prefix: str = ""
) -> Iterator[MeasureCounts]:
    """Each attribute, on matched items only and on all items.

    Attributes that are never predicted are not scored. Of an attribute that only some labels have,
    the items with these labels count.
    """
    for name, index, items in _predicted(indexes, every):
        title = f"{prefix}{name}"
        if index.is_set:
            for suffix, only in (("matched only", True), (JOINT, False)):
                counts = _members(name, index, items, matched_only=only)
                yield MeasureCounts(f"{title}, {suffix}", counts, index.labels.labels)
            title = f"{title}, same set"
        labels, pairs, gold, predicted = _labelled(name, index, items)
        yield from label_measures(title, labels, pairs, gold, predicted, items.documents)


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
    yield MeasureCounts(f"{name}, {JOINT}", joint(pairs, gold, predicted, *size), labels)


def _predicted(
    indexes: Mapping[str, AttributeIndex], items: MatchedValues
) -> Iterator[tuple[str, AttributeIndex, MatchedValues]]:
    """The attributes that are predicted for some item, or all without items; and what counts."""
    for name, index in indexes.items():
        values = items.predicted.values[name]
        if not len(values) or (values != index.number(None)).any():
            yield name, index, _with_labels(items, index.of_labels)


def _with_labels(items: MatchedValues, labels: Sequence[int]) -> MatchedValues:
    """The items with these labels, and the pairs of two of them; all if there are no labels."""
    if not labels:
        return items
    gold, predicted = (np.isin(side.label, labels) for side in (items.gold, items.predicted))
    left, right = items.matched
    both = gold[left] & predicted[right]
    return items._replace(
        gold=items.gold._replace(rows=items.gold.rows[gold[items.gold.rows]]),
        predicted=items.predicted._replace(
            rows=items.predicted.rows[predicted[items.predicted.rows]]
        ),
        matched=(left[both], right[both]),
    )


def _labelled(
    name: str, index: AttributeIndex, items: MatchedValues
) -> tuple[tuple[str, ...], LabelPairs, tuple[IntArray, IntArray], tuple[IntArray, IntArray]]:
    """The labels that are counted, the pairs, and document and label of every item."""
    values = [side.values[name] for side in (items.gold, items.predicted)]
    gold, predicted = items.matched
    same = values[0][gold] == values[1][predicted]
    labels = index.labels.labels
    if not index.is_label:
        labels, size = VALUES, len(index.labels)
        # Absent and unknown are the last labels of every index.
        values = [np.where(column < size, column - size + len(VALUES), 0) for column in values]
    sides = (items.gold, items.predicted)
    every = [(s.document[s.rows], column[s.rows]) for s, column in zip(sides, values, strict=True)]
    document = items.gold.document[gold]
    pairs = LabelPairs(document, values[0][gold], values[1][predicted], same)
    return labels, pairs, every[0], every[1]


def _members(
    name: str, index: AttributeIndex, items: MatchedValues, *, matched_only: bool
) -> Counts:
    """The labels of sets, each counted by itself: those of matched items, or of all items."""
    gold_rows, predicted_rows = items.matched
    # A predicted item has the number of the gold item that it is matched with.
    ids = np.arange(len(items.gold.document)), np.arange(len(items.predicted.document))
    ids = ids[0], ids[1] + len(ids[0])
    ids[1][predicted_rows] = gold_rows
    rows = items.matched if matched_only else (items.gold.rows, items.predicted.rows)
    sides = []
    for side, some, number in zip((items.gold, items.predicted), rows, ids, strict=True):
        row, label = _expanded(index, side.values[name][some])
        sides.append((side.document[some][row], number[some][row], label))
    return set_counts(sides[0], sides[1], items.documents, label=2, labels=len(index.labels))


def _expanded(index: AttributeIndex, numbers: IntArray) -> tuple[IntArray, IntArray]:
    """Position and label of each member of sets."""
    distinct, which = np.unique(numbers, return_inverse=True)
    members = [np.array(index.members(number), np.int64) for number in distinct.tolist()]
    sizes = np.array([len(found) for found in members], np.int64)[which]
    labels = [members[number] for number in which.tolist()]
    return (
        np.repeat(np.arange(len(numbers)), sizes),
        np.concatenate(labels) if labels else np.zeros(0, np.int64),
    )
