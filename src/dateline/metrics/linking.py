"""Entity linking: mentions and their knowledge base entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import BoolArray, Counts, IntArray
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
    """Matches of span and entry: of ``all`` mentions, of those with an entry (``link``), and of
    those with none (``nil``); and with the same type too (``all, typed`` and so on).

    The measures strong_all_match, strong_link_match and strong_nil_match of Hachey et al., "Cheap
    and Easy Entity Evaluation", ACL 2014, and strong_typed_all_match and so on of its software
    neleval. Shapes are (documents, 1, 4), or (documents, labels, 4) if typed.
    """
    found = {}
    for name, nil in (("all", None), ("link", False), ("nil", True)):
        these, those = _select(gold, nil), _select(predicted, nil)
        found[name] = set_counts(_untyped(these), _untyped(those), documents)
        found[f"{name}, typed"] = set_counts(
            tuple(these), tuple(those), documents, label=1, labels=labels
        )
    return found


def without_places(links: Links, places: IntArray) -> Links:
    """The links of mentions at other places than these."""
    return _take(links, ~np.isin(links.place, places))


def _select(links: Links, nil: bool | None) -> Links:
    return links if nil is None else _take(links, (links.entry == NIL) == nil)


def _untyped(links: Links) -> tuple[IntArray, ...]:
    return links.document, links.place, links.entry


def _take(links: Links, kept: BoolArray) -> Links:
    return Links(*(column[kept] for column in links))
