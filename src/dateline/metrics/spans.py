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
        if len(rows) == len(self) and np.array_equal(rows, np.arange(len(rows))):
            return self
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

    def in_documents(self, document: IntArray) -> Spans:
        """The same spans in other documents, one for each span."""
        return Spans(document, self.label, self.offsets, self.start, self.end)


def overlaps(left: Spans, right: Spans) -> tuple[IntArray, IntArray, IntArray]:
    """All pairs of spans in the same document that share text.

    Returns the rows of both spans, sorted, and the number of code points they share. Takes time and
    memory in proportion to the spans and the pairs found.
    """
    stride = _stride(left, right)
    left_span, left_start, left_end = _by_start(left, stride)
    right_span, right_start, right_end = _by_start(right, stride)
    # Of two fragments that overlap, the second starts within the first. So each pair is found once.
    i, later = _expanded(
        np.searchsorted(right_start, left_start, side="left"),
        np.searchsorted(right_start, left_end, side="left"),
    )
    j, earlier = _expanded(
        np.searchsorted(left_start, right_start, side="right"),
        np.searchsorted(left_start, right_end, side="left"),
    )
    i, j = np.concatenate((i, earlier)), np.concatenate((later, j))
    shared = np.minimum(left_end[i], right_end[j]) - np.maximum(left_start[i], right_start[j])
    kept = shared > 0
    i, j, shared = left_span[i[kept]], right_span[j[kept]], shared[kept]
    # Several fragments of one span may overlap the same other span.
    width = max(len(right), 1)
    pair, inverse = np.unique(i * width + j, return_inverse=True)
    total_shared = np.bincount(inverse, shared, minlength=len(pair)).astype(np.int64)
    return pair // width, pair % width, total_shared


def inside_longer(inner: Spans, outer: Spans) -> BoolArray:
    """Which spans of ``inner`` are completely inside a longer span of ``outer``.

    Takes no pairs of spans without gaps, so spans may be nested as deeply as they like.
    """
    found = np.zeros(len(inner), np.bool_)
    whole, outer_whole = (np.diff(spans.offsets) == 1 for spans in (inner, outer))
    stride = _stride(inner, outer)
    row, start, end = _by_start(inner.take(whole), stride)
    _, outer_start, outer_end = _by_start(outer.take(outer_whole), stride)
    furthest = np.maximum.accumulate(np.concatenate(([-1], outer_end)))
    longer_left = furthest[np.searchsorted(outer_start, start, side="left")] >= end
    longer_right = furthest[np.searchsorted(outer_start, start, side="right")] > end
    found[np.flatnonzero(whole)[row]] = (longer_left | longer_right) & (end > start)
    for rows, others in ((~whole, np.ones(len(outer), np.bool_)), (whole, ~outer_whole)):
        if not (rows.any() and others.any()):
            continue
        some, longer = inner.take(rows), outer.take(others)
        left, right, shared = overlaps(some, longer)
        length = some.length[left]
        left = left[(shared == length) & (longer.length[right] > length)]
        found[np.flatnonzero(rows)[left]] = True
    return found


def in_units(spans: Spans, units: Spans) -> Spans:
    """The spans as spans of units, such as tokens: fragments from the first unit to the last.

    ``units`` are sorted spans without gaps that do not overlap. A span between two units is empty.
    """
    stride = _stride(spans, units)
    row, start, end = _on_one_line(spans, stride)
    _, unit_start, unit_end = _on_one_line(units, stride)
    first = np.searchsorted(unit_end, start, side="right")
    last = np.maximum(first, np.searchsorted(unit_start, end, side="left"))
    # A unit that two fragments of a span share is that of the first one.
    same = np.flatnonzero(row[1:] == row[:-1]) + 1
    first[same] = np.minimum(np.maximum(first[same], last[same - 1]), last[same])
    return Spans(spans.document, spans.label, spans.offsets, first, last)


def place_ids(*columns: Spans) -> list[IntArray]:
    """An id for each span of each of the columns, equal for equal document and fragments.

    The ids are in text order: of spans with the same first fragments, the one with fewer is first.
    """
    document = np.concatenate([spans.document for spans in columns])
    sizes = np.concatenate([np.diff(spans.offsets) for spans in columns])
    start = np.concatenate([spans.start for spans in columns])
    end = np.concatenate([spans.end for spans in columns])
    first = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    fragments = np.zeros(len(document), np.int64)
    for number in reversed(range(int(sizes.max(initial=0)))):
        rows = np.flatnonzero(sizes > number)
        at = first[rows] + number
        key = pack(pack(start[at], end[at]), fragments[rows])
        if number:
            _, key = np.unique(key, return_inverse=True)
        fragments[rows] = key + 1
    ids = pack(document, fragments)
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


def _stride(left: Spans, right: Spans) -> int:
    """A distance of documents on one line at which no span reaches into the next document."""
    return 1 + max(int(left.end.max(initial=0)), int(right.end.max(initial=0)))


def _on_one_line(spans: Spans, stride: int) -> tuple[IntArray, IntArray, IntArray]:
    """The span, start and end of each fragment."""
    span = np.repeat(np.arange(len(spans)), np.diff(spans.offsets))
    line = spans.document[span] * stride
    return span, line + spans.start, line + spans.end


def _by_start(spans: Spans, stride: int) -> tuple[IntArray, IntArray, IntArray]:
    """As `_on_one_line`, sorted by start."""
    span, start, end = _on_one_line(spans, stride)
    order = np.argsort(start, kind="stable")
    return span[order], start[order], end[order]


def _expanded(first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of the number of each range, from ``first`` to ``last``, and a number in it."""
    sizes = np.maximum(last - first, 0)
    total = np.concatenate(([0], np.cumsum(sizes)))
    number = np.repeat(np.arange(len(sizes)), sizes)
    return number, np.arange(total[-1]) + (first - total[:-1])[number]
