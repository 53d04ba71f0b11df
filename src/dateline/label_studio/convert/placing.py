"""Placing regions in the text by their offsets, with the quoted texts as proof.

Exports differ in three ways. Offsets may count code points, UTF-16 units or bytes, which is decided
once for all regions of a result. Quotes have white space as the page displays it: collapsed, with
line ends as a literal ``\\n``; so quotes are compared without white space. And programs write an
accented letter as one code point or as two (NFC, NFD); both are taken as equal.

Where the offsets have another text than the quote, the quote decides if it shows one place.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

import regex

from dateline.label_studio.convert.problems import quoted
from dateline.model import Range, Struct
from dateline.rendering.listing import counted

NEARBY = 20
"""How far, in code points, a quote that occurs several times may be from its offsets."""

_BLANK = re.compile(r"\\[nrt]|[\s\u200b\u2060\ufeff]")
_CLUSTER = regex.compile(r"\X")
_BORDER = "\0"


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
        if found is not None and region.quote and _same(self._text[slice(*found)], region.quote):
            return Place(range=found)
        if found is not None and not quote:
            return self._unquoted(region, found)
        written = f"[{region.start}, {region.end}]"
        other, times = self._elsewhere(region) if quote else (None, "")
        if other is not None:
            message = f"was moved from {written} to {[*other]}, {times}"
            return Place(range=other, message=message, repaired=True)
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

    def _elsewhere(self, region: Written) -> tuple[Range | None, str]:
        """The place that the region's quote shows, None if it shows none or several; and why."""
        quote = _Clusters(region.quote).text
        text = self._clusters.text
        first = text.find(quote)
        if first < 0:
            return None, "not found in the text"
        if text.find(quote, first + 1) < 0:
            return self._clusters.range(first, quote), "the only place with its quoted text"
        start = bisect_left(self._starts, _offset(region.start) or 0)
        ranges = [self._clusters.range(at, quote) for at in self._around(start, quote)]
        (nearest, place), (next_nearest, _), *_ = sorted((abs(r[0] - start), r) for r in ranges)
        if nearest <= NEARBY and next_nearest > 2 * nearest:
            return place, "the nearest of several places with its quoted text"
        return None, f"which occurs {counted(text.count(quote), 'time')} in the text"

    def _around(self, start: int, quote: str) -> list[int]:
        """The two occurrences of a quote before an offset, and the two from it on."""
        text = self._clusters.text
        middle = self._clusters.position(start)
        found = []
        at = middle - 1
        for _ in range(2):
            at = text.find(quote, at + 1)
            if at < 0:
                break
            found.append(at)
        end = middle + len(quote) - 1
        for _ in range(2):
            at = text.rfind(quote, 0, max(end, 0))
            if at < 0:
                break
            found.append(at)
            end = at + len(quote) - 1
        return found

    @cached_property
    def _clusters(self) -> _Clusters:
        return _Clusters(self._text)


class _Clusters:
    """A text as one string of its characters, to be searched for quotes.

    A character is what a reader takes for one (a grapheme cluster), without blanks and in NFD. Each
    has ``_BORDER`` on both sides, so that a quote is not found within a character.
    """

    def __init__(self, text: str) -> None:
        blank = {at for match in _BLANK.finditer(text) for at in range(*match.span())}
        places = [at for at in range(len(text)) if at not in blank]
        found = list(_CLUSTER.finditer("".join(text[at] for at in places)))
        normal = [_nfd(cluster.group()) for cluster in found]
        self.text = _BORDER + "".join(f"{cluster}{_BORDER}" for cluster in normal)
        self._positions = [*accumulate((len(cluster) + 1 for cluster in normal), initial=0)]
        self._ranges = [(places[c.start()], places[c.end() - 1] + 1) for c in found]

    def position(self, offset: int) -> int:
        """The position in ``text`` of the first character at or after an offset."""
        return self._positions[bisect_left(self._ranges, (offset, 0))]

    def range(self, position: int, quote: str) -> Range:
        """The range of a quote at a position in ``text``."""
        first, end = (bisect_left(self._positions, position + n) for n in (0, len(quote) - 1))
        return self._ranges[first][0], self._ranges[end - 1][1]


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
    one, other = _without_blanks(text), _without_blanks(quote)
    return one == other or _nfd(one) == _nfd(other)


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _without_blanks(text: str) -> str:
    return _BLANK.sub("", text)


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= 40 else f"{text[:40]}…"
