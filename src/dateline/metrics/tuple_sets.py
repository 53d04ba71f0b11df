"""Sets of tuples, given as columns: each tuple becomes one integer, so that NumPy compares sets."""

from __future__ import annotations

import numpy as np

from dateline.metrics.counts import BoolArray, Counts, IntArray, tally

LARGEST = np.iinfo(np.int64).max


def set_counts(
    gold: tuple[IntArray, ...],
    predicted: tuple[IntArray, ...],
    documents: int,
    label: int | None = None,
    labels: int = 1,
    correct_by: tuple[tuple[IntArray, ...], tuple[IntArray, ...]] | None = None,
) -> Counts:
    """Counts of matches between two sets of tuples; duplicates count once.

    ``gold`` and ``predicted`` have one column per field, and the first is the document. ``label``
    is the number of the column to break the counts down by. A tuple is correct if the other set
    has it or, with ``correct_by``, has a tuple that is equal there. Shape (documents, labels, 4).
    """
    distinct = [np.unique(key, return_index=True) for key in tuple_ids(gold, predicted)]
    others = None if correct_by is None else tuple_ids(*correct_by)
    item_credit = []
    for side, columns in enumerate((gold, predicted)):
        key, rows = distinct[side]
        document = columns[0][rows]
        labelled = columns[label][rows] if label is not None else np.zeros_like(document)
        correct = _are_in(key, distinct[1 - side][0])
        if others is not None:
            correct |= np.isin(others[side][rows], others[1 - side])
        item_credit.append((document, labelled, correct))
    return tally(documents, labels, item_credit[0], item_credit[1])


def _are_in(values: IntArray, others: IntArray) -> BoolArray:
    """Which values are among the others; both are sorted."""
    if not len(others):
        return np.zeros(len(values), np.bool_)
    at = np.searchsorted(others, values).clip(max=len(others) - 1)
    return np.asarray(others[at] == values, np.bool_)


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
    if int(left.max(initial=0)) > LARGEST // width - 1:
        _, right = np.unique(right, return_inverse=True)
        width = int(right.max(initial=0)) + 1
    return left * width + right


def equal_pairs(left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs of equal numbers, as rows of ``left`` and of ``right``, sorted by the former."""
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right, left, side="left", sorter=order)
    sizes = np.searchsorted(right, left, side="right", sorter=order) - first
    total = np.concatenate(([0], np.cumsum(sizes)))
    rows = np.repeat(np.arange(len(left)), sizes)
    return rows, order[np.arange(total[-1]) + np.repeat(first - total[:-1], sizes)]
