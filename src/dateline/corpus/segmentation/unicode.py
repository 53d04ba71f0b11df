"""Segmentation by the rules of Unicode (UAX #29), with ICU, for scripts that syntok does not know.

Thai, Lao, Khmer and Burmese words come from ICU's dictionaries. Chinese and Japanese text has one
token a character, so that every mention is on token boundaries. With a word splitter for a
language, the runs of its script are split by that instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex
from icu4py.breakers import SentenceBreaker, WordBreaker

from dateline.corpus.segmentation.interface import LINE, Segments, trimmed
from dateline.model import Range

SplitWords = Callable[[str], Iterator[Range]]
"""Splits a run of one script into words: ranges within the run, in order."""

IDEOGRAPHS = regex.compile(r"[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}--\p{P}]", regex.V1)


# A run is searched from its start only, so that the time is linear.
_OPENING = regex.compile(r"(?<![\p{Ps}\p{Pi}])[\p{Ps}\p{Pi}]++$")


def segment(
    text: str,
    language: str | None = None,
    script: regex.Pattern[str] | None = None,
    split_words: SplitWords | None = None,
) -> Segments:
    """Sentences and tokens of a text; each token is in one sentence.

    ``language`` is a BCP 47 tag. ``split_words`` splits the runs of text that ``script`` matches.
    """
    locale = language or "und"
    sentences: list[Range] = []
    tokens: list[Range] = []
    for line in LINE.finditer(text):
        for start, end in _sentences(line.group(), line.start(), locale):
            found = _words(text, start, end, locale, script, split_words)
            words = [word for piece in found if (word := trimmed(text, *piece)) is not None]
            if words:
                sentences.append((words[0][0], words[-1][1]))
                tokens.extend(words)
    return tuple(sentences), tuple(tokens)


def _sentences(line: str, start: int, locale: str) -> Iterator[Range]:
    """Sentences of a line; an opening bracket or quotation mark belongs to the one after it."""
    first = start
    for _, end in _pieces(SentenceBreaker(line, locale), start):
        opened = _OPENING.search(line, pos=first - start, endpos=end - start)
        last = end if opened is None or end - start == len(line) else opened.start() + start
        if first < last:
            yield first, last
        first = last


def _words(
    text: str,
    start: int,
    end: int,
    locale: str,
    script: regex.Pattern[str] | None,
    split_words: SplitWords | None,
) -> Iterator[Range]:
    if script is None or split_words is None:
        yield from _unicode_words(text, start, end, locale)
        return
    for run in script.finditer(text, start, end):
        yield from _unicode_words(text, start, run.start(), locale)
        for first, last in split_words(run.group()):
            yield run.start() + first, run.start() + last
        start = run.end()
    yield from _unicode_words(text, start, end, locale)


def _unicode_words(text: str, start: int, end: int, locale: str) -> Iterator[Range]:
    for first, last in _pieces(WordBreaker(text[start:end], locale), start):
        word = text[first:last]
        if not word.strip():
            continue
        if IDEOGRAPHS.search(word):
            yield from _characters(text, first, last)
        else:
            yield first, last


def _characters(text: str, start: int, end: int) -> Iterator[Range]:
    """Grapheme clusters: a variation selector or a voicing mark stays with its character."""
    for cluster in regex.finditer(r"\X", text, pos=start, endpos=end):
        if cluster.group().strip():
            yield cluster.span()


def _pieces(breaker: SentenceBreaker | WordBreaker, start: int) -> Iterator[Range]:
    """The breaker's pieces as offsets in code points; its own offsets are UTF-16 units."""
    for piece in breaker:
        yield start, start + len(piece)
        start += len(piece)
