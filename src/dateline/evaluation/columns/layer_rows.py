"""The labelled spans of a layer as columns: first as given, then in an order by content."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np

from dateline.evaluation.columns.annotation_columns import MISSING_ROW, AttributeColumns
from dateline.evaluation.columns.growing import SpanRows
from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.spans import Spans, place_ids
from dateline.model import Attributes, Claim, Event, Mention
from dateline.model import Spans as Fragments
from dateline.predictions.label_index import AttributeIndex, LabelIndex


class ValueRows:
    """The values of the attributes of items, in the order of the items."""

    def __init__(self, attributes: Mapping[str, AttributeIndex]) -> None:
        self._attributes = attributes
        self._values = {name: array("q") for name in attributes}

    def extend(self, given: Sequence[Attributes]) -> None:
        """Add the attributes of items."""
        for name, index in self._attributes.items():
            self._values[name].extend(index.numbers([one.get(name) for one in given]))

    def columns(self) -> AttributeColumns:
        """The integers of all values so far."""
        return {name: np.array(column, np.int64) for name, column in self._values.items()}


class LayerRows:
    """Mentions, events or claims of one document after the other, in the order of the document."""

    def __init__(self, types: LabelIndex, attributes: Mapping[str, AttributeIndex]) -> None:
        self._types = types
        self._spans = SpanRows()
        self._values = ValueRows(attributes)
        self._confidence = array("d")

    def __len__(self) -> int:
        """The number of items."""
        return len(self._spans)

    def extend(
        self,
        document: int,
        items: Sequence[Mention | Event | Claim],
        types: Iterable[str],
        spans: Sequence[Fragments],
        confidence: Iterable[float],
    ) -> dict[str, int]:
        """Add the items of a document; return the row of each id, of a repeated one the first."""
        first = len(self)
        self._spans.extend(document, self._types.numbers(types), spans)
        self._values.extend([item.attributes for item in items])
        self._confidence.extend(confidence)
        ids = [item.id for item in items]
        return dict(zip(reversed(ids), count(first + len(ids) - 1, -1), strict=False))

    def sorted(
        self, within: Sequence[IntArray] = (), ties: Sequence[FloatArray] = ()
    ) -> SortedLayer:
        """The items in text order.

        Those of one place and label are sorted by the columns ``within``, then by attributes, by
        the columns ``ties`` and by confidence, so that neither the order of items nor their ids
        matter.
        """
        spans = self._spans.spans()
        values = self._values.columns()
        confidence = np.array(self._confidence, np.float64)
        (place,) = place_ids(spans)
        keys = (place, spans.label, *within, *values.values(), *ties, -confidence)
        order = np.lexsort(keys[::-1])
        return SortedLayer(
            order,
            spans.take(order),
            place[order],
            {name: column[order] for name, column in values.items()},
            confidence[order],
        )


class SortedLayer(NamedTuple):
    """Items sorted by content; ``order`` has the number of each row as it was given."""

    order: IntArray
    spans: Spans
    place: IntArray
    values: AttributeColumns
    confidence: FloatArray

    @property
    def row_of(self) -> IntArray:
        """The row of each item as it was given; one more, for a missing item."""
        found = np.full(len(self.order) + 1, MISSING_ROW)
        found[self.order] = np.arange(len(self.order))
        return found


def first_of_equal(*columns: IntArray) -> IntArray:
    """The first row of the equal ones that each row belongs to; equal rows are adjacent."""
    size = len(columns[0])
    is_first = np.ones(size, np.bool_)
    is_first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.asarray(np.maximum.accumulate(np.where(is_first, np.arange(size), 0)), np.int64)
