"""Labelled spans as columns: which are equal, and which overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import BoolArray, IntArray
from dateline.metrics.tuple_sets import pack


class Spans(NamedTuple):
    """Labelled spans as columns. A span has one or more fragments, sorted and disjoint.

    ``document`` and ``label`` have an entry per span, numbered from 0. The fragments of span i are
    ``start[offsets[i]:offsets[i + 1]]`` and likewise ``end``, in Unicode code points, end
    exclusive. ``offsets`` has one entry more than there are spans, as in Arrow lists.
    """

    document: IntArray
    label: IntArray
    offsets: IntArray
    start: IntArray
    end: IntArray

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, Sequence[tuple[int, int]]]]) -> Spans:
        """Spans from rows of document, label and fragments."""
        spans = list(rows)
        fragments = [fragment for _, _, some in spans for fragment in some]
        return cls(
            np.array([document for document, _, _ in spans], np.int64),
            np.array([label for _, label, _ in spans], np.int64),
            np.cumsum([0, *(len(some) for _, _, some in spans)], dtype=np.int64),
            np.array([start for start, _ in fragments], np.int64),
            np.array([end for _, end in fragments], np.int64),
        )

    def __len__(self) -> int:
        """The number of spans."""
        return len(self.document)

    @property
    def length(self) -> IntArray:
        """The length of each span: code points in all its fragments."""
        total = np.concatenate(([0], np.cumsum(self.end - self.start)))
        return np.asarray(total[self.offsets[1:]] - total[self.offsets[:-1]], np.int64)

    def take(self, rows: IntArray | BoolArray) -> Spans:
        """The spans of some rows, in that order: indices, or a mask."""
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        sizes = np.diff(self.offsets)[rows]
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        fragments = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], sizes)
        return Spans(
            self.document[rows],
            self.label[rows],
            offsets,
            self.start[fragments],
            self.end[fragments],
        )


def overlaps(left: Spans, right: Spans) -> tuple[IntArray, IntArray, IntArray]:
    """All pairs of spans in the same document that share text.

    Returns the rows of both spans, and the number of code points they share.
    """
    # Put all documents on one line, far enough apart that no span reaches into the next document.
    stride = 1 + max(int(left.end.max(initial=0)), int(right.end.max(initial=0)))
    left_span, left_start, left_end = _on_one_line(left, stride)
    right_span, right_start, right_end = _on_one_line(right, stride)
    order = np.argsort(right_start, kind="stable")
    right_span, right_start, right_end = right_span[order], right_start[order], right_end[order]
    # Starts are sorted, and so are the furthest ends: candidates are one range of rows.
    furthest = np.maximum.accumulate(right_end)
    first = np.searchsorted(furthest, left_start, side="right")
    last = np.searchsorted(right_start, left_end, side="left")
    sizes = np.maximum(last - first, 0)
    total = np.concatenate(([0], np.cumsum(sizes)))
    i = np.repeat(np.arange(len(left_start)), sizes)
    j = np.arange(total[-1]) + np.repeat(first - total[:-1], sizes)
    shared = np.minimum(left_end[i], right_end[j]) - np.maximum(left_start[i], right_start[j])
    kept = shared > 0
    i, j, shared = left_span[i[kept]], right_span[j[kept]], shared[kept]
    # Several fragments of one span may overlap the same other span.
    width = max(len(right), 1)
    pair, inverse = np.unique(i * width + j, return_inverse=True)
    total_shared = np.bincount(inverse, shared, minlength=len(pair)).astype(np.int64)
    return pair // width, pair % width, total_shared


def place_ids(*columns: Spans) -> list[IntArray]:
    """An id for each span of each of the columns, equal for equal document and fragments."""
    document = np.concatenate([spans.document for spans in columns])
    sizes = np.concatenate([np.diff(spans.offsets) for spans in columns])
    start = np.concatenate([spans.start for spans in columns])
    end = np.concatenate([spans.end for spans in columns])
    first = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    ids = np.zeros(len(document), np.int64)
    lowest = 0
    for size in np.flatnonzero(np.bincount(sizes)):
        rows = np.flatnonzero(sizes == size)
        key = document[rows]
        for fragment in range(size):
            key = pack(pack(key, start[first[rows] + fragment]), end[first[rows] + fragment])
        if lowest:
            _, key = np.unique(key, return_inverse=True)
        ids[rows] = key + lowest
        lowest += int(key.max(initial=0)) + 1
    return np.split(ids, np.cumsum([len(spans) for spans in columns])[:-1])


def labelled_place_ids(place: Sequence[IntArray], label: Sequence[IntArray]) -> list[IntArray]:
    """An id for each place with its label, given the places and labels of several columns."""
    ids = pack(np.concatenate(place), np.concatenate(label))
    return np.split(ids, np.cumsum([len(part) for part in place])[:-1])


def distinct_rows(spans: Spans, place: IntArray | None = None) -> IntArray:
    """The first row of each place with the same label, sorted: the spans without duplicates.

    ``place`` is the spans' ``place_ids``, if they are known already.
    """
    (place,) = place_ids(spans) if place is None else (place,)
    return np.sort(np.unique(pack(place, spans.label), return_index=True)[1])


def first_rows(spans: Spans) -> IntArray:
    """For each span the first row with the same place and label."""
    ids = pack(place_ids(spans)[0], spans.label)
    _, first, number = np.unique(ids, return_index=True, return_inverse=True)
    return np.asarray(first[number], np.int64)


def _on_one_line(spans: Spans, stride: int) -> tuple[IntArray, IntArray, IntArray]:
    span = np.repeat(np.arange(len(spans)), np.diff(spans.offsets))
    line = spans.document[span] * stride
    return span, line + spans.start, line + spans.end
