"""An annotator's document compared with another annotator's, as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from dateline.agreement.coefficients import f1
from dateline.agreement.counts import DocumentCounts, PairCount
from dateline.agreement.report import FEWEST_ITEMS
from dateline.annotations.items import items_of_layer, label_of
from dateline.metrics.counts import FloatArray, micro_f
from dateline.metrics.intervals import as_interval, score_interval
from dateline.model import SPAN_LAYERS, Annotation, Struct
from dateline.quality.report import Agreement

Label = tuple[str, str]
"""A layer and a label of it."""


class Comparison(Struct, frozen=True):
    """What an annotator and another have in common on a document.

    ``time`` is when the annotator submitted it first, None if unknown. ``total`` counts
    what `DocumentCounts.total` does, ``labels`` the same by label, and ``instead`` how often the
    other gives a matched item another label.
    """

    annotator: str
    other: str
    document: str
    time: datetime | None
    total: PairCount
    labels: Mapping[Label, PairCount] = {}
    instead: Mapping[Label, Counter[str]] = {}


def compare(
    counts: DocumentCounts,
    first: Annotation,
    second: Annotation,
    time: datetime | None,
    layers: Collection[str],
) -> Comparison:
    """The comparison of the first annotator with the second, from the counts of both."""
    return Comparison(
        annotator=first.annotator,
        other=second.annotator,
        document=first.document,
        time=time,
        total=counts.total(layers),
        labels=counts.labels(layers),
        instead=_instead(counts, first, second, layers),
    )


def by_document(comparisons: Iterable[Comparison]) -> dict[str, PairCount]:
    """The counts of each document with all others together."""
    found: dict[str, PairCount] = {}
    for one in comparisons:
        found[one.document] = found.get(one.document, PairCount()) + one.total
    return found


def agreement(counts: Collection[PairCount]) -> Agreement | None:
    """F1 from the counts of documents, with an interval over documents; None without documents."""
    if not counts:
        return None
    total = sum(counts, PairCount())
    ends = None
    if max(total.first, total.second) >= FEWEST_ITEMS:
        ends = as_interval(score_interval(_four(counts)[None, :, None], micro_f))
    low, high = ends or (None, None)
    return Agreement(
        documents=len(counts),
        items=total.first,
        value=f1_of(total),
        low=low,
        high=high,
    )


def f1_of(count: PairCount) -> float | None:
    """F1 of both sides; None if both are empty."""
    return f1(count.common, count.first, count.second)


def _four(counts: Iterable[PairCount]) -> FloatArray:
    """Counts as the measures take them, shape (documents, 4): the other side is the gold one."""
    rows: Sequence[Sequence[int]] = [
        (one.common, one.second, one.common, one.first) for one in counts
    ]
    return np.array(rows, np.float64)


def _instead(
    counts: DocumentCounts, first: Annotation, second: Annotation, layers: Collection[str]
) -> dict[Label, Counter[str]]:
    found: dict[Label, Counter[str]] = {}
    for layer in SPAN_LAYERS:
        if layer in layers:
            labels = {item.id: label_of(item) for item in items_of_layer(second, layer)}
            matches = counts.matches.of_layer(layer)
            for item in items_of_layer(first, layer):
                other = labels.get(matches.get(item.id, ""))
                if other is not None and other != label_of(item):
                    found.setdefault((layer, label_of(item)), Counter())[other] += 1
    return found
