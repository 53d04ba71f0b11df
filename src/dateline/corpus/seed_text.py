"""The text that a seed becomes when ranges of it are dropped or replaced, and offsets in both.

Ranges are sorted and disjoint. All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from dateline.model import Dropped, Range


def text_of_seed(seed: str, dropped: Sequence[Dropped]) -> str:
    """The seed with these ranges dropped, or replaced."""
    kept, position = [], 0
    for cut in dropped:
        kept += [seed[position : cut.start], cut.replacement]
        position = cut.end
    return "".join([*kept, seed[position:]])


class SeedOffsets:
    """Finds ranges of a text in its seed."""

    def __init__(self, dropped: Sequence[Dropped]) -> None:
        self._dropped = dropped
        self._starts = [start for start, _ in _places(dropped)]
        self._ends = [end for _, end in _places(dropped)]

    def range_of(self, start: int, end: int) -> Range:
        """The smallest range of the seed that has become a range of the text, which is not empty.

        Where nothing was dropped or replaced within the range, both have the same characters. A
        character of a replacement comes from all of the range that was replaced.
        """
        return self._range_of_character(start)[0], self._range_of_character(end - 1)[1]

    def _range_of_character(self, offset: int) -> Range:
        position = bisect_right(self._starts, offset) - 1
        if position < 0:
            return offset, offset + 1
        cut = self._dropped[position]
        if offset < self._ends[position]:
            return cut.start, cut.end
        place = cut.end + offset - self._ends[position]
        return place, place + 1


def composed(text: str, first: Sequence[Dropped], second: Sequence[Dropped]) -> tuple[Dropped, ...]:
    """The ranges of a seed that have the effect of ``first``, and of ``second`` afterwards.

    ``text`` is the one that ``first`` makes of the seed, and ``second`` has ranges of it, none of
    them empty. Ranges that overlap become one.
    """
    offsets = SeedOffsets(first)
    second_places = [(cut.start, cut.end) for cut in second]
    found: list[Dropped] = []
    for start, end, ones, others in _clusters(list(_places(first)), second_places):
        # A cluster without text is one range of the seed that was dropped before.
        low, high = (
            offsets.range_of(start, end)
            if start < end
            else (first[ones[0]].start, first[ones[0]].end)
        )
        changed = [first[i] for i in ones] + [second[i] for i in others]
        within = [
            replace(second[i], start=second[i].start - start, end=second[i].end - start)
            for i in others
        ]
        reasons = dict.fromkeys(reason for cut in changed for reason in reasons_of(cut))
        found.append(
            Dropped(
                start=low,
                end=high,
                reason=", ".join(reasons),
                replacement=text_of_seed(text[start:end], within),
            )
        )
    return tuple(found)


def reasons_of(cut: Dropped) -> list[str]:
    """The reasons for a range, which has several if it was changed several times."""
    return cut.reason.split(", ")


def _places(dropped: Sequence[Dropped]) -> Iterator[Range]:
    """Where the replacements are in the text."""
    shift = 0
    for cut in dropped:
        start = cut.start + shift
        end = start + len(cut.replacement)
        yield start, end
        shift += len(cut.replacement) - (cut.end - cut.start)


def _clusters(
    ones: Sequence[Range], others: Sequence[Range]
) -> Iterator[tuple[int, int, list[int], list[int]]]:
    """Ranges that overlap, directly or by others: start, end, and the positions in both lists."""
    ranges = sorted(
        [(*place, False, i) for i, place in enumerate(ones)]
        + [(*place, True, i) for i, place in enumerate(others)]
    )
    cluster: tuple[int, int, list[int], list[int]] | None = None
    for start, end, is_other, position in ranges:
        if cluster is None or start >= cluster[1]:
            if cluster is not None:
                yield cluster
            cluster = start, end, [], []
        low, high, first, second = cluster
        (second if is_other else first).append(position)
        cluster = low, max(high, end), first, second
    if cluster is not None:
        yield cluster
