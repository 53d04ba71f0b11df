"""Items of documents, read field by field, whatever they are made of.

`StructItems` are structs, and `ArrowItems` (in ``arrow_items``) the rows of a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain, count
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import numpy as np

from dateline.metrics.counts import BoolArray, IntArray


class Coded(NamedTuple):
    """A column of values: the distinct values, and for each row the position of its value."""

    values: Sequence[Any]
    code: IntArray

    def numbers(self, number: Callable[[Any], int]) -> IntArray:
        """An integer for each row, from its value; called once for each distinct value."""
        return np.array([number(value) for value in self.values], np.int64).take(self.code)

    def which(self, condition: Callable[[Any], bool]) -> BoolArray:
        """The rows whose value fulfils a condition; called once for each distinct value."""
        return np.array([condition(value) for value in self.values], np.bool_).take(self.code)


class Items(Protocol):
    """Items of one kind, of many documents, or the documents themselves.

    ``parent`` is the position of what each item belongs to: of the document, or of the event that
    an argument belongs to. It is sorted.
    """

    @property
    def parent(self) -> IntArray:
        """The position of the parent of each item."""

    def __len__(self) -> int:
        """The number of items."""

    def values(self, field: str) -> Coded:
        """The values of a field, None for items without one."""

    def integers(self, field: str) -> IntArray:
        """The values of a field that every item has, and that are integers."""

    def strings(self, field: str) -> Sequence[str]:
        """The values of a field that every item has, and that are strings."""

    def has(self, field: str) -> BoolArray:
        """Which items have a field."""

    def children(self, field: str) -> Items:
        """The items of a field that is a list; none where it is missing."""

    def attributes(self) -> Mapping[str, Coded]:
        """The values of each attribute that an item has, None for items without it."""


class StructItems:
    """Items that are structs."""

    def __init__(self, items: Sequence[Any], parent: IntArray) -> None:
        self.items, self.parent = items, parent
        self._children: dict[str, StructItems] = {}
        self._values: dict[str, Coded] = {}

    def __len__(self) -> int:
        """The number of items."""
        return len(self.items)

    def values(self, field: str) -> Coded:
        """See `Items`."""
        found = self._values.get(field)
        if found is None:
            found = self._values[field] = coded(map(attrgetter(field), self.items))
        return found

    def integers(self, field: str) -> IntArray:
        """See `Items`. Raises OverflowError for an integer of more than 64 bits."""
        return np.fromiter(map(attrgetter(field), self.items), np.int64, len(self.items))

    def strings(self, field: str) -> Sequence[str]:
        """See `Items`."""
        return [*map(attrgetter(field), self.items)]

    def has(self, field: str) -> BoolArray:
        """See `Items`."""
        found = map(attrgetter(field), self.items)
        return np.array([value is not None for value in found], np.bool_)

    def children(self, field: str) -> StructItems:
        """See `Items`."""
        found = self._children.get(field)
        if found is None:
            lists = [some or () for some in map(attrgetter(field), self.items)]
            sizes = np.fromiter(map(len, lists), np.int64, len(lists))
            parent = np.repeat(np.arange(len(lists)), sizes)
            found = StructItems(list(chain.from_iterable(lists)), parent)
            self._children[field] = found
        return found

    def attributes(self) -> Mapping[str, Coded]:
        """See `Items`."""
        given = list(map(attrgetter("attributes"), self.items))
        names = dict.fromkeys(chain.from_iterable(given))
        return {name: _coded_by_type([one.get(name) for one in given]) for name in names}


def documents_of(contents: Sequence[Any]) -> StructItems:
    """Documents with items, such as predictions, as `Items`."""
    return StructItems(contents, np.arange(len(contents)))


def coded(values: Iterable[Hashable]) -> Coded:
    """The distinct values of a column, in the order of their first rows, and their positions."""
    position = defaultdict[Hashable, int](count().__next__)
    code = np.fromiter(map(position.__getitem__, values), np.int64)
    return Coded(tuple(position), code)


def _coded_by_type(values: Sequence[Hashable]) -> Coded:
    """As `coded`, with values of different types distinguished: True equals 1."""
    found = coded(values)
    if not any(isinstance(value, int | float) for value in found.values):
        return found
    found = coded(zip(map(type, values), values, strict=True))
    return Coded([value for _, value in found.values], found.code)
