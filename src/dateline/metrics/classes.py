"""Labels of items that are already matched, and of items that had to be found as well."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import (
    GOLD,
    HIT_GOLD,
    HIT_PREDICTED,
    PREDICTED,
    BoolArray,
    Counts,
    FloatArray,
    IntArray,
    tally,
)


class Pairs(NamedTuple):
    """Matched items as columns, one entry a pair.

    ``gold`` and ``predicted`` are labels; ``right`` says whether the pair agrees, where that is not
    just whether the labels are equal.
    """

    document: IntArray
    gold: IntArray
    predicted: IntArray
    right: BoolArray | None = None


def conditional(pairs: Pairs, documents: int, labels: int) -> Counts:
    """Labels of matched items: micro F is accuracy, and each label has precision and recall.

    As in NewsClaims (Reddy et al., "NewsClaims: A New Benchmark for Claim Detection from News with
    Attribute Knowledge", EMNLP 2022), which scores attributes of the claims that were found. Shape
    (documents, labels, 4).
    """
    right = pairs.gold == pairs.predicted if pairs.right is None else pairs.right
    return np.stack(
        (
            tally(documents, labels, pairs.document, pairs.gold, right),
            tally(documents, labels, pairs.document, pairs.gold),
            tally(documents, labels, pairs.document, pairs.predicted, right),
            tally(documents, labels, pairs.document, pairs.predicted),
        ),
        axis=-1,
    )


def joint(
    pairs: Pairs,
    gold: tuple[IntArray, IntArray],
    predicted: tuple[IntArray, IntArray],
    documents: int,
    labels: int,
) -> Counts:
    """Item found and labelled right, over all items: what conditional scores leave out.

    Finding few easy items and labelling those well does not help here. ``gold`` and ``predicted``
    are document and label of every item of a side. Shape (documents, labels, 4).
    """
    counts = conditional(pairs, documents, labels)
    counts[..., GOLD] = tally(documents, labels, *gold)
    counts[..., PREDICTED] = tally(documents, labels, *predicted)
    return counts


def mean(document: IntArray, value: FloatArray, documents: int) -> Counts:
    """A number for each matched pair, averaged over pairs. Shape (documents, 1, 4)."""
    counts = np.zeros((documents, 1, 4))
    zeros = np.zeros_like(document)
    counts[..., HIT_GOLD] = counts[..., HIT_PREDICTED] = tally(documents, 1, document, zeros, value)
    counts[..., GOLD] = counts[..., PREDICTED] = tally(documents, 1, document, zeros)
    return counts
