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
    sizes = np.diff(starts, append=len(order))
    # A star, one item against several, is settled by its best pair; most components are stars.
    width = _distinct(component, left), _distinct(component, right)
    narrow = np.minimum(*width)[component[order][starts]]
    chosen = [order[starts[narrow == 1]]]
    for start, size, small in zip(
        starts[narrow > 1], sizes[narrow > 1], narrow[narrow > 1], strict=True
    ):
        pairs = np.sort(order[start : start + size])
        chosen.append(pairs[_settled(left[pairs], right[pairs], [w[pairs] for w in worth], small)])
    return np.sort(np.concatenate(chosen))


def _components(left: IntArray, right: IntArray, lefts: int, rights: int) -> IntArray:
    nodes = lefts + rights
    graph = coo_array((np.ones(len(left), np.int8), (left, right + lefts)), shape=(nodes, nodes))
    _, labels = connected_components(graph.tocsr(), directed=False)
    found: IntArray = labels[left].astype(np.int64)
    return found


def _distinct(component: IntArray, item: IntArray) -> IntArray:
    """How many different items each component has, by component."""
    _, first = np.unique(item, return_index=True)
    return np.bincount(component[first], minlength=int(component.max()) + 1).astype(np.int64)


def _settled(left: IntArray, right: IntArray, worth: Sequence[FloatArray], most: int) -> IntArray:
    rows, left = np.unique(left, return_inverse=True)
    columns, right = np.unique(right, return_inverse=True)
    total = np.zeros(len(left))
    scale = 1.0
    for level in worth:
        total += scale * level
        # At most `most` pairs are chosen, so all of the next level weighs less than 1 of this one.
        scale /= 2 * (most + 1)
    value = np.zeros((len(rows), len(columns)))
    value[left, right] = total
    index = np.full(value.shape, -1)
    index[left, right] = np.arange(len(left))
    pairs: IntArray = index[linear_sum_assignment(value, maximize=True)]
    return pairs[pairs >= 0]
