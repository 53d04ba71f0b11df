"""Ranked retrieval: how high the relevant items are ranked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dateline.metrics.counts import BoolArray, Counts, FloatArray, IntArray


def ranking_counts(
    document: IntArray,
    score: FloatArray,
    tie: IntArray,
    relevant: BoolArray,
    in_gold: IntArray,
    cutoffs: tuple[int, ...],
) -> Mapping[str, Counts]:
    """``AP``, ``RR`` and ``P@k`` for each document, to be averaged over documents.

    The columns describe predicted items, ranked by ``score``, highest first; equal scores are
    ranked by ``tie``, lowest first. ``in_gold`` is the number of relevant gold items of each
    document: those that were not predicted count as not retrieved, and a document with none has no
    score. A rank beyond the last predicted item counts as not relevant.

    Average precision: Buckley and Voorhees, "Evaluating Evaluation Measure Stability", SIGIR 2000.
    Reciprocal rank: Voorhees, "The TREC-8 Question Answering Track Report", 1999. For
    check-worthiness: Barrón-Cedeño et al., CheckThat! Lab, CLEF 2018. Each shape is (documents, 1,
    4).
    """
    documents = len(in_gold)
    order = np.lexsort((tie, -score, document))
    document, relevant = document[order], relevant[order]
    first = np.searchsorted(document, document, side="left")
    rank = np.arange(len(document)) - first + 1
    total = np.cumsum(relevant)
    found = total - np.concatenate(([0], total))[first]
    precision = np.where(relevant, found / np.maximum(rank, 1), 0.0)

    def summed(value: FloatArray | BoolArray) -> FloatArray:
        return np.bincount(document, value, minlength=documents).astype(np.float64)

    is_first = relevant & (found == 1)
    values = {
        "AP": summed(precision) / np.maximum(in_gold, 1),
        "RR": summed(np.where(is_first, 1 / np.maximum(rank, 1), 0.0)),
    }
    values.update({f"P@{k}": summed(relevant & (rank <= k)) / k for k in cutoffs})
    return {name: _as_counts(value, in_gold > 0) for name, value in values.items()}


def _as_counts(value: FloatArray, counted: BoolArray) -> Counts:
    """Counts whose recall and precision are the mean value of the counted documents."""
    columns = (np.where(counted, value, 0.0), counted) * 2
    return np.stack(columns, axis=-1)[:, None, :].astype(np.float64)
