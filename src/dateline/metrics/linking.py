"""Entity linking: mentions and their knowledge base entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import Counts, IntArray
from dateline.metrics.tuple_sets import set_counts

NIL = 0


class Links(NamedTuple):
    """Linked mentions as columns, one entry per mention; unlinked mentions are left out.

    ``place`` and ``entry`` are ids that gold and predicted share; ``entry`` is 0 for NIL.
    """

    document: IntArray
    label: IntArray
    place: IntArray
    entry: IntArray


def linking_counts(
    gold: Links, predicted: Links, documents: int, labels: int
) -> Mapping[str, Counts]:
    """Matches of span, type and entry: of ``all`` mentions, of those with an entry (``link``), and
    of those with none (``nil``).

    The measures strong_all_match, strong_link_match and strong_nil_match of Hachey et al., "Cheap
    and Easy Entity Evaluation", ACL 2014. Each shape is (documents, labels, 4).
    """

    def counts(gold: Links, predicted: Links) -> Counts:
        return set_counts(tuple(gold), tuple(predicted), documents, label=1, labels=labels)

    return {
        "all": counts(gold, predicted),
        "link": counts(_select(gold, nil=False), _select(predicted, nil=False)),
        "nil": counts(_select(gold, nil=True), _select(predicted, nil=True)),
    }


def _select(links: Links, *, nil: bool) -> Links:
    kept = np.flatnonzero((links.entry == NIL) == nil)
    return Links(*(column[kept] for column in links))
