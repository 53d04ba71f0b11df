"""Sentences and tokens that come with a seed: ``seeds/<id>.conllu`` or ``seeds/<id>.tokens.json``.

The files have the words of the text, not offsets: words are looked up in the text one after the
other, so that every token is proved. All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import conllu
from conllu.exceptions import ParseException

from dateline.corpus.segmentation.interface import Segments
from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, decode_json, decode_text
from dateline.ingest.seeds import read_regular_file
from dateline.model import Range, Segmentation
from dateline.text import escaped

SUFFIXES = (".conllu", ".tokens.json")

_SHOWN = 20
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_TOKENS_FORMAT = 'a list of sentences, each a list of words, such as [["It", "rains", "."]]'


def read_given_segments(root: Path, seed: Path, text: str) -> tuple[Segments, Segmentation] | None:
    """The sentences and tokens of a seed's text as given by the file next to it; None without one.

    The segmentation has the format of the file as its name.

    Raises InvalidInputError, whose message starts with the name of the file, if it is malformed, or
    if its words are not those of the text.
    """
    contents = {
        path: content
        for path in (seed.with_suffix(suffix) for suffix in SUFFIXES)
        if (content := _read(root, path)) is not None
    }
    if not contents:
        return None
    if len(contents) > 1:
        names = " and ".join(path.name for path in contents)
        raise InvalidInputError(f"{names}: both give tokens; remove one of them.")
    ((path, content),) = contents.items()
    format_name = "conllu" if path.suffix == ".conllu" else "tokens"
    try:
        sentences = _conllu(content) if format_name == "conllu" else _tokens(content)
        return _placed(sentences, text), Segmentation(name=format_name, given=True)
    except MalformedError as error:
        quote = f": {error.quote}" if error.quote else ""
        raise InvalidInputError(f"{path.name}: {error.problem}{quote}.") from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{path.name}: {error}") from None


def _read(root: Path, path: Path) -> bytes | None:
    try:
        return read_regular_file(root, path)
    except InvalidInputError as error:
        raise InvalidInputError(f"{path.name}: {error}") from None


def _tokens(content: bytes) -> list[list[str]]:
    sentences = decode_json(content)
    if not isinstance(sentences, list) or not all(
        isinstance(words, list) and all(isinstance(word, str) for word in words)
        for words in sentences
    ):
        raise InvalidInputError(f"expected {_TOKENS_FORMAT}.")
    return sentences


def _conllu(content: bytes) -> list[list[str]]:
    """The words of each sentence; a multiword token is one word, as it is in the text."""
    try:
        sentences = conllu.parse(decode_text(content))
    except ParseException as error:
        raise InvalidInputError(f"is not CoNLL-U: {escaped(str(error))}.") from None
    return [_surface_words(sentence) for sentence in sentences]


def _surface_words(sentence: Sequence[dict[str, object]]) -> list[str]:
    words: list[str] = []
    covered = 0
    for line in sentence:
        number = line["id"]
        if isinstance(number, tuple):
            _, sign, last = number
            if sign != "-":
                continue  # an empty node, which is not in the text
            covered = last
        elif isinstance(number, int) and number <= covered:
            continue
        words.append(str(line["form"]))
    return words


def _placed(sentences: Sequence[Sequence[str]], text: str) -> Segments:
    ranges: list[Range] = []
    tokens: list[Range] = []
    end = 0
    for number, words in enumerate(sentences, 1):
        first = len(tokens)
        for word in words:
            start = _skip_whitespace(text, end)
            if not word.strip() or not text.startswith(word, start):
                raise InvalidInputError(
                    f"sentence {number} has the token {_quoted(word)} where the text has "
                    f"{_quoted(text[start : start + len(word)])}, at offset {start}. "
                    + _fix(word, text, start)
                )
            end = start + len(word)
            tokens.append((start, end))
        if len(tokens) > first:
            ranges.append((tokens[first][0], end))
    rest = _skip_whitespace(text, end)
    if rest < len(text):
        raise InvalidInputError(
            f"the tokens end before {_quoted(text[rest:].rstrip())}, at offset {rest}. Add "
            "the tokens of the rest of the text."
        )
    return tuple(ranges), tuple(tokens)


def _fix(word: str, text: str, start: int) -> str:
    for form in _FORMS:
        if word.strip() and normalize(form, text[start : start + 4 * len(word)]).startswith(
            normalize(form, word)
        ):
            return (
                "They differ in Unicode normalization (NFC/NFD): normalize the tokens as the text "
                "is."
            )
    return "The tokens must be those of the text, in order and complete."


def _skip_whitespace(text: str, start: int) -> int:
    while start < len(text) and (text[start].isspace() or text[start] in "\u200b\ufeff"):
        start += 1
    return start


def _quoted(text: str) -> str:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f'"{escaped(shown)}"'
