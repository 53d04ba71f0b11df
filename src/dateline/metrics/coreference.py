"""Chains against chains: MUC, B³, CEAF, BLANC and LEA, all from one contingency table.

The definitions are those of Pradhan et al., "Scoring Coreference Partitions of Predicted Mentions",
ACL 2014, for mentions that the system found itself: a mention that only one side has belongs to no
chain of the other. Singletons are chains and count; ``without_singletons`` takes them out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from dateline.metrics.assignment import assign
from dateline.metrics.counts import GOLD, Counts, FloatArray, IntArray, f_score


class Chains(NamedTuple):
    """Mentions in chains as columns, one entry a mention.

    ``document`` counts from 0. ``mention`` is a number that gold and predicted share where they
    have the same mention; it occurs once on each side. ``chain`` is a number that belongs to one
    chain of one document.
    """

    document: IntArray
    mention: IntArray
    chain: IntArray


class Table(NamedTuple):
    """How many mentions each gold chain shares with each predicted chain; empty cells left out.

    Chains are numbered from 0 on each side: ``gold_size`` and ``gold_document`` have an entry for
    each gold chain. Cell k lies at ``gold[k]``, ``predicted[k]`` and holds ``shared[k]`` mentions.
    """

    gold_size: IntArray
    gold_document: IntArray
    predicted_size: IntArray
    predicted_document: IntArray
    gold: IntArray
    predicted: IntArray
    shared: IntArray
    documents: int

    @property
    def document(self) -> IntArray:
        """The document of each cell."""
        return self.gold_document[self.gold]

    def turned(self) -> Table:
        """Gold and predicted in each other's place."""
        return Table(
            self.predicted_size,
            self.predicted_document,
            self.gold_size,
            self.gold_document,
            self.predicted,
            self.gold,
            self.shared,
            self.documents,
        )


_Measure: TypeAlias = Callable[[Table], FloatArray]


def contingency(gold: Chains, predicted: Chains, documents: int) -> Table:
    """The table that every measure here is made from.

    Raises ValueError where a mention occurs twice on a side.
    """
    for side, name in ((gold, "gold"), (predicted, "predicted")):
        if not np.diff(np.sort(side.mention)).all():
            raise ValueError(f"a {name} mention occurs twice; a mention belongs to one chain")
    gold_chain, gold_size, gold_document = _numbered(gold)
    predicted_chain, predicted_size, predicted_document = _numbered(predicted)
    _, left, right = np.intersect1d(
        gold.mention, predicted.mention, assume_unique=True, return_indices=True
    )
    width = max(len(predicted_size), 1)
    cell, shared = np.unique(gold_chain[left] * width + predicted_chain[right], return_counts=True)
    return Table(
        gold_size,
        gold_document,
        predicted_size,
        predicted_document,
        cell // width,
        cell % width,
        shared,
        documents,
    )


def without_singletons(chains: Chains) -> Chains:
    """The chains of two mentions or more."""
    _, chain, size = np.unique(chains.chain, return_inverse=True, return_counts=True)
    kept = size[chain] > 1
    return Chains(chains.document[kept], chains.mention[kept], chains.chain[kept])


def coreference(table: Table) -> Mapping[str, Counts]:
    """Every measure by name, each of shape (documents, classes, 4)."""
    found = {
        "MUC": muc(table),
        "B3": b_cubed(table),
        "CEAFm": ceaf_m(table),
        "CEAFe": ceaf_e(table),
        "BLANC": blanc(table),
        "LEA": lea(table),
    }
    return found | {"CoNLL": _as_classes(found["MUC"], found["B3"], found["CEAFe"])}


def muc(table: Table) -> Counts:
    """Links that need not be added: Vilain et al., "A Model-Theoretic Coreference Scoring Scheme",
    MUC-6 1995. Singletons have no links, so a document of singletons has no score. Shape
    (documents, 1, 4).
    """
    # A chain is cut into its cells and into one part for each mention that the other side lacks.
    kept = _by_document(table.documents, table.document, table.shared - 1)
    gold = _by_document(table.documents, table.gold_document, table.gold_size - 1)
    predicted = _by_document(table.documents, table.predicted_document, table.predicted_size - 1)
    return _counts(kept, gold, kept, predicted)


def b_cubed(table: Table) -> Counts:
    """The share of each mention's chain that is right: Bagga and Baldwin, "Algorithms for Scoring
    Coreference Chains", LREC 1998. Shape (documents, 1, 4).
    """

    def credit(side: Table) -> FloatArray:
        return _by_document(
            side.documents, side.document, side.shared**2 / side.gold_size[side.gold]
        )

    return _of_sides(table, credit, _mentions)


def ceaf_m(table: Table) -> Counts:
    """Chains assigned 1:1, mentions counted (CEAFm, φ3): Luo, "On Coreference Resolution
    Performance Metrics", HLT-EMNLP 2005. Shape (documents, 1, 4).
    """
    worth = table.shared.astype(np.float64)
    chosen = assign(table.gold, table.predicted, (worth,))
    common = _by_document(table.documents, table.document[chosen], worth[chosen])
    return _counts(common, _mentions(table), common, _mentions(table.turned()))


def ceaf_e(table: Table) -> Counts:
    """Chains assigned 1:1, chains counted by how alike they are (CEAFe, φ4): Luo, HLT-EMNLP 2005.
    Shape (documents, 1, 4).
    """
    both = table.gold_size[table.gold] + table.predicted_size[table.predicted]
    worth = 2 * table.shared / both
    chosen = assign(table.gold, table.predicted, (worth,))
    common = _by_document(table.documents, table.document[chosen], worth[chosen])
    return _counts(common, _chains(table), common, _chains(table.turned()))


def blanc(table: Table) -> Counts:
    """Links within and between chains, as two classes: Recasens and Hovy, "BLANC: Implementing the
    Rand Index for Coreference Evaluation", Natural Language Engineering 17(4) 2011, for predicted
    mentions as in Luo et al., "An Extension of BLANC to System Mentions", ACL 2014.

    Shape (documents, 2, 4): coreferent and not. The score is the mean of the F of those classes
    that gold has links of, as the reference scorer computes it.
    """
    document = table.document
    right = _by_document(table.documents, document, _links(table.shared))
    common = _by_document(table.documents, document, table.shared)
    apart = (
        _links(common)
        - _common_links(table, table.gold)
        - _common_links(table.turned(), table.predicted)
        + right
    )

    def within(side: Table) -> FloatArray:
        return _by_document(side.documents, side.gold_document, _links(side.gold_size))

    def between(side: Table) -> FloatArray:
        return _links(_mentions(side)) - within(side)

    turned = table.turned()
    return np.concatenate(
        (
            _counts(right, within(table), right, within(turned)),
            _counts(apart, between(table), apart, between(turned)),
        ),
        axis=1,
    )


def lea(table: Table) -> Counts:
    """Links of each chain that are kept, weighted by its size: Moosavi and Strube, "Which
    Coreference Evaluation Metric Do You Trust?", ACL 2016. A singleton links to itself. Shape
    (documents, 1, 4).
    """

    def credit(side: Table) -> FloatArray:
        size = side.gold_size[side.gold]
        alone = (size == 1) & (side.predicted_size[side.predicted] == 1)
        kept = np.where(size == 1, alone, _links(side.shared) / np.maximum(_links(size), 1))
        return _by_document(side.documents, side.document, size * kept)

    return _of_sides(table, credit, _mentions)


def conll(table: Table) -> Counts:
    """MUC, B³ and CEAFe as three classes, whose mean F is the CoNLL score: Pradhan et al.,
    "CoNLL-2012 Shared Task", 2012. Undefined where one of the three is. Shape (documents, 3, 4).
    """
    return _as_classes(muc(table), b_cubed(table), ceaf_e(table))


def blanc_score(counts: Counts) -> FloatArray:
    """BLANC from the sums of its two classes, shape (..., 2, 4): the mean F of those gold has."""
    wanted = counts[..., GOLD] > 0
    total = np.where(wanted, f_score(counts), 0.0).sum(axis=-1)
    return np.where(wanted.any(axis=-1), total / np.maximum(wanted.sum(axis=-1), 1), np.nan)


def conll_score(counts: Counts) -> FloatArray:
    """The CoNLL score from the sums of its three classes, shape (..., 3, 4)."""
    return np.asarray(f_score(counts).mean(axis=-1), dtype=np.float64)


def _numbered(chains: Chains) -> tuple[IntArray, IntArray, IntArray]:
    """Chain of each mention, numbered from 0, and size and document of each chain."""
    _, first, chain, size = np.unique(
        chains.chain, return_index=True, return_inverse=True, return_counts=True
    )
    return chain, size, chains.document[first]


def _by_document(documents: int, document: IntArray, value: IntArray | FloatArray) -> FloatArray:
    return np.bincount(document, value, minlength=documents).astype(np.float64)


def _mentions(side: Table) -> FloatArray:
    return _by_document(side.documents, side.gold_document, side.gold_size)


def _chains(side: Table) -> FloatArray:
    return _by_document(side.documents, side.gold_document, np.ones(len(side.gold_size)))


def _links(size: IntArray | FloatArray) -> FloatArray:
    """How many pairs there are among so many mentions."""
    return np.asarray(size * (size - 1) / 2, dtype=np.float64)


def _common_links(side: Table, chain: IntArray) -> FloatArray:
    """Pairs that a side's chains hold, by document, of mentions that both sides have."""
    common = np.bincount(chain, side.shared, minlength=len(side.gold_size))
    return _by_document(side.documents, side.gold_document, _links(common))


def _of_sides(table: Table, credit: _Measure, whole: _Measure) -> Counts:
    turned = table.turned()
    return _counts(credit(table), whole(table), credit(turned), whole(turned))


def _as_classes(*measures: Counts) -> Counts:
    return np.concatenate(measures, axis=1)


def _counts(*columns: FloatArray) -> Counts:
    return np.stack(columns, axis=-1)[:, None, :]
