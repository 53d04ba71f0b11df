"""Optimal 1:1 assignment between two sets of items.

Unlike greedy matching, the result does not depend on the order of the items.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from dateline.metrics.counts import FloatArray, IntArray

SMALL = 4000
"""Cells of matrices that are solved without SciPy, whose import takes longer."""
DENSE = 1_000_000
"""Cells of the largest matrix that is solved as such: 1,000 items with 1,000."""

Cells: TypeAlias = tuple[IntArray, IntArray]
"""The rows and the columns of candidates."""


def assign(
    left: IntArray,
    right: IntArray,
    worth: Sequence[FloatArray],
    *,
    small: int = SMALL,
    dense: int = DENSE,
) -> IntArray:
    """Choose pairs so that the sum of ``worth`` is maximal and no item is in two pairs.

    Candidate k pairs item ``left[k]`` with item ``right[k]``. ``worth`` has one or more arrays,
    each as long as ``left``: the sum of the first is maximised, ties are broken by the sum of the
    second, and so on. Values must not be negative, and all but those of the last array are whole
    numbers. Returns the indices of the chosen candidates, sorted. The same order of candidates
    always gives the same result. ``small`` and ``dense`` choose the solver by the cells of
    matrices; all find an optimum.
    """
    if not len(left):
        return np.empty(0, np.int64)
    lefts, left = np.unique(left, return_inverse=True)
    rights, right = np.unique(right, return_inverse=True)
    component = components(left, right, len(lefts), len(rights))
    order = np.lexsort((*(-level for level in reversed(worth)), component))
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    ends = np.append(starts[1:], len(order))
    # Most components are stars (one item with several candidates): take the best candidate.
    (row, heights), (column, widths) = (
        _number_within(component, left),
        _number_within(component, right),
    )
    narrow = np.minimum(heights, widths)
    value = _combined(worth, component, narrow)
    chosen = [order[starts[narrow == 1]]]
    cells_in_all = int((heights * widths)[narrow > 1].sum())
    for number in np.flatnonzero(narrow > 1):
        pairs = np.sort(order[starts[number] : ends[number]])
        cells = row[pairs], column[pairs]
        shape = heights[number], widths[number]
        if cells_in_all <= small:
            solve = _solve_small
        else:
            solve = _solve_dense if shape[0] * shape[1] <= dense else _solve_sparse
        chosen.append(pairs[solve(cells, shape, value[pairs])])
    return np.sort(np.concatenate(chosen))


def components(left: IntArray, right: IntArray, lefts: int, rights: int) -> IntArray:
    """The number of each candidate's connected component, from 0.

    Candidate k joins ``left[k]``, below ``lefts``, and ``right[k]``, below ``rights``.
    """
    # The label of a node is the lowest one that can be reached.
    label = np.arange(lefts + rights)
    while True:
        ends = label[left], label[right + lefts]
        if np.array_equal(*ends):
            _, component = np.unique(ends[0], return_inverse=True)
            return np.asarray(component, np.int64)
        for end in ends:
            np.minimum.at(label, end, np.minimum(*ends))
        # Follow the labels to their ends, in steps that double.
        while not np.array_equal(label, further := label[label]):
            label = further


def _number_within(component: IntArray, item: IntArray) -> tuple[IntArray, IntArray]:
    """The position of each candidate's item in its component, and the size of each component."""
    _, first = np.unique(item, return_index=True)
    home = component[first]
    sizes = np.bincount(home)
    order = np.argsort(home, kind="stable")
    number = np.empty(len(home), np.int64)
    number[order] = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return number[item], sizes.astype(np.int64)


def _combined(worth: Sequence[FloatArray], component: IntArray, most: IntArray) -> FloatArray:
    """One number per candidate; a whole level adds up to less than 1 of the level before.

    ``most`` is the number of pairs that can be chosen of each component.
    """
    first, *others = worth
    total = first.astype(np.float64)
    scale = np.ones(len(most))
    for level in others:
        largest = np.ones(len(most))
        np.maximum.at(largest, component, level)
        scale /= 2 * (most * largest + 1)
        total += scale[component] * level
    return total


def _solve_dense(cells: Cells, shape: tuple[int, int], value: FloatArray) -> IntArray:
    """The candidates of an optimal assignment."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    matrix, index = _matrices(cells, shape, value)
    pairs: IntArray = index[linear_sum_assignment(matrix, maximize=True)]
    return pairs[pairs >= 0]


def _solve_small(cells: Cells, shape: tuple[int, int], value: FloatArray) -> IntArray:
    """The same choice as SciPy makes, by the same algorithm: shortest augmenting paths.

    Crouse, "On implementing 2D rectangular assignment algorithms", IEEE Transactions on Aerospace
    and Electronic Systems 52(4), 2016.
    """
    matrix, index = _matrices(cells, shape, value)
    if shape[0] > shape[1]:
        matrix, index = matrix.T, index.T
    cost = (-matrix).tolist()
    height, width = matrix.shape
    row_dual, column_dual = [0.0] * height, [0.0] * width
    column_of, row_of = [-1] * height, [-1] * width
    for first in range(height):
        shortest, before = [np.inf] * width, [-1] * width
        open_columns = list(range(width - 1, -1, -1))
        rows, columns = [first], []
        distance, row, sink = 0.0, first, -1
        while sink < 0:
            nearest, lowest = -1, np.inf
            for position, column in enumerate(open_columns):
                there = distance + cost[row][column] - row_dual[row] - column_dual[column]
                if there < shortest[column]:
                    shortest[column], before[column] = there, row
                if shortest[column] < lowest or (shortest[column] == lowest and row_of[column] < 0):
                    nearest, lowest = position, shortest[column]
            distance = lowest
            column = open_columns[nearest]
            columns.append(column)
            open_columns[nearest] = open_columns[-1]
            open_columns.pop()
            row = row_of[column]
            if row < 0:
                sink = column
            else:
                rows.append(row)
        row_dual[first] += distance
        for row in rows[1:]:
            row_dual[row] += distance - shortest[column_of[row]]
        for column in columns:
            column_dual[column] -= distance - shortest[column]
        column = sink
        while True:
            row = row_of[column] = before[column]
            column_of[row], column = column, column_of[row]
            if row == first:
                break
    pairs: IntArray = index[np.arange(height), column_of]
    return pairs[pairs >= 0]


def _solve_sparse(cells: Cells, shape: tuple[int, int], value: FloatArray) -> IntArray:
    """The same in memory in proportion to the candidates, as one item may have thousands."""
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415

    (row, column), (height, width) = cells, shape
    # Every row has to be matched: each has a column of its own, which is worth nothing.
    own = np.arange(height)
    rows, columns = np.concatenate((row, own)), np.concatenate((column, width + own))
    cost = 1 + value.max() - np.concatenate((value, np.zeros(height)))
    matrix = csr_array((cost, (rows, columns)), shape=(height, width + height))
    matched_row, matched_column = min_weight_full_bipartite_matching(matrix)
    order = np.lexsort((column, row))
    key = (row * width + column)[order]
    real = matched_column < width
    found: IntArray = order[np.searchsorted(key, (matched_row * width + matched_column)[real])]
    return found


def _matrices(
    cells: Cells, shape: tuple[int, int], value: FloatArray
) -> tuple[FloatArray, IntArray]:
    """The value and the number of the candidate in each cell; 0 and -1 where there is none."""
    matrix, index = np.zeros(shape), np.full(shape, -1)
    matrix[cells] = value
    index[cells] = np.arange(len(value))
    return matrix, index
