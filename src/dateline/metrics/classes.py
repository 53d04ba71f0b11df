"""Labels of items that are already matched, and of items that had to be found as well."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import GOLD, PREDICTED, BoolArray, Counts, FloatArray, IntArray, tally


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
    return tally(
        documents,
        labels,
        (pairs.document, pairs.gold, right),
        (pairs.document, pairs.predicted, right),
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
    every = tally(
        documents,
        labels,
        (*gold, np.ones(len(gold[0]))),
        (*predicted, np.ones(len(predicted[0]))),
    )
    counts[..., GOLD], counts[..., PREDICTED] = every[..., GOLD], every[..., PREDICTED]
    return counts


def mean(document: IntArray, value: FloatArray, documents: int) -> Counts:
    """A number for each matched pair, averaged over pairs. Shape (documents, 1, 4)."""
    side = document, np.zeros_like(document), value
    return tally(documents, 1, side, side)
