"""Opens files for reading: regular files, and streams that may be compressed or standard input."""

from __future__ import annotations

import contextlib
import gzip
import io
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from dateline.errors import InvalidInputError, NotFoundError

STANDARD_INPUT = Path("-")
"""The path that stands for standard input where a stream is read."""

COMPRESSED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "ZIP", b"BZh": "bzip2", b"\xfd7zX": "xz",
              b"\x28\xb5\x2f\xfd": "Zstandard"}  # fmt: skip
"""First bytes of compressed files."""


def file_title(path: Path) -> str:
    """The name of a file in messages."""
    return "standard input" if path == STANDARD_INPUT else str(path)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file, opened. Raises NotFoundError or InvalidInputError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InvalidInputError(f"{path}: is not a regular file.")
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot be read: {error.strerror}.") from None


@contextlib.contextmanager
def opened_stream(path: Path) -> Iterator[io.BufferedReader]:
    """The content of a regular file or of standard input, decompressed (gzip or Zstandard).

    Raises NotFoundError or InvalidInputError, also while the stream is read.
    """
    with contextlib.ExitStack() as stack:
        source: Any = (
            sys.stdin.buffer if path == STANDARD_INPUT else stack.enter_context(opened(path))
        )
        file = io.BufferedReader(source)
        stack.callback(_detach, file)  # standard input stays open
        kind = compression(file.peek(4))
        try:
            yield _decompressed(file, kind, stack)
        except (EOFError, zlib.error, OSError) as error:
            # A reader of Arrow raises an OSError without a number.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise InvalidInputError(
                f"{file_title(path)}: the compressed content ({kind}) is cut off or damaged."
            ) from None


def compression(start: bytes) -> str | None:
    """The name of the compression of a file that starts with these bytes."""
    return next((name for mark, name in COMPRESSED.items() if start.startswith(mark)), None)


def _decompressed(
    file: io.BufferedReader, kind: str | None, stack: contextlib.ExitStack
) -> io.BufferedReader:
    if kind == "gzip":
        return io.BufferedReader(stack.enter_context(gzip.GzipFile(fileobj=file)))
    if kind == "Zstandard":
        import pyarrow as pa  # noqa: PLC0415 (slow to import, and rarely needed)

        stream = stack.enter_context(pa.CompressedInputStream(pa.PythonFile(file), "zstd"))
        return io.BufferedReader(stream)
    return file


def _detach(file: io.BufferedReader) -> None:
    with contextlib.suppress(ValueError):  # closed by a decompressing stream
        file.detach()
