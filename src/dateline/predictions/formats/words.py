"""Finds words that are given without offsets in a text.

Words are looked for as whole words, verbatim and then regardless of case, blanks, quotation marks
and Unicode normalization; and last inside other words. Scripts that do not separate words by blanks
have no whole words, so there all places are alike.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from dateline.model import Range

_QUOTES = str.maketrans(dict.fromkeys("“”„\xab\xbb", '"') | dict.fromkeys("’‘`", "'"))
_UNSPACED = (
    "BALINESE ", "BOPOMOFO ", "CJK ", "HALFWIDTH KATAKANA ", "HIRAGANA ", "IDEOGRAPHIC ",
    "JAVANESE ", "KATAKANA", "KHMER ", "LAO ", "MYANMAR ", "NEW TAI ", "TAI ", "THAI ", "TIBETAN ",
    "YI ",
)  # fmt: skip
"""Starts of the Unicode names of characters in scripts that do not separate words by blanks."""
_JOINERS = "\u200c\u200d"
_NUMERIC_MARKS = ".,"

OVERLAPPING = 100
"""Up to this length in code points, words are found where they overlap themselves."""


class Occurrences(NamedTuple):
    """Places of some words that are alike in quality, in the order of the text."""

    places: tuple[Range, ...]
    verbatim: bool


class Placed(NamedTuple):
    """The place given to some words; ``several`` if they have other places like it."""

    place: Range
    verbatim: bool
    several: bool


class Placer:
    """Gives places to labelled words that are listed in the order of a text.

    Words get the next free place after that of the words listed before them. If there is none,
    they get the first free one, because a list may run through the text several times, such as once
    for each label. Only if no place is free, one that was given to another label is given again.
    """

    def __init__(self, text: str) -> None:
        self._text = _SearchedText(text)
        self._cursor = 0
        self._found: dict[str, list[Occurrences]] = {}
        self._free: dict[tuple[str, int], list[Range]] = {}
        self._given: dict[tuple[str, int, str], set[Range]] = {}

    def every(self, words: str) -> Occurrences:
        """All places of the best quality; none if the words are not in the text."""
        return next(iter(self._occurrences(words.strip())), Occurrences((), verbatim=False))

    def next(self, words: str, label: str = "") -> Placed | None:
        """The place of the next words in the list; None if the label has all of their places."""
        words = words.strip()
        for quality, found in enumerate(self._occurrences(words)):
            given = self._given.setdefault((words, quality, label), set())
            free = self._free.setdefault((words, quality), list(found.places))
            if len(given) == len(found.places):
                continue
            choice = free or [place for place in found.places if place not in given]
            position = bisect_left(choice, (self._cursor, 0)) % len(choice)
            place = choice.pop(position)
            given.add(place)
            self._cursor = place[0]
            return Placed(place, found.verbatim, len(found.places) > 1)
        return None

    def _occurrences(self, words: str) -> list[Occurrences]:
        if words not in self._found:
            self._found[words] = [o for o in self._text.occurrences(words) if o.places]
        return self._found[words]


class _SearchedText:
    """A text, also in a form without differences of case, blanks, quotation marks and encoding."""

    def __init__(self, text: str) -> None:
        self._text = text

    def occurrences(self, words: str) -> Iterator[Occurrences]:
        """The places of some words, best quality first: verbatim or not, whole or inside words."""
        verbatim = list(_find(self._text, words))
        known = set(verbatim)
        loose = [place for place in self._loosely(words) if place not in known]
        for wanted in (True, False):
            for places, is_verbatim in ((verbatim, True), (loose, False)):
                yield Occurrences(
                    tuple(place for place in places if self._is_whole(place) is wanted),
                    is_verbatim,
                )

    def _loosely(self, words: str) -> Iterator[Range]:
        folded, starts = self._folded
        for start, end in _find(folded, _fold(words)[0]):
            # A character that folds to several is found as a whole or not at all.
            cut_before = start > 0 and starts[start - 1] == starts[start]
            if not cut_before and starts[end] != starts[end - 1]:
                last = starts[end - 1]
                yield starts[start], last + 1

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        return _fold(self._text)

    def _is_whole(self, place: Range) -> bool:
        start, end = place
        if _is_inside(self._text, start):
            return False
        # In Korean, particles are attached to the end of words.
        return not _is_inside(self._text, end) or (
            _is_hangul(self._text[end - 1]) and _is_hangul(self._text[end])
        )


def _find(text: str, words: str) -> Iterator[Range]:
    """The places of some words from left to right; short ones may overlap."""
    # Searching on after each character would take minutes for long words that repeat themselves.
    step = 1 if len(words) <= OVERLAPPING else len(words)
    start = text.find(words) if words else -1
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + step)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text in a form to compare, and for each of its characters that of the text it is from.

    The offsets have one more at the end, the length of the text.
    """
    characters: list[str] = []
    starts: list[int] = []
    for position, character in enumerate(text.translate(_QUOTES)):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if not part.isspace():
                characters.append(part)
                starts.append(position)
            elif not characters or characters[-1] != " ":
                characters.append(" ")
                starts.append(position)
    return "".join(characters), [*starts, len(text)]


def _is_inside(text: str, position: int) -> bool:
    """Whether an offset is inside a word, or inside what is shown as one character."""
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    if _is_mark(after) or before in _JOINERS or after in _JOINERS:
        return True
    if after in _NUMERIC_MARKS:
        return before.isdigit() and text[position + 1 : position + 2].isdigit()
    if before in _NUMERIC_MARKS:
        return after.isdigit() and position > 1 and text[position - 2].isdigit()
    return _is_of_word(before) and _is_of_word(after)


@lru_cache(4096)
def _is_of_word(character: str) -> bool:
    """Whether it is a letter, digit or mark of a script that separates words by blanks."""
    if not (character.isalnum() or character == "_" or _is_mark(character)):
        return False
    return not unicodedata.name(character, "").startswith(_UNSPACED)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_hangul(character: str) -> bool:
    return unicodedata.name(character, "").startswith("HANGUL ")
