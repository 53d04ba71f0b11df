"""Placing regions in the text by their offsets, with the quoted texts as proof.

Exports differ in two ways. Offsets may count code points, UTF-16 units or bytes, which is decided
once for all regions of a result. Quotes have white space as the page displays it: collapsed, with
line ends as a literal ``\\n``; so quotes are compared without white space.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from dateline.label_studio.convert.problems import quoted
from dateline.model import Range, Struct
from dateline.rendering.listing import counted

NEARBY = 20
"""How far, in code points, a quote may be from its offsets."""

_BLANK = re.compile(r"\\[nrt]|[\s\u200b\u2060\ufeff]")


class Written(Struct, frozen=True):
    """Where a region is according to its row: offsets of any type, and a quote or an empty text."""

    start: object
    end: object
    quote: str


class Place(Struct, frozen=True):
    """The range of a region, None if there is none, and what is irregular about it.

    ``effect`` is what was done about the irregularity; ``repaired`` as in ResultProblem.
    """

    range: Range | None
    message: str = ""
    effect: str = ""
    repaired: bool = False


def as_displayed(text: str) -> str:
    r"""A span of text as the page quotes it: each line-end character as a literal ``\n``."""
    return re.sub(r"[\r\n]", r"\\n", text)


def place_regions(text: str, regions: Sequence[Written]) -> tuple[str, list[Place]]:
    """A note on the unit of the offsets (empty for code points), and the place of each region."""
    placer = _Placer(text, regions)
    return placer.note, [placer.place(region) for region in regions]


class _Placer:
    def __init__(self, text: str, regions: Sequence[Written]) -> None:
        self._text = text
        units = _units(text)
        fitting = {
            name: sum(
                _same(text[slice(*found)], region.quote)
                for region in regions
                if region.quote and (found := _range(region, starts))
            )
            for name, starts in units.items()
        }
        unit = max(fitting, key=lambda name: fitting[name])
        self._starts = units[unit]
        # Without a quote that shows the unit, the places in these units are as likely.
        self._alternatives = [
            units[name] for name in (_UTF16,) if name in units and fitting[name] == fitting[unit]
        ]
        self.note = "" if unit == _CODE_POINTS else f"the offsets count {unit}; they were converted"

    def place(self, region: Written) -> Place:
        if _offset(region.start) is None or _offset(region.end) is None:
            offsets = f"{_shown(region.start)} and {_shown(region.end)}"
            return Place(range=None, message=f"its offsets are {offsets}, not two integers")
        found = _range(region, self._starts)
        quote = _without_blanks(region.quote)
        if found is not None and not quote:
            return self._unquoted(region, found)
        if found is not None and _without_blanks(self._text[slice(*found)]) == quote:
            return Place(range=found)
        near = self._near(region, quote) if quote else []
        written = f"[{region.start}, {region.end}]"
        if len(near) == 1:
            message = f"was moved from {written} to {[*near[0]]}, where its quoted text is"
            return Place(range=near[0], message=message, repaired=True)
        times = f"which occurs {counted(len(near), 'time')} nearby" if near else "not found nearby"
        if found is None:
            message = f"{written} is empty or beyond the text"
            return Place(range=None, message=f"{message}; quoted as {quoted(region.quote)}, {times}"
                         if quote else message)  # fmt: skip
        return Place(
            range=found,
            message=f"is quoted as {quoted(region.quote)}, {times}, but {written} is "
            f"{quoted(self._text[slice(*found)])}",
            effect="the offsets are used",
        )

    def _unquoted(self, region: Written, found: Range) -> Place:
        for starts in self._alternatives:
            other = _range(region, starts)
            if other is not None and other != found:
                return Place(
                    range=found,
                    message=(
                        "has no quoted text, so its offsets may be code points or UTF-16 units"
                    ),
                    effect="read as code points",
                )
        return Place(range=found)

    def _near(self, region: Written, quote: str) -> list[Range]:
        """The ranges that a quote without blanks has near both of the region's offsets."""
        kept, places = self._squeezed
        start, end = (
            bisect_left(self._starts, _offset(o) or 0) for o in (region.start, region.end)
        )
        at = bisect_left(places, start - NEARBY)
        last = bisect_left(places, start + NEARBY + 1) - 1 + len(quote)
        found = []
        while (at := kept.find(quote, at, last)) >= 0:
            found.append((places[at], places[at + len(quote) - 1] + 1))
            at += 1
        return [(first, stop) for first, stop in found if abs(stop - end) <= NEARBY]

    @cached_property
    def _squeezed(self) -> tuple[str, Sequence[int]]:
        """The text without blanks, and the offset of each of its characters."""
        blank = {at for match in _BLANK.finditer(self._text) for at in range(*match.span())}
        places = [at for at in range(len(self._text)) if at not in blank]
        return "".join(self._text[at] for at in places), places


_CODE_POINTS, _UTF16, _BYTES = "code points", "UTF-16 units", "bytes in UTF-8"


def _units(text: str) -> dict[str, Sequence[int]]:
    """By unit, the offset of each character and of the end; only units that differ here."""
    units: dict[str, Sequence[int]] = {_CODE_POINTS: range(len(text) + 1)}
    if any(character > "\uffff" for character in text):
        units[_UTF16] = [*accumulate((1 + (c > "\uffff") for c in text), initial=0)]
    if not text.isascii():
        sizes = (1 + (c > "\x7f") + (c > "\u07ff") + (c > "\uffff") for c in text)
        units[_BYTES] = [*accumulate(sizes, initial=0)]
    return units


def _range(region: Written, starts: Sequence[int]) -> Range | None:
    """The region's range in code points, None if it is not one; ``starts`` is the unit's."""
    first, last = (_index(_offset(offset), starts) for offset in (region.start, region.end))
    return (first, last) if first is not None and last is not None and first < last else None


def _index(offset: int | None, starts: Sequence[int]) -> int | None:
    if offset is None:
        return None
    index = bisect_left(starts, offset)
    return index if index < len(starts) and starts[index] == offset else None


def _offset(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _same(text: str, quote: str) -> bool:
    return _without_blanks(text) == _without_blanks(quote)


def _without_blanks(text: str) -> str:
    return _BLANK.sub("", text)


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= 40 else f"{text[:40]}…"
