"""Word shingles: sequences of consecutive words that show what two texts have in common."""

from __future__ import annotations

import re
from functools import lru_cache

from dateline.model import Range

# Scripts without spaces between words count character by character: Thai to Lao, kana, Han.
_WORD = re.compile(
    r"[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]"
)


def word_ranges(text: str) -> list[Range]:
    """The offsets of words: runs of letters and digits, or single characters of Thai, kana, Han."""
    return [match.span() for match in _WORD.finditer(text)]


def shingles(text: str, length: int) -> frozenset[str]:
    """All sequences of ``length`` words in lower case; the whole text if it has fewer words."""
    words = _WORD.findall(text.casefold())
    last = max(1, len(words) - length + 1)
    return frozenset(" ".join(words[start : start + length]) for start in range(last))


def share_shingle(string: str, text: str, length: int) -> bool:
    """Whether ``length`` consecutive words of the string occur in the text, ignoring case."""
    return len(word_ranges(string)) >= length and not shingles(string, length).isdisjoint(
        _shingles_of_text(text, length)
    )


@lru_cache(maxsize=8)
def _shingles_of_text(text: str, length: int) -> frozenset[str]:
    return shingles(text, length)
