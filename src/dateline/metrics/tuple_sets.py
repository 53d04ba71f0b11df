"""Sets of tuples, given as columns: each tuple becomes one integer, so that NumPy compares sets."""

from __future__ import annotations

import numpy as np

from dateline.metrics.counts import Counts, IntArray, ItemCredit, tally

LARGEST = np.iinfo(np.int64).max


def set_counts(
    gold: tuple[IntArray, ...],
    predicted: tuple[IntArray, ...],
    documents: int,
    label: int | None = None,
    labels: int = 1,
) -> Counts:
    """Counts of exact matches between two sets of tuples; duplicates count once.

    ``gold`` and ``predicted`` have one column per field, and the first is the document. ``label``
    is the number of the column to break the counts down by. Shape (documents, labels, 4).
    """
    ids = tuple_ids(gold, predicted)
    unique = [np.unique(key, return_index=True) for key in ids]
    gold_credit, predicted_credit = (
        _credit(columns, key, rows, other, label)
        for columns, (key, rows), (other, _) in zip(
            (gold, predicted), unique, reversed(unique), strict=True
        )
    )
    return tally(documents, labels, gold_credit, predicted_credit)


def tuple_ids(gold: tuple[IntArray, ...], predicted: tuple[IntArray, ...]) -> tuple[IntArray, ...]:
    """An id for each gold tuple and each predicted tuple, equal for equal tuples.

    Columns must not have negative numbers.
    """
    key: IntArray = np.zeros(len(gold[0]) + len(predicted[0]), np.int64)
    for left, right in zip(gold, predicted, strict=True):
        key = pack(key, np.concatenate((left, right)))
    return key[: len(gold[0])], key[len(gold[0]) :]


def pack(left: IntArray, right: IntArray) -> IntArray:
    """One integer for each pair of non-negative integers, in the order of the pairs."""
    width = int(right.max(initial=0)) + 1
    if int(left.max(initial=0)) > LARGEST // width - 1:
        # Too wide to multiply: number the distinct values first.
        _, left = np.unique(left, return_inverse=True)
    return left * width + right


def _credit(
    columns: tuple[IntArray, ...],
    key: IntArray,
    rows: IntArray,
    other: IntArray,
    label: int | None,
) -> ItemCredit:
    document = columns[0][rows]
    labels = columns[label][rows] if label is not None else np.zeros_like(document)
    return document, labels, np.isin(key, other, assume_unique=True)
