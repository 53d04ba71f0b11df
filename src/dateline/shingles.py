"""Word shingles: sequences of consecutive words that show what two texts have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dateline.model import Range

# Scripts without spaces between words count character by character: Thai to Lao, kana, Han.
_WORD = re.compile(
    r"[^\W_\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]"
)

# Soft hyphens, zero-width characters, marks of direction, variation selectors and tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)


def word_ranges(text: str) -> list[Range]:
    """The offsets of words: runs of letters and digits, or single characters of Thai, kana, Han."""
    return [match.span() for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text in one form, whatever their case, normalization and invisible marks."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _WORD.findall(text.casefold())


def shingles(text: str, length: int) -> frozenset[str]:
    """All sequences of ``length`` words as in `words`; the whole text if it has fewer words."""
    found = words(text)
    last = max(1, len(found) - length + 1)
    return frozenset(" ".join(found[start : start + length]) for start in range(last))


def share_shingle(string: str, text: str, length: int) -> bool:
    """Whether ``length`` consecutive words of the string, as in `words`, occur in the text."""
    return len(words(string)) >= length and not shingles(string, length).isdisjoint(
        shingles_of_text(text, length)
    )


@lru_cache(maxsize=8)
def shingles_of_text(text: str, length: int) -> frozenset[str]:
    """As `shingles`; kept for texts that many strings are compared with."""
    return shingles(text, length)
