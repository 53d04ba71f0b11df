"""Mentions, events or claims in an order by content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dateline.evaluation.columns.annotation_columns import MISSING_ROW, AttributeColumns
from dateline.evaluation.columns.given_items import SpanColumns
from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.spans import Spans, place_ids
from dateline.metrics.tuple_sets import pack


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


def sorted_layer(
    given: SpanColumns,
    confidence: FloatArray,
    within: Sequence[IntArray] = (),
    ties: Sequence[FloatArray] = (),
) -> SortedLayer:
    """The items in text order.

    Those of one place and label are sorted by the columns ``within``, then by attributes, by the
    columns ``ties`` and by confidence, so that neither the order of items nor their ids matter.
    """
    spans, values = given.spans, given.values
    (place,) = place_ids(spans)
    key = pack(place, spans.label)
    order = np.argsort(key, kind="stable")
    if not np.diff(key[order]).all():
        keys = (key, *within, *values.values(), *ties, -confidence)
        order = np.lexsort(keys[::-1])
    return SortedLayer(
        order,
        spans.take(order),
        place[order],
        {name: column[order] for name, column in values.items()},
        confidence[order],
    )


def first_of_equal(*columns: IntArray) -> IntArray:
    """The first row of the equal ones that each row belongs to; equal rows are adjacent."""
    size = len(columns[0])
    is_first = np.ones(size, np.bool_)
    is_first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.asarray(np.maximum.accumulate(np.where(is_first, np.arange(size), 0)), np.int64)
