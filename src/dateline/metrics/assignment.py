"""Optimal 1:1 assignment between two sets of items.

Unlike greedy matching, the result does not depend on the order of the items.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dateline.metrics.counts import FloatArray, IntArray


def assign(left: IntArray, right: IntArray, worth: Sequence[FloatArray]) -> IntArray:
    """Choose pairs so that the sum of ``worth`` is maximal and no item is in two pairs.

    Candidate k pairs item ``left[k]`` with item ``right[k]``. ``worth`` has one or more arrays,
    each as long as ``left``: the sum of the first is maximised, ties are broken by the sum of the
    second, and so on. Values of the last array must be between 0 and 1, those of the others 0 or 1;
    a single array may have any non-negative values. Returns the indices of the chosen candidates,
    sorted. The same order of candidates always gives the same result.
    """
    if not len(left):
        return np.empty(0, np.int64)
    lefts, left = np.unique(left, return_inverse=True)
    rights, right = np.unique(right, return_inverse=True)
    component = _components(left, right, len(lefts), len(rights))
    order = np.lexsort((*(-level for level in reversed(worth)), component))
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    ends = np.append(starts[1:], len(order))
    # Most components are stars (one item with several candidates): take the best candidate.
    (row, heights), (column, widths) = (
        _number_within(component, left),
        _number_within(component, right),
    )
    narrow = np.minimum(heights, widths)
    value = _combined(worth, narrow[component])
    chosen = [order[starts[narrow == 1]]]
    for number in np.flatnonzero(narrow > 1):
        pairs = np.sort(order[starts[number] : ends[number]])
        cells = row[pairs], column[pairs]
        shape = heights[number], widths[number]
        chosen.append(pairs[_solve(cells, shape, value[pairs])])
    return np.sort(np.concatenate(chosen))


def _components(left: IntArray, right: IntArray, lefts: int, rights: int) -> IntArray:
    nodes = lefts + rights
    graph = coo_array((np.ones(len(left), np.int8), (left, right + lefts)), shape=(nodes, nodes))
    _, labels = connected_components(graph.tocsr(), directed=False)
    found: IntArray = labels[left].astype(np.int64)
    return found


def _number_within(component: IntArray, item: IntArray) -> tuple[IntArray, IntArray]:
    """The position of each candidate's item in its component, and the size of each component."""
    _, first = np.unique(item, return_index=True)
    home = component[first]
    sizes = np.bincount(home)
    order = np.argsort(home, kind="stable")
    number = np.empty(len(home), np.int64)
    number[order] = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return number[item], sizes.astype(np.int64)


def _combined(worth: Sequence[FloatArray], most: IntArray) -> FloatArray:
    """One number per candidate; a whole level adds up to less than 1 of the level before."""
    total = np.zeros(len(most))
    scale = np.ones(len(most))
    for level in worth:
        total += scale * level
        # At most `most` pairs are chosen.
        scale /= 2 * (most + 1)
    return total


def _solve(cells: tuple[IntArray, IntArray], shape: tuple[int, int], value: FloatArray) -> IntArray:
    matrix = np.zeros(shape)
    matrix[cells] = value
    index = np.full(shape, -1)
    index[cells] = np.arange(len(value))
    pairs: IntArray = index[linear_sum_assignment(matrix, maximize=True)]
    return pairs[pairs >= 0]
