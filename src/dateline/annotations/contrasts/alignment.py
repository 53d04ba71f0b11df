"""Alignment of the tokens of a text with those of an edited copy of it.

The alignment has the smallest edit distance (Wagner and Fischer, 1974), in which a token that is
replaced costs less than one that is removed and one that is added. It is searched in a band around
the diagonal that is widened until it holds the best path (Ukkonen, 1985), so that a small edit of a
long text is found quickly.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

Pair = tuple[int | None, int | None]
"""The position of a token before and after the edit; None where one side lacks it."""

_BAND = 8
"""Half of the width of the first band, in tokens."""

_WIDEST = 64
"""Half of the width of the last band: texts with more differences are not an edit of each other."""

_INFINITE = float("inf")


def align(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """The tokens of both sides in order, each in one pair; those that match form a pair.

    If more than 64 tokens differ, no token between the first and the last difference has a match.
    """
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    left, right = before[start : len(before) - end], after[start : len(after) - end]
    pairs: list[Pair] = [(number, number) for number in range(start)]
    for one, other in _aligned(left, right):
        pairs.append(
            (None if one is None else one + start, None if other is None else other + start)
        )
    pairs += [(len(before) - n, len(after) - n) for n in range(end, 0, -1)]
    return pairs


def _aligned(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    band = _BAND
    while band <= _WIDEST:
        cost, pairs = _in_band(left, right, band)
        # A path outside of the band has more removed and added tokens than the band is wide.
        if cost <= band:
            return pairs
        band *= 2
    return [*((one, None) for one in range(len(left))), *((None, n) for n in range(len(right)))]


def _in_band(left: Sequence[str], right: Sequence[str], band: int) -> tuple[float, list[Pair]]:
    """The cost of the best path of which every point is at most ``band`` from the diagonal."""
    if abs(len(left) - len(right)) > band:
        return _INFINITE, []
    rows: list[dict[int, float]] = []
    for one in range(len(left) + 1):
        row: dict[int, float] = {}
        for other in range(max(0, one - band), min(len(right), one + band) + 1):
            row[other] = min(
                (cost for cost, _ in _steps(left, right, rows, row, one, other)), default=0.0
            )
        rows.append(row)
    pairs: list[Pair] = []
    one, other = len(left), len(right)
    while one or other:
        steps = _steps(left, right, rows, rows[one], one, other)
        _, (down, across) = min(steps, key=lambda step: step[0])
        one, other = one - down, other - across
        pairs.append((one if down else None, other if across else None))
    return rows[-1][len(right)], pairs[::-1]


def _steps(
    left: Sequence[str],
    right: Sequence[str],
    rows: Sequence[dict[int, float]],
    row: dict[int, float],
    one: int,
    other: int,
) -> list[tuple[float, tuple[int, int]]]:
    """The ways to a point: what the path costs then, and how many tokens of each side it takes."""
    steps = []
    if one and other:
        cost = rows[one - 1].get(other - 1, _INFINITE) + _cost(left[one - 1], right[other - 1])
        steps.append((cost, (1, 1)))
    if other:
        steps.append((row.get(other - 1, _INFINITE) + 1, (0, 1)))
    if one:
        steps.append((rows[one - 1].get(other, _INFINITE) + 1, (1, 0)))
    return steps


def _cost(one: str, other: str) -> float:
    """0 for the same token, from 1 to 1.5 for another: the less, the longer their common start."""
    if one == other:
        return 0.0
    letters = zip(one.casefold(), other.casefold(), strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], letters))
    return 1.5 - common / (2 * max(len(one), len(other), common))
