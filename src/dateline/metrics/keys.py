"""Numbers that stand for several columns, so that sets of tuples become sets of integers."""

from __future__ import annotations

import numpy as np

from dateline.metrics.counts import Counts, IntArray, Side, tally

LARGEST = np.iinfo(np.int64).max


def joined(left: IntArray, right: IntArray) -> IntArray:
    """A number for each pair of numbers that are not negative, in the order of the pairs."""
    width = int(right.max(initial=0)) + 1
    if int(left.max(initial=0)) > LARGEST // width - 1:
        # Too wide to pack as it is: as many numbers as rows are enough.
        _, left = np.unique(left, return_inverse=True)
    return left * width + right


def together(gold: tuple[IntArray, ...], predicted: tuple[IntArray, ...]) -> tuple[IntArray, ...]:
    """A number for each row of the gold columns and of the predicted ones: equal for equal rows.

    Numbers in the columns are not negative.
    """
    key: IntArray = np.zeros(len(gold[0]) + len(predicted[0]), np.int64)
    for left, right in zip(gold, predicted, strict=True):
        key = joined(key, np.concatenate((left, right)))
    return key[: len(gold[0])], key[len(gold[0]) :]


def set_counts(
    gold: tuple[IntArray, ...],
    predicted: tuple[IntArray, ...],
    documents: int,
    label: int | None = None,
    labels: int = 1,
) -> Counts:
    """Rows that both sides have, each side's rows as a set.

    The first column is the document; column number ``label`` says how to break the counts down. The
    label is part of what must be equal. Shape (documents, labels, 4).
    """
    keys = together(gold, predicted)
    kept = [np.unique(key, return_index=True) for key in keys]
    ours, theirs = (
        _hits(side, key, rows, other, label)
        for side, (key, rows), (other, _) in zip(
            (gold, predicted), kept, reversed(kept), strict=True
        )
    )
    return tally(documents, labels, ours, theirs)


def _hits(
    side: tuple[IntArray, ...], key: IntArray, rows: IntArray, other: IntArray, label: int | None
) -> Side:
    document = side[0][rows]
    broken_by = side[label][rows] if label is not None else np.zeros_like(document)
    return document, broken_by, np.isin(key, other, assume_unique=True)
