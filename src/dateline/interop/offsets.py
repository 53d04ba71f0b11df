"""Offsets of a source: the unit they count is recognized, and proved by the quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from dateline.errors import InvalidInputError
from dateline.model import Range

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
            ranges = [(places.get(s, -1), places.get(e, -1)) for s, e in item.ranges]
            found = "".join(text[start:end] for start, end in ranges)
            if not all(0 <= s < e for s, e in ranges) or not _same(found, item.quote):
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

    ``place`` names an item by its index, and ``whole`` all of them. Raises InvalidInputError if
    there is another text than a quote at its ranges.
    """
    found = in_code_points(text, items)
    if found is not None:
        return found[1]
    for index, item in enumerate(items):
        if in_code_points(text, [item]) is None:
            raise InvalidInputError(
                f"{place(index)} has another text at its offsets. Correct the offsets or the text."
            )
    raise InvalidInputError(
        f"{whole}: its offsets count code points in some items and other units in others. "
        "Correct the offsets."
    )


def _same(some: str, other: str) -> bool:
    return some == other or "".join(some.split()) == "".join(other.split())
