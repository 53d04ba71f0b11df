"""Segmentation of a text, and offset arithmetic between a seed and the text made from it.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

from dateline.model import Range

# Scripts without blanks between words count character by character: Thai to Lao, kana, Han.
_WORD = re.compile(
    r"[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]"
)


def sha256_of_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def passage(sentences: Sequence[Range], place: Sequence[Range]) -> Range:
    """From the start of the first sentence that a place touches to the end of the last."""
    start, end = min(start for start, _ in place), max(end for _, end in place)
    touched = [s for s in sentences if s[0] < end and start < s[1]]
    return (
        min([start, *(sentence_start for sentence_start, _ in touched)]),
        max([end, *(sentence_end for _, sentence_end in touched)]),
    )


def word_places(text: str) -> list[Range]:
    """Where the words of a text stand: runs of letters and digits, or single characters of Han."""
    return [match.span() for match in _WORD.finditer(text)]


def runs(text: str, length: int) -> frozenset[str]:
    """The runs of so many words in a text, in lower case; all of it where it has fewer."""
    words = _WORD.findall(text.casefold())
    last = max(1, len(words) - length + 1)
    return frozenset(" ".join(words[start : start + length]) for start in range(last))


def share_run(string: str, text: str, length: int) -> bool:
    """Whether so many words of the string stand in the text in a row, in whatever case."""
    return len(word_places(string)) >= length and not runs(string, length).isdisjoint(
        _runs_of_text(text, length)
    )


def excerpt(text: str, start: int, end: int, width: int = 60) -> str:
    """A stretch of text to show to a person: at most ``width`` code points, on one line."""
    shown = text[max(start, 0) : max(end, 0)]
    if len(shown) > width:
        shown = f"{shown[: width // 2]}…{shown[-width // 2 + 1 :]}"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)


def in_context(text: str, start: int, end: int, around: int = 20) -> str:
    """A stretch of text in brackets with some of the text before and after it, on one line."""
    return (
        f"{excerpt(text, start - around, start)}[{excerpt(text, start, end)}]"
        f"{excerpt(text, end, end + around)}"
    )


@lru_cache(maxsize=8)
def _runs_of_text(text: str, length: int) -> frozenset[str]:
    return runs(text, length)
