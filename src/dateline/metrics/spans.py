"""Labelled spans against labelled spans: strict, exact, partial and type, nested ones included.

Spans are compared as sets: the same place with the same label twice counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dateline.metrics.assignment import assign
from dateline.metrics.counts import BoolArray, Counts, FloatArray, IntArray, tally
from dateline.metrics.keys import joined


class Spans(NamedTuple):
    """Labelled spans as columns. A span has one fragment or more, sorted and disjoint.

    ``document`` and ``label`` have an entry for each of n spans, numbered from 0. The fragments of
    span i are ``start[offsets[i]:offsets[i + 1]]`` and the same of ``end``: code points, end
    exclusive. ``offsets`` has n + 1 entries, as the lists of Arrow have.
    """

    document: IntArray
    label: IntArray
    offsets: IntArray
    start: IntArray
    end: IntArray

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, Sequence[tuple[int, int]]]]) -> Spans:
        """Columns from rows of document, label and fragments."""
        found = list(rows)
        fragments = [fragment for _, _, some in found for fragment in some]
        return cls(
            np.array([document for document, _, _ in found], np.int64),
            np.array([label for _, label, _ in found], np.int64),
            np.cumsum([0, *(len(some) for _, _, some in found)], dtype=np.int64),
            np.array([start for start, _ in fragments], np.int64),
            np.array([end for _, end in fragments], np.int64),
        )

    def __len__(self) -> int:
        """How many spans there are."""
        return len(self.document)

    @property
    def length(self) -> IntArray:
        """Code points in all fragments of each span."""
        total = np.concatenate(([0], np.cumsum(self.end - self.start)))
        return np.asarray(total[self.offsets[1:]] - total[self.offsets[:-1]], np.int64)

    def take(self, rows: IntArray | BoolArray) -> Spans:
        """Some of the spans, in the order of ``rows``: indices, or a mask."""
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


class Matching(NamedTuple):
    """A 1:1 assignment of predicted spans to gold spans.

    Pair k is gold span ``gold[k]`` and predicted span ``predicted[k]``; ``exact[k]`` says whether
    they are the same place, ``typed[k]`` whether they have the same label.
    """

    gold: IntArray
    predicted: IntArray
    exact: BoolArray
    typed: BoolArray


def strict(gold: Spans, predicted: Spans, documents: int, labels: int) -> Counts:
    """Same fragments and same label: the measure of CoNLL-2003, on characters instead of tags.

    Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task", CoNLL 2003. Shape
    (documents, labels, 4).
    """
    gold_keys, predicted_keys = _keys(gold, predicted)
    gold_keys, gold_rows = np.unique(gold_keys, return_index=True)
    predicted_keys, predicted_rows = np.unique(predicted_keys, return_index=True)
    _, gold_hits, predicted_hits = np.intersect1d(
        gold_keys, predicted_keys, assume_unique=True, return_indices=True
    )
    return _counts(
        gold.take(gold_rows),
        predicted.take(predicted_rows),
        _marked(len(gold_rows), gold_hits),
        _marked(len(predicted_rows), predicted_hits),
        documents,
        labels,
    )


def semeval(gold: Spans, predicted: Spans, documents: int, labels: int) -> Mapping[str, Counts]:
    """The four modes of SemEval-2013, by name, all from one optimal 1:1 assignment.

    ``strict`` wants place and label, ``exact`` the place, ``type`` an overlap and the label;
    ``partial`` gives 1 for the place and .5 for an overlap, whatever the label.

    Segura-Bedmar, Martínez and Herrero-Zazo, "SemEval-2013 Task 9", SemEval 2013, after Chinchor
    and Sundheim, "MUC-5 Evaluation Metrics", MUC-5 1993. Neither says which of several overlapping
    spans is meant; see ``match`` for what we do. Each shape is (documents, labels, 4).
    """
    gold, predicted, credit = semeval_credit(gold, predicted)
    return {
        name: _counts(gold, predicted, *found, documents, labels) for name, found in credit.items()
    }


def semeval_credit(
    gold: Spans, predicted: Spans
) -> tuple[Spans, Spans, Mapping[str, tuple[FloatArray, FloatArray]]]:
    """Both sides without duplicates, and for each mode what credit each span of each side gets."""
    gold, predicted, found = _distinct_match(gold, predicted)
    credit = {
        "strict": (found.exact & found.typed).astype(np.float64),
        "exact": found.exact.astype(np.float64),
        "partial": np.where(found.exact, 1.0, 0.5),
        "type": found.typed.astype(np.float64),
    }
    return (
        gold,
        predicted,
        {
            name: (
                _marked(len(gold), found.gold, value),
                _marked(len(predicted), found.predicted, value),
            )
            for name, value in credit.items()
        },
    )


def nested(gold: Spans, predicted: Spans, documents: int, labels: int) -> Counts:
    """Strict matching of spans that lie inside a longer one.

    After Ringland et al., "NNE: A Dataset for Nested Named Entity Recognition", ACL 2019. Recall is
    over the gold spans that lie inside another gold span, precision over the predicted spans that
    lie inside a gold or another predicted span. Shape (documents, labels, 4).
    """
    gold, predicted, found = _distinct_match(gold, predicted)
    right = (found.exact & found.typed).astype(np.float64)
    gold_hit = _marked(len(gold), found.gold, right)
    predicted_hit = _marked(len(predicted), found.predicted, right)
    inner = _inside(gold, gold)
    predicted_inner = np.union1d(_inside(predicted, predicted), _inside(predicted, gold))
    return _counts(
        gold.take(inner),
        predicted.take(predicted_inner),
        gold_hit[inner],
        predicted_hit[predicted_inner],
        documents,
        labels,
    )


def match(gold: Spans, predicted: Spans) -> Matching:
    """Assign predicted spans to gold spans 1:1, whatever order either comes in.

    Those of one place and label are paired first, then those of one place. Of what is left, spans
    that overlap are paired so that there are as many pairs as possible, then as many of one label,
    then the greatest sum of intersection over union. Duplicates must have been taken out
    (``distinct``).
    """
    return _match(gold, predicted, *places(gold, predicted))


def match_by_overlap(
    gold: Spans,
    predicted: Spans,
    at_least: float,
    alike: Callable[[IntArray, IntArray], BoolArray] | None = None,
) -> tuple[IntArray, IntArray]:
    """Assign spans whose intersection over union reaches ``at_least``, 1:1, whatever their labels.

    As many pairs as possible, then as many as possible of which ``alike`` says so, given their gold
    and their predicted rows, then the greatest sum of intersection over union. Returns the rows of
    the pairs.
    """
    order, predicted_order = _canonical(gold, predicted)
    gold, predicted = gold.take(order), predicted.take(predicted_order)
    left, right, shared = overlaps(gold, predicted)
    union = _union(gold, predicted, left, right, shared)
    kept = union >= at_least
    left, right, union = left[kept], right[kept], union[kept]
    worth = [np.ones(len(left)), union]
    if alike is not None:
        worth.insert(1, alike(order[left], predicted_order[right]).astype(np.float64))
    pairs = assign(left, right, worth)
    return order[left[pairs]], predicted_order[right[pairs]]


def overlaps(left: Spans, right: Spans) -> tuple[IntArray, IntArray, IntArray]:
    """Every pair of spans of one document that share text: rows of both, and code points shared."""
    # All documents on one line, far enough apart that no span reaches into the next.
    stride = 1 + max(int(left.end.max(initial=0)), int(right.end.max(initial=0)))
    left_item, left_start, left_end = _on_a_line(left, stride)
    right_item, right_start, right_end = _on_a_line(right, stride)
    order = np.argsort(right_start, kind="stable")
    right_item, right_start, right_end = right_item[order], right_start[order], right_end[order]
    # Starts are sorted and so is the furthest end so far: candidates lie in one range of rows.
    furthest = np.maximum.accumulate(right_end)
    first = np.searchsorted(furthest, left_start, side="right")
    last = np.searchsorted(right_start, left_end, side="left")
    sizes = np.maximum(last - first, 0)
    total = np.concatenate(([0], np.cumsum(sizes)))
    i = np.repeat(np.arange(len(left_start)), sizes)
    j = np.arange(total[-1]) + np.repeat(first - total[:-1], sizes)
    shared = np.minimum(left_end[i], right_end[j]) - np.maximum(left_start[i], right_start[j])
    kept = shared > 0
    i, j, shared = left_item[i[kept]], right_item[j[kept]], shared[kept]
    # Several fragments of a span may share text with the same span.
    pair, inverse = np.unique(i * max(len(right), 1) + j, return_inverse=True)
    together = np.bincount(inverse, shared, minlength=len(pair)).astype(np.int64)
    return pair // max(len(right), 1), pair % max(len(right), 1), together


def places(*columns: Spans) -> list[IntArray]:
    """A number for each span of each of the columns: equal for equal document and fragments."""
    document = np.concatenate([spans.document for spans in columns])
    sizes = np.concatenate([np.diff(spans.offsets) for spans in columns])
    start = np.concatenate([spans.start for spans in columns])
    end = np.concatenate([spans.end for spans in columns])
    first = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    found = np.zeros(len(document), np.int64)
    above = 0
    for size in np.flatnonzero(np.bincount(sizes)):
        rows = np.flatnonzero(sizes == size)
        key = document[rows]
        for fragment in range(size):
            key = joined(joined(key, start[first[rows] + fragment]), end[first[rows] + fragment])
        if above:
            _, key = np.unique(key, return_inverse=True)
        found[rows] = key + above
        above += int(key.max(initial=0)) + 1
    return np.split(found, np.cumsum([len(spans) for spans in columns])[:-1])


def distinct(spans: Spans) -> IntArray:
    """The rows that are left when the same place with the same label counts once, sorted."""
    (place,) = places(spans)
    return _first(place, spans.label)


def _distinct_match(gold: Spans, predicted: Spans) -> tuple[Spans, Spans, Matching]:
    """Both sides without duplicates, and their matching; places are numbered only once."""
    sides = gold, predicted
    numbered = places(*sides)
    rows = [_first(place, side.label) for place, side in zip(numbered, sides, strict=True)]
    gold, predicted = (side.take(kept) for side, kept in zip(sides, rows, strict=True))
    kept = (place[row] for place, row in zip(numbered, rows, strict=True))
    return gold, predicted, _match(gold, predicted, *kept)


def _match(
    gold: Spans, predicted: Spans, gold_places: IntArray, predicted_places: IntArray
) -> Matching:
    gold_keys, predicted_keys = _labelled(
        (gold_places, predicted_places), (gold.label, predicted.label)
    )
    gold_order, predicted_order = np.argsort(gold_keys), np.argsort(predicted_keys)
    _, left, right = np.intersect1d(
        gold_keys[gold_order], predicted_keys[predicted_order], return_indices=True
    )
    pairs = [(gold_order[left], predicted_order[right])]
    gold_left, predicted_left = _without(gold_order, left), _without(predicted_order, right)

    left, right = _in_turn(gold_places[gold_left], predicted_places[predicted_left])
    pairs.append((gold_left[left], predicted_left[right]))
    gold_left, predicted_left = _without(gold_left, left), _without(predicted_left, right)

    left, right = _overlapping(gold.take(gold_left), predicted.take(predicted_left))
    pairs.append((gold_left[left], predicted_left[right]))

    gold_rows = np.concatenate([pair[0] for pair in pairs])
    predicted_rows = np.concatenate([pair[1] for pair in pairs])
    exact = np.arange(len(gold_rows)) < len(gold_rows) - len(pairs[-1][0])
    typed = gold.label[gold_rows] == predicted.label[predicted_rows]
    return Matching(gold_rows, predicted_rows, exact, typed)


def first_rows(spans: Spans) -> IntArray:
    """For each span the row where its place comes with its label for the first time."""
    (key,) = _keys(spans)
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return np.asarray(first[number], np.int64)


def _keys(*columns: Spans) -> list[IntArray]:
    """A number for each span: equal for equal document, fragments and label."""
    return _labelled(places(*columns), [spans.label for spans in columns])


def _labelled(place: Sequence[IntArray], label: Sequence[IntArray]) -> list[IntArray]:
    """A number for each place with its label, side by side."""
    key = joined(np.concatenate(place), np.concatenate(label))
    return np.split(key, np.cumsum([len(part) for part in place])[:-1])


def _first(place: IntArray, label: IntArray) -> IntArray:
    """The rows where a place comes with a label for the first time, sorted."""
    return np.sort(np.unique(joined(place, label), return_index=True)[1])


def _canonical(*columns: Spans) -> list[IntArray]:
    return [np.argsort(key, kind="stable") for key in _keys(*columns)]


def _in_turn(left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of equal values, first with first, second with second: as many as there can be."""
    left_key, right_key = _ranked(left, right)
    _, left_rows, right_rows = np.intersect1d(left_key, right_key, return_indices=True)
    return left_rows, right_rows


def _ranked(*columns: IntArray) -> list[IntArray]:
    ranks = []
    for values in columns:
        order = np.argsort(values, kind="stable")
        starts = np.flatnonzero(np.diff(values[order], prepend=-1))
        rank = np.empty(len(values), np.int64)
        sizes = np.diff(starts, append=len(order))
        rank[order] = np.arange(len(order)) - np.repeat(starts, sizes)
        ranks.append(rank)
    key = joined(np.concatenate(columns), np.concatenate(ranks))
    return np.split(key, np.cumsum([len(values) for values in columns])[:-1])


def _overlapping(gold: Spans, predicted: Spans) -> tuple[IntArray, IntArray]:
    left, right, shared = overlaps(gold, predicted)
    union = _union(gold, predicted, left, right, shared)
    typed = (gold.label[left] == predicted.label[right]).astype(np.float64)
    chosen = assign(left, right, (np.ones(len(left)), typed, union))
    return left[chosen], right[chosen]


def _union(
    gold: Spans, predicted: Spans, left: IntArray, right: IntArray, shared: IntArray
) -> FloatArray:
    """Intersection over union, in code points."""
    return np.asarray(
        shared / (gold.length[left] + predicted.length[right] - shared), dtype=np.float64
    )


def _inside(inner: Spans, outer: Spans) -> IntArray:
    """Rows of the spans that lie wholly inside a longer one, sorted."""
    left, right, shared = overlaps(inner, outer)
    length = inner.length[left]
    found: IntArray = np.unique(left[(shared == length) & (outer.length[right] > length)])
    return found


def _on_a_line(spans: Spans, stride: int) -> tuple[IntArray, IntArray, IntArray]:
    item = np.repeat(np.arange(len(spans)), np.diff(spans.offsets))
    line = spans.document[item] * stride
    return item, line + spans.start, line + spans.end


def _without(rows: IntArray, taken: IntArray) -> IntArray:
    return np.delete(rows, taken)


def _marked(size: int, rows: IntArray, value: FloatArray | float = 1.0) -> FloatArray:
    marks = np.zeros(size)
    marks[rows] = value
    return marks


def _counts(
    gold: Spans,
    predicted: Spans,
    gold_credit: FloatArray,
    predicted_credit: FloatArray,
    documents: int,
    labels: int,
) -> Counts:
    return tally(
        documents,
        labels,
        (gold.document, gold.label, gold_credit),
        (predicted.document, predicted.label, predicted_credit),
    )
