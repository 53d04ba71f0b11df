"""Whether the agreement of annotators falls with time, and which labels they use differently.

If one annotator differs, so do all others from that one. So an annotator with several others is
tested without each of them in turn, and the largest p value counts: agreement has to fall, or a
label to be used differently, whichever of the others is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from dateline.agreement.counts import PairCount
from dateline.metrics.counts import FloatArray
from dateline.metrics.permutation import decline, smallest_uneven, uneven
from dateline.metrics.significance import holm
from dateline.model import GOLD
from dateline.quality.comparison import Comparison, Label, by_document, f1_of
from dateline.quality.report import ALPHA, OTHERS, Drift, LabelUse

FEWEST_DOCUMENTS = 6
"""Documents with known times that a test of drift needs: five have only 120 orders."""


def find_drift(comparisons: Iterable[Comparison], seed: int) -> list[Drift]:
    """A test for each annotator against gold, and one against the others, sorted."""
    timed = [one for one in comparisons if one.time is not None]
    found = [_drift(*key, some, seed) for key, some in sorted(_groups(timed).items())]
    adjusted = holm([one.p for one in found])
    return [
        replace(one, adjusted=p, flagged=p is not None and p <= ALPHA)
        for one, p in zip(found, adjusted, strict=True)
    ]


def find_label_uses(comparisons: Iterable[Comparison], seed: int) -> list[LabelUse]:
    """Each annotator's use of each label, compared with others but not with gold, sorted."""
    groups = _groups([one for one in comparisons if one.other != GOLD])
    found = []
    for (annotator, against), some in groups.items():
        labels = sorted({label for one in some for label in one.labels})
        parts = [*_without_each(some)]
        adjusted: list[float] | list[None] = [None] * len(labels)
        if len(groups) * smallest_uneven(min(len({x.document for x in p}) for p in parts)) <= ALPHA:
            values = [_p_values(part, labels, seed) for part in parts]
            adjusted = np.minimum(np.max(values, axis=0, initial=0) * len(groups), 1).tolist()
        found += [
            _label_use(annotator, against, label, some, p)
            for label, p in zip(labels, adjusted, strict=True)
        ]
    return found


def _groups(comparisons: Sequence[Comparison]) -> dict[tuple[str, str], list[Comparison]]:
    """Comparisons by annotator and by whom to test against."""
    found: dict[tuple[str, str], list[Comparison]] = {}
    for name in sorted({one.annotator for one in comparisons}):
        own = [one for one in comparisons if one.annotator == name]
        others = {one.other for one in own} - {GOLD}
        against = OTHERS if len(others) > 1 else next(iter(others), OTHERS)
        for one in own:
            found.setdefault((name, GOLD if one.other == GOLD else against), []).append(one)
    return found


def _without_each(comparisons: Sequence[Comparison]) -> Iterator[Sequence[Comparison]]:
    others = sorted({one.other for one in comparisons})
    if len(others) == 1:
        yield comparisons
        return
    for left_out in others:
        yield [one for one in comparisons if one.other != left_out]


def _drift(annotator: str, against: str, some: Sequence[Comparison], seed: int) -> Drift:
    times = {one.document: one.time for one in some if one.time is not None}
    counts = by_document(some)
    ordered = sorted(counts, key=lambda document: (times[document], document))
    half = len(ordered) // 2
    p = None
    parts = [by_document(part) for part in _without_each(some)]
    if min(map(len, parts)) >= FEWEST_DOCUMENTS:
        p = max(_decline(part, times, seed) for part in parts)
    earlier, later = (
        f1_of(sum((counts[document] for document in part), PairCount()))
        for part in (ordered[:half], ordered[half:])
    )
    return Drift(
        annotator=annotator,
        against=against,
        documents=len(ordered),
        earlier=earlier,
        later=later,
        p=p,
        adjusted=None,
        flagged=False,
    )


def _decline(counts: Mapping[str, PairCount], times: Mapping[str, datetime], seed: int) -> float:
    order = {time: number for number, time in enumerate(sorted({*times.values()}))}
    rows = [(2 * n.common, n.first + n.second, order[times[name]]) for name, n in counts.items()]
    hits, sizes, when = np.array(rows, np.float64).T
    return decline(hits, sizes, when, seed)


def _p_values(some: Sequence[Comparison], labels: Sequence[Label], seed: int) -> FloatArray:
    """The p value of each label: whether own and other numbers differ over documents."""
    documents = {name: row for row, name in enumerate(dict.fromkeys(one.document for one in some))}
    sides = np.zeros((2, len(documents), len(labels)))
    others = np.zeros(len(documents))
    for one in some:
        row = documents[one.document]
        others[row] += 1
        for column, label in enumerate(labels):
            count = one.labels.get(label)
            if count is not None:
                sides[:, row, column] += count.first, count.second
    own, other = sides / others[:, None]
    return uneven(own, other, seed)


def _label_use(
    annotator: str, against: str, label: Label, some: Sequence[Comparison], p: float | None
) -> LabelUse:
    counts: dict[str, list[PairCount]] = {}
    for one in some:
        counts.setdefault(one.document, []).append(one.labels.get(label, PairCount()))
    instead = sum((one.instead.get(label, Counter()) for one in some), Counter[str]())
    total = sum((count for of_one in counts.values() for count in of_one), PairCount())
    most = instead.most_common(1)
    return LabelUse(
        annotator=annotator,
        against=against,
        layer=label[0],
        label=label[1],
        own=sum(max(count.first for count in of_one) for of_one in counts.values()),
        others=sum(
            sum(count.second for count in of_one) / len(of_one) for of_one in counts.values()
        ),
        value=f1_of(total),
        instead=most[0][0] if most else None,
        adjusted=p,
        flagged=p is not None and p <= ALPHA,
    )
