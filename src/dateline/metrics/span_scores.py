"""Strict, exact, partial and type scores of labelled spans, and of nested ones.

Spans are compared as sets: duplicates with the same place and label count once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dateline.metrics.counts import Counts, FloatArray, IntArray, tally
from dateline.metrics.span_matching import DistinctMatching
from dateline.metrics.spans import Spans, inside_longer, labelled_place_ids, place_ids


def strict(gold: Spans, predicted: Spans, documents: int, labels: int) -> Counts:
    """Matches with the same fragments and the same label, on characters instead of tags.

    Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task", CoNLL 2003. Shape
    (documents, labels, 4).
    """
    sides = gold, predicted
    ids = labelled_place_ids(place_ids(*sides), [spans.label for spans in sides])
    unique = [np.unique(key, return_index=True) for key in ids]
    gold, predicted = (spans.take(rows) for spans, (_, rows) in zip(sides, unique, strict=True))
    (gold_ids, _), (predicted_ids, _) = unique
    return _counts(
        gold,
        predicted,
        np.isin(gold_ids, predicted_ids, assume_unique=True).astype(np.float64),
        np.isin(predicted_ids, gold_ids, assume_unique=True).astype(np.float64),
        documents,
        labels,
    )


def semeval(matched: DistinctMatching, documents: int, labels: int) -> Mapping[str, Counts]:
    """The four modes of SemEval-2013 Task 9, from one optimal 1:1 matching.

    ``strict`` requires the same place and label, ``exact`` the same place, ``type`` an overlap and
    the same label; ``partial`` gives 1 for the same place and 0.5 for an overlap, whatever the
    label.

    Segura-Bedmar, Martínez and Herrero-Zazo, "SemEval-2013 Task 9", SemEval 2013, after Chinchor
    and Sundheim, "MUC-5 Evaluation Metrics", MUC-5 1993. Neither defines how to match several
    overlapping spans; see ``match``. Each shape is (documents, labels, 4).
    """
    return {
        mode: _counts(matched.gold, matched.predicted, *sides, documents, labels)
        for mode, sides in semeval_credit(matched).items()
    }


def semeval_credit(matched: DistinctMatching) -> Mapping[str, tuple[FloatArray, FloatArray]]:
    """For each mode the credit of each gold span and of each predicted span."""
    matching = matched.matching
    pair_credit = {
        "strict": (matching.exact & matching.typed).astype(np.float64),
        "exact": matching.exact.astype(np.float64),
        "partial": np.where(matching.exact, 1.0, 0.5),
        "type": matching.typed.astype(np.float64),
    }
    return {
        mode: (
            _spread(len(matched.gold), matching.gold, credit),
            _spread(len(matched.predicted), matching.predicted, credit),
        )
        for mode, credit in pair_credit.items()
    }


def nested(matched: DistinctMatching, documents: int, labels: int) -> Counts:
    """Strict scores of spans inside a longer span.

    After Ringland et al., "NNE: A Dataset for Nested Named Entity Recognition", ACL 2019. Recall is
    over gold spans inside another gold span, precision over predicted spans inside a gold span or
    another predicted span. Shape (documents, labels, 4).
    """
    gold, predicted = matched.gold, matched.predicted
    gold_credit, predicted_credit = semeval_credit(matched)["strict"]
    inner = np.flatnonzero(inside_longer(gold, gold))
    predicted_inner = np.flatnonzero(
        inside_longer(predicted, predicted) | inside_longer(predicted, gold)
    )
    return _counts(
        gold.take(inner),
        predicted.take(predicted_inner),
        gold_credit[inner],
        predicted_credit[predicted_inner],
        documents,
        labels,
    )


def _spread(size: int, rows: IntArray, credit: FloatArray) -> FloatArray:
    """The credit of matched spans at their rows, and 0 elsewhere."""
    spread = np.zeros(size)
    spread[rows] = credit
    return spread


def _counts(
    gold: Spans,
    predicted: Spans,
    gold_credit: FloatArray,
    predicted_credit: FloatArray,
    documents: int,
    labels: int,
) -> Counts:
    return tally(
        documents,
        labels,
        (gold.document, gold.label, gold_credit),
        (predicted.document, predicted.label, predicted_credit),
    )
