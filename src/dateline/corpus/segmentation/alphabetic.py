"""Segmentation of texts in Latin, Cyrillic and Greek script, by syntok.

`joins` undoes sentence boundaries within names and before attributions; here, tokens are joined and
split where syntok's rules do not fit. A line break always ends a sentence, because a line of news
text is a paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from syntok import segmenter
from syntok.tokenizer import Tokenizer

from dateline.corpus.segmentation.interface import LINE, Segments, trimmed
from dateline.corpus.segmentation.joins import (
    is_after_semicolon,
    is_before_attribution,
    is_within_name,
)
from dateline.model import Range

# Hyphens are tokens, so that the parts of "Russia-Ukraine" can be annotated. Contractions are not
# replaced, so that every token is a slice of the text.
_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
_JOINED = re.compile(r"(?<![\w@#])[@#][^\W_]\w*|</?3+(?!\w)")
_IN_WORD = re.compile(r"[^\W\d_]")
_SLASH = re.compile(r"(?<=[^\W_])/(?=[^\W\d_])|(?<=[^\W\d_])/(?=[^\W_])")
_PATH = re.compile(r"[/\\]{2}|^www\.|[.@]\w+/")


def segment(text: str) -> Segments:
    """Sentences and tokens of a text; each token is in one sentence."""
    sentences: list[Range] = []
    tokens: list[Range] = []
    for line in LINE.finditer(text):
        in_line: list[Range] = []
        bases, places = _without_marks(line.group(), line.start())
        for sentence in segmenter.split(iter(_TOKENIZER.split(bases))):
            found = (
                trimmed(text, places[token.offset], places[token.offset + len(token.value)])
                for token in sentence
                if token.value.strip()
            )
            ranges = [token for token in found if token is not None]
            if ranges:
                in_line.append((ranges[0][0], ranges[-1][1]))
                tokens.extend(_split_at_slashes(text, _joined_tokens(text, ranges)))
        for joins in (is_after_semicolon, is_within_name, is_before_attribution):
            in_line = _joined(text, in_line, joins)
        sentences.extend(in_line)
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


def _joined_tokens(text: str, tokens: Sequence[Range]) -> list[Range]:
    """The tokens of a sentence, with `McDonald`, `@user_1`, `#MeToo` and `<3` as one token each."""
    start, end = tokens[0][0], tokens[-1][1]
    whole = [found.span() for found in _JOINED.finditer(text, start, end)]
    found: list[Range] = []
    for token in tokens:
        while whole and whole[0][1] <= token[0]:
            del whole[0]
        within = bool(whole) and whole[0][0] < token[0] and token[1] <= whole[0][1]
        if found and (within or _is_within_word(text, found[-1], token)):
            found[-1] = (found[-1][0], token[1])
        else:
            found.append(token)
    return found


def _is_within_word(text: str, before: Range, after: Range) -> bool:
    """Whether two tokens are a word that syntok splits before a capital letter."""
    if before[1] != after[0]:
        return False
    last, first = text[before[1] - 1], text[after[0]]
    return first.isupper() and _IN_WORD.match(last) is not None


def _split_at_slashes(text: str, tokens: Sequence[Range]) -> list[Range]:
    """The tokens, split at a slash between words (`p65/RelA`) unless it is in an address."""
    found: list[Range] = []
    for start, end in tokens:
        token = text[start:end]
        if "/" in token and _PATH.search(token) is None:
            for slash in _SLASH.finditer(text, start, end):
                if start < slash.start():
                    found.append((start, slash.start()))
                found.append(slash.span())
                start = slash.end()
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
