"""What a segmenter is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from dateline.model import Range, Struct

Segments = tuple[tuple[Range, ...], tuple[Range, ...]]
"""Sentences and tokens: sorted, disjoint, each token within one sentence."""

LINE = re.compile(r"[^\r\n]+")
"""A line. A line break always ends a sentence."""


class Segmenter(Struct, frozen=True):
    """A way to split a text: a name with the versions of its libraries, and the function."""

    name: str
    version: str
    segment: Callable[[str], Segments]


def trimmed(text: str, start: int, end: int) -> Range | None:
    """A token without white space at its ends; None if it has nothing that can be seen.

    Format characters, such as direction marks, are kept where they touch the word.
    """
    if text[start].isalnum() and text[end - 1].isalnum():
        return start, end
    seen = [at for at in range(start, end) if _is_seen(text[at])]
    if not seen:
        return None
    first, last = seen[0], seen[-1] + 1
    while first > start and not text[first - 1].isspace():
        first -= 1
    while last < end and not text[last].isspace():
        last += 1
    return first, last


def _is_seen(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) != "Cf"
