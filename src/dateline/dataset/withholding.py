"""Withholds the text of a document from its rows, and restores it.

Withholding removes every quote of the text. Labels, ids, offsets and hashes remain, which is enough
to restore every quote from a copy of the text. Quotes are recognized by the name of their column at
any depth, except below metadata, whose names are defined elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dateline.model import Range
from dateline.shingles import share_shingle, word_ranges

Value = Any
"""A JSON value in a row."""

Row = Mapping[str, Value]
"""A row of any config, or a struct in it."""

QUOTES = frozenset({"text", "cue_text", "claimer_text"})
"""Quotes of the text, with offsets in a column beside them; null if the text is withheld."""

WORDINGS = frozenset({"title", "name", "claimer_name"})
"""Titles and names, which may quote the text; placeholders replace the quotes."""

TOKENS = "tokens"
"""Tokens of a sentence, with their offsets beside them. Ranges of tokens have this name too."""

AVAILABLE = "text_available"
"""Whether a row has its text."""

METADATA = frozenset({"attributes", "link", "meta", "provenance", "rights", "seed", "source"})

_OPENING, _CLOSING = "⟦", "⟧"
_PLACEHOLDER = re.compile(rf"{_OPENING}(\d+):(\d+){_CLOSING}")


def document_of(row: Row) -> str:
    """The document id of a row of any config; empty if the row is about several documents."""
    return str(row.get("document", row.get("id", "")))


def withheld(row: Row, text: str) -> dict[str, Value]:
    """The row of a document with this text, without the quotes of the text."""
    return {name: _withheld(name, value, text) for name, value in row.items()}


def restored(row: Row, text: str) -> dict[str, Value]:
    """The row as it was before its text was withheld; a row with its text is unchanged.

    ``text`` must be the document's text, verified by its hash. Titles and names that are null
    remain null.
    """
    return {name: _restored(name, value, row, text) for name, value in row.items()}


def lacks_text(row: Row) -> bool:
    """Whether the row lacks quotes of a withheld text."""
    if "text" in row and row["text"] is None:
        return True
    for name, value in row.items():
        if name in WORDINGS and value is not None and _PLACEHOLDER.search(value):
            return True
        if name not in METADATA:
            values = value if isinstance(value, list | tuple) else [value]
            if any(lacks_text(item) for item in values if isinstance(item, Mapping)):
                return True
    return False


def with_placeholders(wording: str | None, text: str) -> str | None:
    """A title or name in which placeholders, ⟦start:end⟧, replace the quotes of the text.

    Two or more consecutive words of the text are a quote, and so is a whole title or name; a single
    word is not. Returns None if quotes remain that differ in case only, or if the title or name
    contains such brackets itself.
    """
    if wording is None or _OPENING in wording or _CLOSING in wording:
        return None
    if wording in text:
        return _placeholder(wording, text)
    words, pieces, position, number = word_ranges(wording), [], 0, 0
    while number < len(words):
        last = _end_of_quote(wording, words, number, text)
        if last > number:
            start, end = words[number][0], words[last][1]
            pieces += [wording[position:start], _placeholder(wording[start:end], text)]
            position = end
        number = last + 1
    pieces.append(wording[position:])
    own = pieces[::2]
    return None if any(share_shingle(part, text, 2) for part in own) else "".join(pieces)


def literals(wording: str) -> list[str]:
    """The parts of a title or name between its placeholders."""
    return _PLACEHOLDER.sub("\0", wording).split("\0")


def _withheld(name: str, value: Value, text: str) -> Value:
    if name in METADATA or value is None:
        return value
    if name in QUOTES or _is_tokens(name, value):
        return None
    if name in WORDINGS:
        return with_placeholders(value, text)
    if name == AVAILABLE:
        return False
    if isinstance(value, Mapping):
        return withheld(value, text)
    if isinstance(value, list | tuple):
        return [_withheld(name, item, text) for item in value]
    return value


def _restored(name: str, value: Value, row: Row, text: str) -> Value:
    if name in METADATA:
        return value
    if name in QUOTES:
        return _quote(name, row, text) if value is None else value
    if name in WORDINGS and value is not None:
        return _PLACEHOLDER.sub(lambda found: text[int(found[1]) : int(found[2])], value)
    if name == TOKENS and value is None:
        return [text[place["start"] : place["end"]] for place in row["token_offsets"]]
    if name == AVAILABLE:
        return True
    if isinstance(value, Mapping):
        return restored(value, text)
    if isinstance(value, list | tuple):
        return [restored(item, text) if isinstance(item, Mapping) else item for item in value]
    return value


def _quote(name: str, row: Row, text: str) -> str | None:
    """The text at the offsets in the column beside a quote; None if there are none."""
    if name == "text" and "text_length" in row:
        return text
    if name == "text" and "start" in row:
        return text[row["start"] : row["end"]]
    spans = row[f"{name.removesuffix('text')}spans"]
    return " ".join(text[span["start"] : span["end"]] for span in spans) if spans else None


def _is_tokens(name: str, value: Value) -> bool:
    is_list = isinstance(value, list | tuple)
    return name == TOKENS and is_list and any(isinstance(token, str) for token in value)


def _end_of_quote(wording: str, words: Sequence[Range], first: int, text: str) -> int:
    """The last word such that the text contains the words from the first to it."""
    last = first
    while last + 1 < len(words) and wording[words[first][0] : words[last + 1][1]] in text:
        last += 1
    return last


def _placeholder(quote: str, text: str) -> str:
    start = text.index(quote)
    return f"{_OPENING}{start}:{start + len(quote)}{_CLOSING}"
