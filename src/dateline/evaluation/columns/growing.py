"""Columns that grow row by row, in the memory that their numbers need."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from dateline.metrics.counts import IntArray
from dateline.metrics.spans import Spans
from dateline.model import Range


class IntRows:
    """Rows of as many integers as there are columns."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._numbers = array("q")

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._numbers) // self._width

    def append(self, row: Sequence[int]) -> None:
        """Add a row."""
        self._numbers.extend(row)

    def __iadd__(self, rows: Iterable[Sequence[int]]) -> IntRows:
        for row in rows:
            self._numbers.extend(row)
        return self

    def columns(self) -> tuple[IntArray, ...]:
        """The columns of all rows so far."""
        rows = np.array(self._numbers, np.int64).reshape(-1, self._width)
        return tuple(np.ascontiguousarray(rows.T))


class SpanRows:
    """Rows of document, label and fragments."""

    def __init__(self) -> None:
        self._items, self._fragments = IntRows(3), IntRows(2)

    def __len__(self) -> int:
        """The number of spans."""
        return len(self._items)

    def append(self, row: tuple[int, int, Sequence[tuple[int, int]]]) -> None:
        """Add a span."""
        document, label, fragments = row
        self._items.append((document, label, len(fragments)))
        for fragment in fragments:
            self._fragments.append(fragment)

    def spans(self) -> Spans:
        """All spans so far."""
        document, label, size = self._items.columns()
        offsets = np.concatenate(([0], np.cumsum(size)))
        return Spans(document, label, offsets, *self._fragments.columns())


class Ranges:
    """Ranges of each document in turn, such as its tokens."""

    def __init__(self) -> None:
        self._sizes, self._numbers = array("q"), array("q")

    def append(self, ranges: Sequence[Range]) -> None:
        """Add the ranges of the next document."""
        self._sizes.append(len(ranges))
        self._numbers.extend(chain.from_iterable(ranges))

    def spans(self) -> Spans:
        """All ranges so far, without labels."""
        start, end = np.array(self._numbers, np.int64).reshape(-1, 2).T
        document = np.repeat(np.arange(len(self._sizes)), self._sizes)
        label = np.broadcast_to(np.int64(0), document.shape)
        return Spans(document, label, np.arange(len(document) + 1), start, end)
