"""The same measures in simple Python: sets, loops, and every assignment tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

Place = tuple[tuple[int, int], ...]
Row = tuple[int, int, Place]
"""Document, label, fragments."""


def strict(gold: Iterable[Row], predicted: Iterable[Row]) -> tuple[int, int, int]:
    """Hits, gold, predicted."""
    return len(set(gold) & set(predicted)), len(set(gold)), len(set(predicted))


def characters(row: Row) -> set[tuple[int, int]]:
    return {(row[0], i) for start, end in row[2] for i in range(start, end)}


def overlaps(left: Sequence[Row], right: Sequence[Row]) -> list[tuple[int, int, int]]:
    """Every pair of rows that share characters, and how many."""
    shared = (
        (i, j, len(characters(one) & characters(other)))
        for i, one in enumerate(left)
        for j, other in enumerate(right)
    )
    return [found for found in shared if found[2]]


def inside_longer(inner: Sequence[Row], outer: Sequence[Row]) -> list[bool]:
    return [any(characters(row) < characters(other) for other in outer) for row in inner]


def best_overlap(gold: Sequence[Row], predicted: Sequence[Row]) -> tuple[int, int, float]:
    """The most pairs that overlap, then the most of one label, then the greatest sum of IoU."""
    swap = len(gold) > len(predicted)
    few, many = (predicted, gold) if swap else (gold, predicted)
    best = (0, 0, 0.0)
    for chosen in permutations(range(len(many)), len(few)):
        pairs = typed = 0
        total = 0.0
        for row, j in zip(few, chosen, strict=True):
            shared = characters(row) & characters(many[j])
            if shared:
                pairs += 1
                typed += row[1] == many[j][1]
                total += len(shared) / len(characters(row) | characters(many[j]))
        best = max(best, (pairs, typed, total))
    return best


def semeval(gold: Iterable[Row], predicted: Iterable[Row]) -> dict[str, float]:
    """Credit in each mode, for unlabelled totals."""
    gold_left, predicted_left = sorted(set(gold)), sorted(set(predicted))
    strictly = set(gold_left) & set(predicted_left)
    gold_left = [row for row in gold_left if row not in strictly]
    predicted_left = [row for row in predicted_left if row not in strictly]
    placed = 0
    for row in list(gold_left):
        same = [other for other in predicted_left if (other[0], other[2]) == (row[0], row[2])]
        if same:
            gold_left.remove(row)
            predicted_left.remove(same[0])
            placed += 1
    pairs, typed, _ = best_overlap(gold_left, predicted_left)
    exact = len(strictly) + placed
    return {
        "strict": len(strictly),
        "exact": exact,
        "partial": exact + pairs / 2,
        "type": len(strictly) + typed,
    }


Partition = Sequence[frozenset[Any]]


def lea(key: Partition, response: Partition) -> tuple[float, float]:
    """Credit and size, for recall; swap the arguments for precision."""
    credit = 0.0
    for chain in key:
        if len(chain) == 1:
            credit += any(other == chain for other in response)
            continue
        links = len(chain) * (len(chain) - 1) / 2
        kept = sum(n * (n - 1) / 2 for n in (len(chain & other) for other in response))
        credit += len(chain) * kept / links
    return credit, sum(map(len, key))
