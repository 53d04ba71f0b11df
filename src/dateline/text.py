"""Segmentation of a text, and offset arithmetic between a seed and the text made from it.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from syntok import segmenter
from syntok.tokenizer import Tokenizer

from dateline.model import Dropped, Range

BYTE_ORDER_MARK = "\ufeff"

# Hyphens are kept as tokens, so that «Russia-Ukraine» can be annotated in its parts; contractions
# keep their letters, so that every token is a slice of the text.
_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
# Scripts without blanks between words count character by character: Thai to Lao, kana, Han.
_WORD = re.compile(
    r"[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]"
)
_LINE = re.compile(r"[^\r\n]+")


def segment(text: str) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Sentences and tokens of a text, as ranges of code points; each token lies in one sentence.

    A line break always ends a sentence: in news, a line is a paragraph.
    """
    sentences: list[Range] = []
    tokens: list[Range] = []
    for line in _LINE.finditer(text):
        bases, places = _without_marks(line.group(), line.start())
        for sentence in segmenter.split(iter(_TOKENIZER.split(bases))):
            ranges = [
                (places[token.offset], places[token.offset + len(token.value)])
                for token in sentence
                if token.value.strip()
            ]
            if ranges:
                sentences.append((ranges[0][0], ranges[-1][1]))
                tokens.extend(ranges)
    return tuple(sentences), tuple(tokens)


def _without_marks(line: str, start: int) -> tuple[str, list[int]]:
    """The line less its combining marks, and where each character and the line's end stood.

    The tokenizer would cut between a letter and its accent; without the mark it cannot.
    """
    kept = [
        (c, start + i) for i, c in enumerate(line) if not unicodedata.category(c).startswith("M")
    ]
    return "".join(c for c, _ in kept), [*(place for _, place in kept), start + len(line)]


def sha256_of_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


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
