"""Keywords in context: parts of a text with what is before and after them, on one line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dateline.rendering.printable import printable

MORE = "…"
"""In place of text that is left out."""

_POINTS_PER_CELL = 4
"""Code points that are looked at for each cell: marks take none."""

Piece = tuple[str, bool]
"""A part of a line, and whether it is a keyword."""


class Line(NamedTuple):
    """The text before the first keyword, the keywords with what is between, the text after."""

    before: str
    pieces: Sequence[Piece]
    after: str

    @property
    def shown(self) -> list[Piece]:
        """The pieces with keywords in brackets."""
        return [
            (f"[{text}]" if is_keyword else text, is_keyword) for text, is_keyword in self.pieces
        ]

    @property
    def text(self) -> str:
        """The whole line, with keywords in brackets."""
        return f"{self.before}{''.join(text for text, _ in self.shown)}{self.after}"


def in_context(text: str, ranges: Iterable[tuple[int, int]], cells: int) -> Line:
    """The fragments of a text as keywords, with at most this many cells of text on each side.

    ``ranges`` are offsets in code points; they may overlap. What is between two fragments is cut in
    the middle if it has more than twice as many cells. White space is a space, and what could
    control a terminal is escaped.
    """
    merged = _merged(ranges)
    first, last = merged[0][0], merged[0][0]
    pieces: list[Piece] = []
    for start, end in merged:
        if last < start:
            pieces.append((_between(text[last:start], cells), False))
        pieces.append((_on_one_line(text[start:end]), True))
        last = end
    return Line(_end_of(text[:first], cells), pieces, _start_of(text[last:], cells))


def padded(text: str, cells: int, *, left: bool = False) -> str:
    """The text with spaces after it, or with ``left`` before it, so that it has as many cells."""
    spaces = " " * (cells - cell_len(text))
    return spaces + text if left else text + spaces


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, and those that overlap or touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _on_one_line(text: str) -> str:
    return printable(re.sub(r"\s+", " ", text))


def _between(text: str, cells: int) -> str:
    end = _end_of(text, cells)
    if not end.startswith(MORE):
        return end
    shown = _start_of(text, 2 * cells)
    return _start_of(text, cells) + end.removeprefix(MORE) if shown.endswith(MORE) else shown


def _start_of(text: str, cells: int) -> str:
    points = cells * _POINTS_PER_CELL
    shown = _on_one_line(text[:points])
    if len(text) <= points and cell_len(shown) <= cells:
        return shown
    return shown[: _fitting(shown, cells - 1)] + MORE


def _end_of(text: str, cells: int) -> str:
    points = cells * _POINTS_PER_CELL
    shown = _on_one_line(text[max(0, len(text) - points) :])
    if len(text) <= points and cell_len(shown) <= cells:
        return shown
    first = len(shown) - _fitting(shown[::-1], cells - 1)
    while first < len(shown) and _joins(shown[first]):
        first += 1
    return MORE + shown[first:]


def _fitting(text: str, cells: int) -> int:
    """How many of the first code points of a text have at most this many cells."""
    for number, character in enumerate(text):
        cells -= cell_len(character)
        if cells < 0:
            return number
    return len(text)


def _joins(character: str) -> bool:
    """Whether a character is shown as a part of the one before it."""
    return unicodedata.category(character) in ("Mn", "Me", "Mc") or character == "\u200d"
