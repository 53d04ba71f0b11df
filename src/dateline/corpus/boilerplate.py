"""Recognition of boilerplate in a seed. All offsets are Unicode code points, end exclusive."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dateline.model import Dropped
from dateline.ontology.patterns import matcher

BYTE_ORDER_MARK = "\ufeff"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def boilerplate_in(seed: str, patterns: Iterable[str]) -> tuple[Dropped, ...]:
    """The ranges of the seed that are boilerplate lines.

    A line is boilerplate if one of the patterns matches it completely, ignoring surrounding
    whitespace. Its line ending is part of it. So is a byte order mark at the start of the seed.
    Raises InvalidInputError for a pattern that is not one.
    """
    dropped: list[Dropped] = []
    if seed.startswith(BYTE_ORDER_MARK):
        dropped.append(Dropped(start=0, end=1, reason="byte order mark"))
    matchers = [matcher(pattern) for pattern in patterns]
    for line in _LINE.finditer(seed):
        # A text from elsewhere may have half of a surrogate pair, which no pattern matches.
        content = line.group().encode(errors="replace").decode()
        content = content.strip(f" \t\r\n{BYTE_ORDER_MARK}")
        if content and any(matches(content) for matches in matchers):
            start = max(line.start(), dropped[-1].end if dropped else 0)
            dropped.append(Dropped(start=start, end=line.end(), reason="boilerplate"))
    return tuple(dropped)
