"""Records in a temporary file, so that any number of them takes little memory."""

from __future__ import annotations

import os
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Spool(Generic[T]):
    """Records of one type, which can be read as often as needed; one is in memory at a time."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the spool)
        weakref.finalize(self, self._file.close)
        self._ends = array("Q", [0])

    def append(self, record: T) -> int:
        """Add a record. Returns its position."""
        content = msgspec.msgpack.encode(record)
        self._file.write(content)
        self._ends.append(self._ends[-1] + len(content))
        return len(self) - 1

    def __getitem__(self, position: int) -> T:
        """The record at a position from 0."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        self._file.flush()
        start, end = self._ends[position : position + 2]
        return self._decoder.decode(os.pread(self._file.fileno(), end - start, start))

    def __len__(self) -> int:
        """The number of records."""
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[T]:
        """All records in order."""
        return map(self.__getitem__, range(len(self)))
