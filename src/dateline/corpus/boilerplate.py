"""Removal of boilerplate from a seed, and conversion of offsets between seed and text.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dateline.model import Dropped

BYTE_ORDER_MARK = "\ufeff"


def drop_boilerplate(seed: str, patterns: Iterable[str]) -> tuple[str, tuple[Dropped, ...]]:
    """The seed without boilerplate lines, and the dropped ranges of the seed.

    A line is boilerplate if one of the patterns matches it completely, ignoring surrounding
    whitespace. Its line ending is dropped too, as is a byte order mark at the start of the seed.
    """
    dropped: list[Dropped] = []
    if seed.startswith(BYTE_ORDER_MARK):
        dropped.append(Dropped(start=0, end=1, reason="byte order mark"))
    compiled = [re.compile(pattern) for pattern in patterns]
    for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", seed):
        content = line.group().strip(f" \t\r\n{BYTE_ORDER_MARK}")
        if content and any(pattern.fullmatch(content) for pattern in compiled):
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
