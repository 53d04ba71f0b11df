"""Finds what a dataset tells of texts that are withheld from it, whatever column or file tells it.

Withholding knows the columns that quote a text; this does not, and reads every string.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dateline.dataset.content_hash import rows_of
from dateline.dataset.withholding import QUOTES, TOKENS, WORDINGS, Row, document_of, literals
from dateline.model import Struct
from dateline.shingles import share_shingle, shingles

IN_WORDINGS = 1
"""Words in a row that a title or a name may have in common with the text: a word is no quote."""

ELSEWHERE = 5
"""Words in a row that any other string may have in common with a text: so many by chance."""

ADDRESSES = frozenset({"id", "document", "url"})
"""Strings that a reader finds the text by; they often repeat words of the headline."""


class Leak(Struct, frozen=True):
    """A string that tells of a withheld text: the file, the column, and the words."""

    file: str
    place: str
    words: str


def find_leaks(folder: Path, texts: Mapping[str, str]) -> Iterator[Leak]:
    """What the files of a dataset tell of these texts, which are by document."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            for row in rows_of(path):
                text = texts.get(document_of(row))
                if text is not None:
                    yield from _in_row(file, row, text)
        else:
            told = shingles(path.read_bytes().decode(errors="replace"), ELSEWHERE + 1)
            for text in texts.values():
                for words in sorted(told & shingles(text, ELSEWHERE + 1))[:1]:
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
    """Every string in a value: its place, the column that it is of, and itself."""
    if isinstance(value, str):
        if name not in ADDRESSES:
            yield place, name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, f"{place}/{key}", key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _strings(inner, f"{place}/{position}", name)
