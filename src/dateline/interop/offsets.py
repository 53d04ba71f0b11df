"""Offsets of a source: the unit they count is recognized, and proved by the quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from dateline.interop.problems import refusal
from dateline.model import Range
from dateline.text import excerpt

Size = Callable[[str], int]

UNITS: dict[str, Size] = {
    "code points": lambda _: 1,
    "UTF-16 code units": lambda character: 1 + (character > "\uffff"),
    "code points with CR LF as one": lambda character: int(character != "\r"),
    "bytes of UTF-8": lambda character: len(character.encode("utf-8", "surrogatepass")),
}
"""What offsets may count, and how many each character has of it."""


class Quoted(NamedTuple):
    """The ranges of an item, and its quote: the texts of all ranges, one after the other."""

    ranges: Sequence[Range]
    quote: str


def in_code_points(text: str, items: Sequence[Quoted]) -> tuple[str, list[list[Range]]] | None:
    """The unit that the offsets count, and the ranges in code points; None if no unit fits.

    All quotes must be at their offsets; blanks are not compared, as formats change line ends.
    Without any item, the unit is code points.
    """
    for unit in UNITS:
        places = places_of(text, unit)
        converted = []
        for item in items:
            ranges = _converted(text, item, places)
            if ranges is None:
                break
            converted.append(ranges)
        else:
            return unit, converted
    return None


def places_of(text: str, unit: str) -> dict[int, int]:
    """The offset in code points of each offset in this unit that is between two characters."""
    places: dict[int, int] = {}
    for at, end in enumerate(accumulate(map(UNITS[unit], text), initial=0)):
        places.setdefault(end, at)
    return places


def proved(
    text: str, items: Sequence[Quoted], place: Callable[[int], str], whole: str
) -> list[list[Range]]:
    """The ranges in code points.

    ``place`` names an item by its index, and ``whole`` all of them. Raises InvalidInputError with
    all that `unproved` says.
    """
    found = in_code_points(text, items)
    if found is None:
        raise refusal(unproved(text, items, place, whole))
    return found[1]


def unproved(
    text: str, items: Sequence[Quoted], place: Callable[[int], str], whole: str
) -> Iterator[str]:
    """The items that have another text than their quote, in words, where no unit fits all."""
    tables = {unit: places_of(text, unit) for unit in UNITS}
    fitting = [
        [unit for unit, places in tables.items() if _converted(text, item, places) is not None]
        for item in items
    ]
    if all(fitting):
        yield (
            f"{whole}: its offsets count code points in some items and other units in others. "
            "Correct the offsets."
        )
        return
    counts = Counter(unit for units in fitting for unit in units)
    usual = max(tables, key=lambda unit: counts[unit])  # the first of several
    for index, item in enumerate(items):
        if not fitting[index]:
            yield f"{place(index)} {_difference(text, item, tables[usual])}"


def _converted(text: str, item: Quoted, places: Mapping[int, int]) -> list[Range] | None:
    """The ranges in code points; None where the text has not the quote there."""
    ranges = [(places.get(s, -1), places.get(e, -1)) for s, e in item.ranges]
    found = "".join(text[start:end] for start, end in ranges)
    if not all(0 <= s < e for s, e in ranges) or not _same(found, item.quote):
        return None
    return ranges


def _difference(text: str, item: Quoted, places: Mapping[int, int]) -> str:
    """What the text has at the ranges of an item in the place of its quote."""
    last = max(places)
    if any(end > last for _, end in item.ranges):
        return f"ends after the text, which ends at {last:,}. Correct the offsets or the text."
    found = "".join(text[places.get(s, 0) : places.get(e, 0)] for s, e in item.ranges)
    return (
        f'has another text at its offsets: "{excerpt(found)}", expected "{excerpt(item.quote)}". '
        "Correct the offsets or the text."
    )


def _same(some: str, other: str) -> bool:
    return some == other or "".join(some.split()) == "".join(other.split())
