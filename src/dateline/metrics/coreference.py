"""Coreference: MUC, B³, CEAF, BLANC and LEA, all from one contingency table of chains.

Definitions follow Pradhan et al., "Scoring Coreference Partitions of Predicted Mentions", ACL 2014,
for predicted mentions: a mention that is only in gold, or only predicted, is in no chain of the
other. Singletons count as chains; ``without_singletons`` removes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from dateline.metrics.assignment import assign, components
from dateline.metrics.counts import GOLD, PREDICTED, Counts, FloatArray, IntArray, f_score


class Chains(NamedTuple):
    """Mentions in chains as columns, one entry per mention.

    ``document`` is numbered from 0. ``mention`` is an id that gold and predicted share for the same
    mention; it is unique within each. ``chain`` is an id of one chain of one document.
    """

    document: IntArray
    mention: IntArray
    chain: IntArray


class ContingencyTable(NamedTuple):
    """How many mentions each gold chain shares with each predicted chain, without empty cells.

    Chains are numbered from 0: ``gold_size`` and ``gold_document`` have an entry per gold chain,
    and likewise for predicted. Cell k is in row ``gold[k]`` and column ``predicted[k]``, and has
    ``shared[k]`` mentions.
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

    def transposed(self) -> ContingencyTable:
        """The table with gold and predicted swapped."""
        return ContingencyTable(
            self.predicted_size,
            self.predicted_document,
            self.gold_size,
            self.gold_document,
            self.predicted,
            self.gold,
            self.shared,
            self.documents,
        )


_Measure: TypeAlias = Callable[[ContingencyTable], FloatArray]


def contingency_table(gold: Chains, predicted: Chains, documents: int) -> ContingencyTable:
    """Count the mentions that gold and predicted chains share.

    Raises ValueError if a gold or predicted mention is in two chains.
    """
    for chains, name in ((gold, "gold"), (predicted, "predicted")):
        if not np.diff(np.sort(chains.mention)).all():
            raise ValueError(f"A {name} mention is duplicated; a mention belongs to one chain.")
    gold_chain, gold_size, gold_document = _numbered(gold)
    predicted_chain, predicted_size, predicted_document = _numbered(predicted)
    _, left, right = np.intersect1d(
        gold.mention, predicted.mention, assume_unique=True, return_indices=True
    )
    width = max(len(predicted_size), 1)
    cell, shared = np.unique(gold_chain[left] * width + predicted_chain[right], return_counts=True)
    return ContingencyTable(
        gold_size,
        gold_document,
        predicted_size,
        predicted_document,
        cell // width,
        cell % width,
        shared,
        documents,
    )


def merge_chains(chains: Chains) -> Chains:
    """The same mentions, each once, sorted; chains that share a mention become one.

    Coreference is transitive: a mention in two chains says that both are about the same.
    """
    mentions, first, mention = np.unique(chains.mention, return_index=True, return_inverse=True)
    names, chain = np.unique(chains.chain, return_inverse=True)
    if len(mentions) < len(chain):
        chain = components(mention, chain, len(mentions), len(names))
    return Chains(chains.document[first], mentions, chain[first])


def without_singletons(chains: Chains) -> Chains:
    """The chains of two mentions or more."""
    _, chain, size = np.unique(chains.chain, return_inverse=True, return_counts=True)
    kept = size[chain] > 1
    return Chains(chains.document[kept], chains.mention[kept], chains.chain[kept])


def coreference_counts(table: ContingencyTable) -> Mapping[str, Counts]:
    """The counts of every measure, each of shape (documents, classes, 4)."""
    counts = {
        "MUC": muc(table),
        "B3": b_cubed(table),
        "CEAFm": ceaf_m(table),
        "CEAFe": ceaf_e(table),
        "BLANC": blanc(table),
        "LEA": lea(table),
    }
    return counts | {"CoNLL": _as_classes(counts["MUC"], counts["B3"], counts["CEAFe"])}


def muc(table: ContingencyTable) -> Counts:
    """MUC: the links of each chain that the other side has.

    Vilain et al., "A Model-Theoretic Coreference Scoring Scheme", MUC-6 1995. Singletons have no
    links, so a document with only singletons has no score. Shape (documents, 1, 4).
    """
    # The other side splits a chain into its cells, and one part for each mention it does not have.
    kept = _by_document(table.documents, table.document, table.shared - 1)
    gold = _by_document(table.documents, table.gold_document, table.gold_size - 1)
    predicted = _by_document(table.documents, table.predicted_document, table.predicted_size - 1)
    return _counts(kept, gold, kept, predicted)


def b_cubed(table: ContingencyTable) -> Counts:
    """B³: for each mention, the share of its chain that is correct.

    Bagga and Baldwin, "Algorithms for Scoring Coreference Chains", LREC 1998. Shape (documents, 1,
    4).
    """

    def credit(side: ContingencyTable) -> FloatArray:
        return _by_document(
            side.documents, side.document, side.shared**2 / side.gold_size[side.gold]
        )

    return _of_sides(table, credit, _mentions)


def ceaf_m(table: ContingencyTable) -> Counts:
    """CEAFm (φ3): chains are assigned 1:1, and their shared mentions are counted.

    Luo, "On Coreference Resolution Performance Metrics", HLT-EMNLP 2005. Shape (documents, 1, 4).
    """
    worth = table.shared.astype(np.float64)
    chosen = assign(table.gold, table.predicted, (worth,))
    common = _by_document(table.documents, table.document[chosen], worth[chosen])
    return _counts(common, _mentions(table), common, _mentions(table.transposed()))


def ceaf_e(table: ContingencyTable) -> Counts:
    """CEAFe (φ4): chains are assigned 1:1, and their similarities are added.

    Luo, HLT-EMNLP 2005. Shape (documents, 1, 4).
    """
    both = table.gold_size[table.gold] + table.predicted_size[table.predicted]
    worth = 2 * table.shared / both
    chosen = assign(table.gold, table.predicted, (worth,))
    common = _by_document(table.documents, table.document[chosen], worth[chosen])
    return _counts(common, _chains(table), common, _chains(table.transposed()))


def blanc(table: ContingencyTable) -> Counts:
    """BLANC: links within chains (coreferent) and between chains (not coreferent), as two classes.

    Recasens and Hovy, "BLANC: Implementing the Rand Index for Coreference Evaluation", Natural
    Language Engineering 17(4) 2011, for predicted mentions as in Luo et al., "An Extension of BLANC
    to System Mentions", ACL 2014. Shape (documents, 2, 4); see ``blanc_score``.
    """
    document = table.document
    correct = _by_document(table.documents, document, _links(table.shared))
    common = _by_document(table.documents, document, table.shared)
    apart = (
        _links(common)
        - _common_links(table, table.gold)
        - _common_links(table.transposed(), table.predicted)
        + correct
    )

    def within(side: ContingencyTable) -> FloatArray:
        return _by_document(side.documents, side.gold_document, _links(side.gold_size))

    def between(side: ContingencyTable) -> FloatArray:
        return _links(_mentions(side)) - within(side)

    transposed = table.transposed()
    return np.concatenate(
        (
            _counts(correct, within(table), correct, within(transposed)),
            _counts(apart, between(table), apart, between(transposed)),
        ),
        axis=1,
    )


def lea(table: ContingencyTable) -> Counts:
    """LEA: the share of each chain's links that is correct, weighted by the chain's size.

    Moosavi and Strube, "Which Coreference Evaluation Metric Do You Trust?", ACL 2016. A singleton
    has a link to itself. Shape (documents, 1, 4).
    """

    def credit(side: ContingencyTable) -> FloatArray:
        size = side.gold_size[side.gold]
        alone = (size == 1) & (side.predicted_size[side.predicted] == 1)
        kept = np.where(size == 1, alone, _links(side.shared) / np.maximum(_links(size), 1))
        return _by_document(side.documents, side.document, size * kept)

    return _of_sides(table, credit, _mentions)


def conll(table: ContingencyTable) -> Counts:
    """MUC, B³ and CEAFe as three classes, for ``conll_score``. Shape (documents, 3, 4).

    Pradhan et al., "CoNLL-2012 Shared Task", 2012.
    """
    return _as_classes(muc(table), b_cubed(table), ceaf_e(table))


def blanc_score(counts: Counts) -> FloatArray:
    """BLANC from the sums of its two classes, shape (..., 2, 4), to shape (...).

    The mean F of the classes that gold has links of, as in the reference scorer. If gold has no
    links at all, 0 if there are predicted ones, else NaN.
    """
    wanted = counts[..., GOLD] > 0
    total = np.where(wanted, f_score(counts), 0.0).sum(axis=-1)
    without_gold = np.where((counts[..., PREDICTED] > 0).any(axis=-1), 0.0, np.nan)
    return np.where(wanted.any(axis=-1), total / np.maximum(wanted.sum(axis=-1), 1), without_gold)


def conll_score(counts: Counts) -> FloatArray:
    """CoNLL score from the sums of its three classes, shape (..., 3, 4), to shape (...).

    The mean F of MUC, B³ and CEAFe; NaN if one of them is undefined.
    """
    return np.asarray(f_score(counts).mean(axis=-1), dtype=np.float64)


def _numbered(chains: Chains) -> tuple[IntArray, IntArray, IntArray]:
    """Chain of each mention, numbered from 0, and size and document of each chain."""
    _, first, chain, size = np.unique(
        chains.chain, return_index=True, return_inverse=True, return_counts=True
    )
    return chain, size, chains.document[first]


def _by_document(documents: int, document: IntArray, value: IntArray | FloatArray) -> FloatArray:
    return np.bincount(document, value, minlength=documents).astype(np.float64)


def _mentions(side: ContingencyTable) -> FloatArray:
    return _by_document(side.documents, side.gold_document, side.gold_size)


def _chains(side: ContingencyTable) -> FloatArray:
    return _by_document(side.documents, side.gold_document, np.ones(len(side.gold_size)))


def _links(size: IntArray | FloatArray) -> FloatArray:
    """How many pairs there are among so many mentions."""
    return np.asarray(size * (size - 1) / 2, dtype=np.float64)


def _common_links(side: ContingencyTable, chain: IntArray) -> FloatArray:
    """Pairs that a side's chains hold, by document, of mentions that both sides have."""
    common = np.bincount(chain, side.shared, minlength=len(side.gold_size))
    return _by_document(side.documents, side.gold_document, _links(common))


def _of_sides(table: ContingencyTable, credit: _Measure, whole: _Measure) -> Counts:
    transposed = table.transposed()
    return _counts(credit(table), whole(table), credit(transposed), whole(transposed))


def _as_classes(*measures: Counts) -> Counts:
    return np.concatenate(measures, axis=1)


def _counts(*columns: FloatArray) -> Counts:
    return np.stack(columns, axis=-1)[:, None, :]
