"""Searches a dataset for words of withheld texts.

Withholding knows which columns quote a text. This check does not rely on that: it reads every
string of every file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dateline.dataset.parquet import iter_rows
from dateline.dataset.withholding import QUOTES, TOKENS, WORDINGS, Row, document_of, literals
from dateline.model import Struct
from dateline.shingles import share_shingle, shingles

IN_WORDINGS = 1
"""Consecutive words that a title or a name may share with the text: one word is not a quote."""

ELSEWHERE = 5
"""Consecutive words that any other string may share with a text: this many occur by chance."""

ADDRESSES = frozenset({"id", "document", "url"})
"""Columns by which a reader finds the text; they often repeat words of the headline."""


class Leak(Struct, frozen=True):
    """A string with words of a withheld text: its file, its place in the row, and the string."""

    file: str
    place: str
    words: str


def find_leaks(folder: Path, texts: Mapping[str, str]) -> Iterator[Leak]:
    """Find words of these texts, by document id, in the files of a dataset."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            for row in iter_rows(path):
                text = texts.get(document_of(row))
                if text is not None:
                    yield from _in_row(file, row, text)
        else:
            found = shingles(path.read_bytes().decode(errors="replace"), ELSEWHERE + 1)
            for text in texts.values():
                for words in sorted(found & shingles(text, ELSEWHERE + 1))[:1]:
                    yield Leak(file=file, place="", words=words)


def _in_row(file: str, row: Row, text: str) -> Iterator[Leak]:
    for place, name, string in _strings(row, "", ""):
        common = ELSEWHERE
        if name in QUOTES or name == TOKENS or (name in WORDINGS and string in text):
            common = 0
        elif name in WORDINGS:
            common = IN_WORDINGS
        if any(share_shingle(part, text, common + 1) for part in literals(string)):
            yield Leak(file=file, place=place, words=string)


def _strings(value: Any, place: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Every string in a value: its place, its column, and the string."""
    if isinstance(value, str):
        if name not in ADDRESSES:
            yield place, name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, f"{place}/{key}", key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, f"{place}/{position}", name)
