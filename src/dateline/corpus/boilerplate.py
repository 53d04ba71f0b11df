"""Leaving boilerplate out of a seed, and offset arithmetic between the seed and its text.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dateline.model import Dropped

BYTE_ORDER_MARK = "\ufeff"


def drop_boilerplate(seed: str, patterns: Iterable[str]) -> tuple[str, tuple[Dropped, ...]]:
    """The seed less its boilerplate lines, and the ranges of the seed that were left out.

    A line is boilerplate if one of the patterns matches all of it, blanks around it aside. It goes
    with its line end. A byte order mark at the start goes as well.
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
    """Where a character of the text stands in the decoded seed.

    For the end of a range, which is exclusive, map its last character and add one.
    """
    for cut in dropped:
        if offset >= cut.start:
            offset += cut.end - cut.start
    return offset
