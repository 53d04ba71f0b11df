"""A small picture of where in a text its items are."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.annotations.items import spans_of, text_items
from dateline.model import Annotation

BINS = 32
"""Stretches of equal length that a text is divided into."""

HEIGHT = 18


def bins(annotation: Annotation, length: int) -> list[int]:
    """The number of mentions, events and claims that start in each stretch of a text."""
    counts = [0] * BINS
    for item in text_items(annotation).values():
        counts[min(BINS - 1, spans_of(item)[0].start * BINS // max(length, 1))] += 1
    return counts


def bars(counts: Iterable[int]) -> str:
    """The path of a bar for each count, in an SVG that is 4 wide for each and `HEIGHT` high."""
    counts = list(counts)
    most = max(counts, default=0) or 1
    return "".join(
        f"M{4 * at} {HEIGHT}v-{max(1, round(HEIGHT * count / most))}h3v{HEIGHT}z"
        for at, count in enumerate(counts)
        if count
    )
