"""Items that are rows of an Arrow table, in the columns of the config ``documents``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dateline.evaluation.columns.items import Coded, coded
from dateline.metrics.counts import BoolArray, IntArray

DERIVED = "derived"
"""The field of a dataset's relations that says whether they follow from arguments."""


class ArrowItems:
    """Items that are rows of an Arrow table; see `Items`. Missing columns have no values."""

    def __init__(self, columns: Mapping[str, pa.Array], parent: IntArray) -> None:
        self._columns, self.parent = columns, parent
        self._children: dict[str, ArrowItems] = {}
        self._values: dict[str, Coded] = {}

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> ArrowItems:
        """The rows of a batch, which are documents."""
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return cls(columns, np.arange(batch.num_rows))

    def __len__(self) -> int:
        """The number of items."""
        return len(self.parent)

    def values(self, field: str) -> Coded:
        """See `Items`."""
        if field not in self._values:
            column = self._columns.get(field)
            missing = Coded((None,), np.zeros(len(self), np.int64))
            self._values[field] = missing if column is None else _coded(column)
        return self._values[field]

    def integers(self, field: str) -> IntArray:
        """See `Items`."""
        column = self._columns.get(field)
        return np.zeros(len(self), np.int64) if column is None else integers(column)

    def strings(self, field: str) -> Sequence[str]:
        """See `Items`."""
        column = self._columns.get(field)
        found: Sequence[str] = () if column is None else column.to_pylist()
        return found

    def has(self, field: str) -> BoolArray:
        """See `Items`."""
        column = self._columns.get(field)
        if column is None:
            return np.zeros(len(self), np.bool_)
        return integers(column.is_valid().cast(pa.int8())).astype(np.bool_)

    def children(self, field: str) -> ArrowItems:
        """See `Items`. Derived relations are left out: nobody annotates or predicts them."""
        if field not in self._children:
            self._children[field] = self._read_children(field)
        return self._children[field]

    def attributes(self) -> Mapping[str, Coded]:
        """See `Items`."""
        column = self._columns.get("attributes")
        if column is None:
            return {}
        return {name: _coded(values) for name, values in _fields(column).items()}

    def _read_children(self, field: str) -> ArrowItems:
        column = self._columns.get(field)
        if column is None:
            return ArrowItems({}, np.zeros(0, np.int64))
        sizes = list_sizes(column)
        columns, parent = _fields(column.flatten()), np.repeat(np.arange(len(sizes)), sizes)
        if DERIVED in columns:
            is_given = pc.invert(columns[DERIVED])
            columns = {name: column.filter(is_given) for name, column in columns.items()}
            parent = parent[integers(is_given.cast(pa.int8())) == 1]
        return ArrowItems(columns, parent)


def list_sizes(lists: pa.Array) -> IntArray:
    """The length of each list, 0 of a null."""
    found = np.diff(integers(lists.offsets))
    return found * integers(lists.is_valid().cast(pa.int8())) if lists.null_count else found


def integers(column: pa.Array) -> IntArray:
    """The values of a column of integers without nulls."""
    # Arrow's own conversion imports pandas.
    return np.from_dlpack(column).astype(np.int64)


def _fields(items: pa.Array) -> Mapping[str, pa.Array]:
    """The fields of structs; those of a null are null."""
    names = [field.name for field in items.type]
    return dict(zip(names, items.flatten(), strict=True))


def _coded(column: pa.Array) -> Coded:
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return coded([None if found is None else tuple(found) for found in column.to_pylist()])
    encoded = column.dictionary_encode(null_encoding="encode")
    return Coded(encoded.dictionary.to_pylist(), integers(encoded.indices))
