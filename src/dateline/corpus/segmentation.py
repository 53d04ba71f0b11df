"""Segmentation of a text into sentences and tokens.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
import unicodedata

from syntok import segmenter
from syntok.tokenizer import Tokenizer

from dateline.model import Range

# Hyphens are tokens, so that the parts of "Russia-Ukraine" can be annotated. Contractions are not
# replaced, so that every token is a slice of the text.
_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
_LINE = re.compile(r"[^\r\n]+")


def segment(text: str) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Sentences and tokens of a text, as ranges of code points; each token is in one sentence.

    A line break always ends a sentence, because a line of news text is a paragraph.
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
    """The line without combining marks, and the original offsets of its characters and its end.

    Otherwise, the tokenizer would split between a letter and its accent.
    """
    kept = [
        (c, start + i) for i, c in enumerate(line) if not unicodedata.category(c).startswith("M")
    ]
    return "".join(c for c, _ in kept), [*(place for _, place in kept), start + len(line)]
