"""Mentions and their entries in a knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import Counts, IntArray
from dateline.metrics.keys import set_counts

NIL = 0


class Links(NamedTuple):
    """Linked mentions as columns, one entry a mention; those that nobody has linked are left out.

    ``place`` and ``entry`` are numbers that gold and predicted share; ``entry`` is 0 for NIL.
    """

    document: IntArray
    label: IntArray
    place: IntArray
    entry: IntArray


def linking(gold: Links, predicted: Links, documents: int, labels: int) -> Mapping[str, Counts]:
    """Span, type and entry all right: ``all`` mentions, those with an entry (``link``), and
    ``nil``.

    The measures strong_all_match, strong_link_match and strong_nil_match of Hachey et al., "Cheap
    and Easy Entity Evaluation", ACL 2014. Each shape is (documents, labels, 4).
    """

    def counts(gold: Links, predicted: Links) -> Counts:
        return set_counts(tuple(gold), tuple(predicted), documents, label=1, labels=labels)

    return {
        "all": counts(gold, predicted),
        "link": counts(_some(gold, nil=False), _some(predicted, nil=False)),
        "nil": counts(_some(gold, nil=True), _some(predicted, nil=True)),
    }


def _some(links: Links, *, nil: bool) -> Links:
    kept = np.flatnonzero((links.entry == NIL) == nil)
    return Links(*(column[kept] for column in links))
