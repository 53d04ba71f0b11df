"""Removal of boilerplate from a seed, and conversion of offsets between copies of a text.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from dateline.model import Dropped, Struct
from dateline.ontology.patterns import matcher

BYTE_ORDER_MARK = "\ufeff"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
# A character of ASCII never combines with the ones before it, so each part is normalized alone.
_COMPOSABLE = re.compile(r"[\0-\x7f]?[^\0-\x7f]+")


class Edit(NamedTuple):
    """A range that is replaced by other text."""

    start: int
    end: int
    replacement: str


class Reading(Struct, frozen=True):
    """A text that a copy may stand for, and the steps that lead to it: sorted, disjoint edits."""

    text: str
    steps: tuple[tuple[Edit, ...], ...] = ()

    def offset(self, offset: int) -> int:
        """The offset in the text of a place in the copy; in a removed range, that of its start."""
        for step in self.steps:
            offset = _moved(offset, step)
        return offset


def readings(
    copy: str, patterns: Iterable[str] = (), dropped: Sequence[Dropped] = ()
) -> Iterator[Reading]:
    """Every text that a copy of a seed or of a document's text may stand for, the likeliest first.

    These are the copy as it came, without byte order mark, without the boilerplate lines that match
    ``patterns``, and without the ranges ``dropped`` from a document's seed; each of them as it is
    and in the Unicode normalizations NFC and NFD, with the line ends LF, CRLF and CR, and with one
    line end or none at the end. Compare hashes to find the one that is meant.
    """
    _, boilerplate = drop_boilerplate(copy, patterns)
    cuts = [(), boilerplate[:1] if copy.startswith(BYTE_ORDER_MARK) else (), boilerplate]
    if dropped and dropped[-1].end <= len(copy):
        cuts.append(tuple(dropped))
    seen: set[str] = set()
    for cut in dict.fromkeys(cuts):
        start = _edited(Reading(text=copy), [Edit(c.start, c.end, "") for c in cut])
        for form in (None, "NFC", "NFD"):
            normal = _edited(start, _normalization(start.text, form))
            for line_end in (None, "\n", "\r\n", "\r"):
                lines = _edited(normal, _line_ends(normal.text, line_end))
                for last in (None, "", line_end or "\n"):
                    reading = _edited(lines, _last_line_end(lines.text, last))
                    if reading.text not in seen:
                        seen.add(reading.text)
                        yield reading


def drop_boilerplate(seed: str, patterns: Iterable[str]) -> tuple[str, tuple[Dropped, ...]]:
    """The seed without boilerplate lines, and the dropped ranges of the seed.

    A line is boilerplate if one of the patterns matches it completely, ignoring surrounding
    whitespace. Its line ending is dropped too, as is a byte order mark at the start of the seed.
    Raises InvalidInputError for a pattern that is not one.
    """
    dropped: list[Dropped] = []
    if seed.startswith(BYTE_ORDER_MARK):
        dropped.append(Dropped(start=0, end=1, reason="byte order mark"))
    matchers = [matcher(pattern) for pattern in patterns]
    for line in _LINE.finditer(seed):
        content = line.group().strip(f" \t\r\n{BYTE_ORDER_MARK}")
        if content and any(matches(content) for matches in matchers):
            start = max(line.start(), dropped[-1].end if dropped else 0)
            dropped.append(Dropped(start=start, end=line.end(), reason="boilerplate"))
    return remove(seed, dropped), tuple(dropped)


def remove(seed: str, dropped: Sequence[Dropped]) -> str:
    """The seed without the dropped ranges, which are sorted and disjoint."""
    kept, position = [], 0
    for cut in dropped:
        kept.append(seed[position : cut.start])
        position = cut.end
    return "".join([*kept, seed[position:]])


def seed_offset(offset: int, dropped: Iterable[Dropped]) -> int:
    """The offset in the decoded seed of a character of the text.

    To convert the end of a range, which is exclusive, convert its last character and add one.
    """
    for cut in dropped:
        if offset >= cut.start:
            offset += cut.end - cut.start
    return offset


def _edited(reading: Reading, edits: Sequence[Edit]) -> Reading:
    if not edits:
        return reading
    parts, position = [], 0
    for edit in edits:
        parts += [reading.text[position : edit.start], edit.replacement]
        position = edit.end
    text = "".join([*parts, reading.text[position:]])
    return Reading(text=text, steps=(*reading.steps, tuple(edits)))


def _moved(offset: int, edits: Sequence[Edit]) -> int:
    moved = offset
    for edit in edits:
        if offset <= edit.start:
            break
        if offset < edit.end:
            return moved - offset + edit.start + min(offset - edit.start, len(edit.replacement))
        moved += len(edit.replacement) - (edit.end - edit.start)
    return moved


def _normalization(text: str, form: Literal["NFC", "NFD"] | None) -> list[Edit]:
    if form is None or unicodedata.is_normalized(form, text):
        return []
    return [
        Edit(part.start(), part.end(), normal)
        for part in _COMPOSABLE.finditer(text)
        if (normal := unicodedata.normalize(form, part.group())) != part.group()
    ]


def _line_ends(text: str, wanted: str | None) -> list[Edit]:
    if wanted is None:
        return []
    return [
        Edit(end.start(), end.end(), wanted)
        for end in _LINE_END.finditer(text)
        if end.group() != wanted
    ]


def _last_line_end(text: str, wanted: str | None) -> list[Edit]:
    body = len(text.rstrip("\r\n"))
    if wanted is None or text[body:] == wanted:
        return []
    return [Edit(body, len(text), wanted)]
