"""Files of one JSON object on each line, read into structs, and written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from dateline.errors import InvalidInputError
from dateline.files.lines import read_byte_lines
from dateline.files.reading import MalformedError, decode_json_as
from dateline.interop.source import spans_at
from dateline.model import Spans

T = TypeVar("T")

LONGEST = 256 * 1024**2
"""Bytes of the longest line that is read."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what is on a line; unknown fields are not read."""


def read_records(path: Path, kind: type[T]) -> Iterator[tuple[int, T]]:
    """The objects of a file with the numbers of their lines; blank lines are left out.

    Raises NotFoundError if there is no such file, and InvalidInputError for a line that is not such
    an object.
    """
    for number, line in read_byte_lines(path, LONGEST):
        if line is None:
            refuse(path, number, f"has more than {LONGEST:,} bytes. Split it")
        if line.strip():
            try:
                yield number, decode_json_as(line, kind)
            except MalformedError as error:
                refuse(path, number, error.problem)


def span_in(path: Path, number: int, text: str, start: int, end: int, what: str) -> Spans:
    """The span at these offsets. Raises InvalidInputError if they are not in the text."""
    if not 0 <= start < end <= len(text):
        problem = f"{start} to {end} is not in the text, which has {len(text):,} characters"
        refuse(path, number, f"{what}: {problem}. Correct the offsets, which count characters")
    return spans_at(text, [(start, end)])


def refuse(path: Path, number: int, problem: str) -> NoReturn:
    """Raise InvalidInputError for a line."""
    raise InvalidInputError(f"{path}, line {number}: {problem}.")


def json_line(value: Any) -> bytes:
    """A value as a line."""
    return msgspec.json.encode(value) + b"\n"
