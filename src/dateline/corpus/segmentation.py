"""Segmentation of a text into sentences and tokens.

Syntok splits; `dateline.corpus.joins` undoes boundaries within names and before attributions. All
offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from syntok import segmenter
from syntok.tokenizer import Tokenizer

from dateline.corpus.joins import is_before_attribution, is_within_name
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
        in_line: list[Range] = []
        bases, places = _without_marks(line.group(), line.start())
        for sentence in segmenter.split(iter(_TOKENIZER.split(bases))):
            ranges = [
                (places[token.offset], places[token.offset + len(token.value)])
                for token in sentence
                if token.value.strip()
            ]
            if ranges:
                in_line.append((ranges[0][0], ranges[-1][1]))
                tokens.extend(ranges)
        whole_names = _joined(text, in_line, is_within_name)
        sentences.extend(_joined(text, whole_names, is_before_attribution))
    return tuple(sentences), tuple(tokens)


def _joined(
    text: str, sentences: Sequence[Range], joins: Callable[[str, str], bool]
) -> list[Range]:
    """The sentences, of which those are joined that should not have been split."""
    found: list[Range] = []
    for position, (start, end) in enumerate(sentences):
        # The sentence before as it was, not as it was joined: lines can have thousands of them.
        before = sentences[position - 1] if position else None
        if before is not None and joins(text[before[0] : before[1]], text[start:end]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _without_marks(line: str, start: int) -> tuple[str, list[int]]:
    """The line without combining marks, and the original offsets of its characters and its end.

    Otherwise, the tokenizer would split between a letter and its accent.
    """
    kept = [
        (c, start + i) for i, c in enumerate(line) if not unicodedata.category(c).startswith("M")
    ]
    return "".join(c for c, _ in kept), [*(place for _, place in kept), start + len(line)]
