"""Lines of text files and of streams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dateline.errors import InvalidInputError
from dateline.files.opening import file_title, opened_stream
from dateline.files.reading import (
    BYTE_ORDER_MARK,
    MalformedError,
    decode_text,
    read_named,
    refuse_other_encodings,
)


def read_byte_lines(path: Path, longest: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file with their numbers from 1, without line ends; one is held in memory.

    The file may be compressed (gzip or Zstandard), or standard input (`STANDARD_INPUT`). Lines end
    as those of `lines_of`. A line of more than ``longest`` bytes is None. A byte order mark of
    UTF-8 is taken off. Raises NotFoundError if there is no such file, and InvalidInputError if it
    is not a regular file, cannot be decompressed, or is not in UTF-8.
    """
    with opened_stream(path) as file:
        start = file.peek(4)[:4]
        if start.startswith(BYTE_ORDER_MARK):
            file.read(len(BYTE_ORDER_MARK))
        else:
            try:
                refuse_other_encodings(start)
            except MalformedError as error:
                raise InvalidInputError(f"{file_title(path)}: {error.problem}.") from None
        for number, line in enumerate(iter(lambda: file.readline(longest + 2), b""), 1):
            content = line.removesuffix(b"\n").removesuffix(b"\r")
            rest = line
            while len(content) > longest and rest and not rest.endswith(b"\n"):
                rest = file.readline(longest)
            yield number, None if len(content) > longest else content


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file, as `lines_of` gives them.

    Raises NotFoundError if there is no such file, and InvalidInputError if it is not UTF-8, or has
    lines that end with CR alone.
    """
    text = read_named(path, lambda content: decode_text(content.removeprefix(BYTE_ORDER_MARK)))
    if "\r" in text and "\n" not in text:
        raise InvalidInputError(f"{path}: its lines end with CR; save it with LF or CR LF.")
    yield from lines_of(text)


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers from 1, without line ends.

    Only ``\\n`` and ``\\r\\n`` end a line: ``str.splitlines`` also cuts at form feeds, U+0085 and
    U+2028, which occur within fields. A byte order mark at the start is not part of the first line.
    """
    text = text.removeprefix("\ufeff")
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.removesuffix("\r")
