"""Simulated annotators, of whom some worsen, as comparisons for the test of drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from dateline.agreement.counts import PairCount
from dateline.model import GOLD
from dateline.quality.comparison import Comparison

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEAM = ("ana", "bo", "cy")


def worked(
    seed: int,
    falls: Mapping[str, float],
    documents: int = 100,
    names: Sequence[str] = TEAM,
    *,
    gold: bool = True,
) -> list[Comparison]:
    """Comparisons of annotators who make the same errors throughout, or more and more.

    All share all documents, which differ in size and difficulty; the log odds of a right decision
    are about 2 (88%). ``falls`` is by how much somebody's fall from the first document to the last.
    Each annotator has their own order of them. Every second document is a gold question.
    """
    generator = np.random.default_rng(seed)
    sizes = 1 + generator.negative_binomial(2, 2 / 22, documents)
    difficulty = generator.normal(2, 0.5, documents)
    right, times = {}, {}
    for name in names:
        order = generator.permutation(documents)
        times[name] = [START + timedelta(hours=int(n)) for n in order]
        skill = difficulty - falls.get(name, 0) * order / documents
        shares = 1 / (1 + np.exp(-skill))
        right[name] = [generator.random(n) < share for n, share in zip(sizes, shares, strict=True)]
    if gold:
        right[GOLD] = [np.ones(n, bool) for n in sizes]
    return [
        Comparison(
            annotator=one,
            other=other,
            document=f"d{number}",
            time=times[one][number],
            total=PairCount(
                common=int((right[one][number] & right[other][number]).sum()),
                first=int(sizes[number]),
                second=int(sizes[number]),
            ),
        )
        for one in names
        for other in right
        if one != other
        for number in range(documents)
        if other != GOLD or number % 2 == 0
    ]
