"""Labels of items that are already matched, alone and together with the matching itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import GOLD, PREDICTED, BoolArray, Counts, FloatArray, IntArray, tally


class LabelPairs(NamedTuple):
    """Matched items as columns, one entry per pair.

    ``gold`` and ``predicted`` are labels. ``correct`` says which pairs count as correct; by
    default, those with equal labels.
    """

    document: IntArray
    gold: IntArray
    predicted: IntArray
    correct: BoolArray | None = None


def matched_only(pairs: LabelPairs, documents: int, labels: int) -> Counts:
    """Labels of matched items only: micro F is accuracy.

    As the attributes of detected claims in NewsClaims (Reddy et al., "NewsClaims: A New Benchmark
    for Claim Detection from News with Attribute Knowledge", EMNLP 2022). Shape (documents, labels,
    4).
    """
    correct = pairs.gold == pairs.predicted if pairs.correct is None else pairs.correct
    return tally(
        documents,
        labels,
        (pairs.document, pairs.gold, correct),
        (pairs.document, pairs.predicted, correct),
    )


def joint(
    pairs: LabelPairs,
    gold: tuple[IntArray, IntArray],
    predicted: tuple[IntArray, IntArray],
    documents: int,
    labels: int,
) -> Counts:
    """Items that are matched and have the correct label, out of all items.

    Unlike ``matched_only``, this does not reward a system for finding only a few easy items.
    ``gold`` and ``predicted`` are the document and label of every item. Shape (documents, labels,
    4).
    """
    counts = matched_only(pairs, documents, labels)
    every = tally(
        documents,
        labels,
        (*gold, np.ones(len(gold[0]))),
        (*predicted, np.ones(len(predicted[0]))),
    )
    counts[..., GOLD], counts[..., PREDICTED] = every[..., GOLD], every[..., PREDICTED]
    return counts


def pair_mean(document: IntArray, value: FloatArray, documents: int) -> Counts:
    """A number per matched pair, averaged over pairs. Shape (documents, 1, 4)."""
    credit = document, np.zeros_like(document), value
    return tally(documents, 1, credit, credit)
