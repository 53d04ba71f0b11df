"""One optimal 1:1 assignment between two sides, given which pairs are possible and their worth.

What a greedy scorer matches depends on the order of its input; an assignment does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dateline.metrics.counts import FloatArray, IntArray


def assign(left: IntArray, right: IntArray, worth: Sequence[FloatArray]) -> IntArray:
    """The pairs, as indices into ``left`` and ``right``, of the assignment of greatest worth.

    Pair k may join item ``left[k]`` to item ``right[k]``, and each item goes into one pair at most.
    ``worth`` has an array or more, each as long as ``left``: the sum of the first is maximised,
    then that of the second among those assignments, and so on. All but the last must be 0 or 1, the
    last lies between 0 and 1, unless there is only one, which may be any that is not negative. Of
    equally good assignments the same one is always returned for the same order of pairs.
    """
    if not len(left):
        return np.empty(0, np.int64)
    lefts, left = np.unique(left, return_inverse=True)
    rights, right = np.unique(right, return_inverse=True)
    component = _components(left, right, len(lefts), len(rights))
    order = np.lexsort((*(-level for level in reversed(worth)), component))
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    ends = np.append(starts[1:], len(order))
    # A star, one item against several, is settled by its best pair; most components are stars.
    (row, heights), (column, widths) = _within(component, left), _within(component, right)
    narrow = np.minimum(heights, widths)
    value = _weighed(worth, narrow[component])
    chosen = [order[starts[narrow == 1]]]
    for found in np.flatnonzero(narrow > 1):
        pairs = np.sort(order[starts[found] : ends[found]])
        places = row[pairs], column[pairs]
        size = heights[found], widths[found]
        chosen.append(pairs[_settled(places, size, value[pairs])])
    return np.sort(np.concatenate(chosen))


def _components(left: IntArray, right: IntArray, lefts: int, rights: int) -> IntArray:
    nodes = lefts + rights
    graph = coo_array((np.ones(len(left), np.int8), (left, right + lefts)), shape=(nodes, nodes))
    _, labels = connected_components(graph.tocsr(), directed=False)
    found: IntArray = labels[left].astype(np.int64)
    return found


def _within(component: IntArray, item: IntArray) -> tuple[IntArray, IntArray]:
    """The number of each pair's item within its component, and how many items each has."""
    _, first = np.unique(item, return_index=True)
    home = component[first]
    sizes = np.bincount(home)
    order = np.argsort(home, kind="stable")
    number = np.empty(len(home), np.int64)
    number[order] = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return number[item], sizes.astype(np.int64)


def _weighed(worth: Sequence[FloatArray], most: IntArray) -> FloatArray:
    """One number for each pair, in which all of a level weighs less than 1 of the level before."""
    total = np.zeros(len(most))
    scale = np.ones(len(most))
    for level in worth:
        total += scale * level
        # At most `most` pairs are chosen.
        scale /= 2 * (most + 1)
    return total


def _settled(
    places: tuple[IntArray, IntArray], size: tuple[int, int], value: FloatArray
) -> IntArray:
    matrix = np.zeros(size)
    matrix[places] = value
    index = np.full(size, -1)
    index[places] = np.arange(len(value))
    pairs: IntArray = index[linear_sum_assignment(matrix, maximize=True)]
    return pairs[pairs >= 0]
