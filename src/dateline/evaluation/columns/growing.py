"""Columns that grow document by document, in the memory that their numbers need."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, repeat

import numpy as np

from dateline.metrics.counts import IntArray
from dateline.metrics.spans import Spans
from dateline.model import Range
from dateline.model import Spans as Fragments


class IntRows:
    """Rows of integers, as columns."""

    def __init__(self, width: int) -> None:
        self._columns = [array("q") for _ in range(width)]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._columns[0])

    def extend(self, *columns: Iterable[int]) -> None:
        """Add rows, given as columns."""
        for column, numbers in zip(self._columns, columns, strict=True):
            column.extend(numbers)

    def columns(self) -> list[IntArray]:
        """The columns of all rows so far."""
        return [np.array(column, np.int64) for column in self._columns]


class SpanRows:
    """Rows of document, label and fragments."""

    def __init__(self) -> None:
        self._items, self._fragments = IntRows(3), IntRows(2)

    def __len__(self) -> int:
        """The number of spans."""
        return len(self._items)

    def extend(self, document: int, labels: Iterable[int], spans: Collection[Fragments]) -> None:
        """Add spans of a document."""
        self._items.extend(repeat(document, len(spans)), labels, map(len, spans))
        fragments = list(chain.from_iterable(spans))
        self._fragments.extend([f.start for f in fragments], [f.end for f in fragments])

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
