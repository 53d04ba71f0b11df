"""Scores of a pair of annotators with their intervals, many at once.

Intervals are percentiles of resamples of sentences. Pairs are many (60 annotators are 1,770), so
all scores of a pair are computed together, from arrays of counts by sentence.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from dateline.agreement.coefficients import Tables, f1, kappa_and_alpha
from dateline.agreement.counts import PairCount, Unit
from dateline.agreement.report import FEWEST_ITEMS, Coefficients, Score
from dateline.metrics.counts import FloatArray
from dateline.metrics.intervals import LEVEL
from dateline.metrics.significance import draws
from dateline.model import AttributeValue

K = TypeVar("K", bound=Hashable)

RESAMPLES = 1000
TOTAL, FEWEST = 200_000, 100
"""Resamples of all pairs together, and of one pair at least."""


def resamples_of_each(pairs: int) -> int:
    """The number of resamples for each of so many pairs: `RESAMPLES`, fewer from 200 pairs on."""
    return max(FEWEST, min(RESAMPLES, TOTAL // max(pairs, 1)))


class Resamples:
    """Resamples of the sentences of some documents."""

    def __init__(self, sentences: int, number: int, seed: int) -> None:
        self.sentences = max(sentences, 1)
        self._draws = _draws(self.sentences, number, seed)

    def f1_scores(self, by_sentence: Mapping[K, Mapping[int, PairCount]]) -> dict[K, Score]:
        """F1 by key, from the counts of each sentence."""
        counts = np.zeros((self.sentences, 3, len(by_sentence)))
        for column, of_key in enumerate(by_sentence.values()):
            for sentence, count in of_key.items():
                counts[sentence, :, column] = count.common, count.first, count.second
        common, first, second = self._resampled(counts).transpose(1, 2, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = _intervals(2 * common / (first + second))
        found = {}
        for key, total, (low, high) in zip(by_sentence, counts.sum(axis=0).T, ends, strict=True):
            both, one, other = (int(number) for number in total)
            score = Score(
                value=f1(both, one, other), low=low, high=high,
                common=both, first=one, second=other,
            )  # fmt: skip
            found[key] = without_interval_of_few(score, max(one, other))
        return found

    def coefficients(
        self, units: Mapping[K, Sequence[Unit]], by_label: K | None = None
    ) -> tuple[dict[K, Coefficients], dict[str, Coefficients]]:
        """Coefficients by key, and for each label of the key ``by_label`` against the rest."""
        tables = {key: self._tables(some) for key, some in units.items()}
        binary = []
        names: list[str] = []
        if by_label is not None:
            labels, table = tables[by_label]
            names = [str(label) for label in labels]
            binary = [*_against_the_rest(table)]
        every = [table for _, table in tables.values()] + binary
        ks, alphas = _coefficients(every)
        units_of = [int(table[0].sum()) for table in every]
        every_score = [
            without_interval_of_few(score, number)
            for score, number in zip(
                scores(np.concatenate([ks, alphas])), 2 * units_of, strict=True
            )
        ]
        found = [
            Coefficients(units=number, same=int(np.trace(table[0])), kappa=k, alpha=alpha)
            for table, number, k, alpha in zip(
                every, units_of, every_score[: len(every)], every_score[len(every) :], strict=True
            )
        ]
        return dict(zip(units, found, strict=False)), dict(
            zip(names, found[len(units) :], strict=True)
        )

    def sums(self, counts: FloatArray) -> FloatArray:
        """Sums of counts by sentence (sentences, ...): of all sentences, then of each resample."""
        return np.concatenate([counts.sum(axis=0)[None], self._resampled(counts)])

    def _tables(self, units: Sequence[Unit]) -> tuple[list[AttributeValue | None], Tables]:
        """The labels, and a contingency table: of all sentences, and of each resample."""
        # A value that both annotators lack (None) is a value like any other.
        labels = {
            label: n for n, label in enumerate(dict.fromkeys(x for _, *both in units for x in both))
        }
        counts = np.zeros((self.sentences, len(labels), len(labels)))
        for sentence, one, other in units:
            counts[sentence, labels[one], labels[other]] += 1
        return [*labels], self.sums(counts).astype(np.int64)

    def _resampled(self, counts: FloatArray) -> FloatArray:
        sums: FloatArray = self._draws @ counts.reshape(len(counts), math.prod(counts.shape[1:]))
        return sums.reshape(len(self._draws), *counts.shape[1:])


@lru_cache(maxsize=8)
def _draws(sentences: int, number: int, seed: int) -> FloatArray:
    return draws(sentences, number, seed)


def _against_the_rest(table: Tables) -> Tables:
    """For each label, a table of two labels: this one and all others."""
    both, total = np.einsum("rii->ir", table), table.sum(axis=(1, 2))
    first, second = table.sum(axis=2).T, table.sum(axis=1).T
    rest = total - first - second + both
    found: Tables = np.stack([both, first - both, second - both, rest], axis=-1)
    return found.reshape(*found.shape[:-1], 2, 2)


def _coefficients(tables: Sequence[Tables]) -> tuple[FloatArray, FloatArray]:
    """Kappa and alpha of each table, and of its resamples; tables of one size together."""
    shape = len(tables), len(tables[0]) if tables else 0
    ks, alphas = np.full(shape, np.nan), np.full(shape, np.nan)
    sizes: dict[int, list[int]] = {}
    for number, table in enumerate(tables):
        sizes.setdefault(table.shape[-1], []).append(number)
    for size, numbers in sizes.items():
        if size:
            ks[numbers], alphas[numbers] = kappa_and_alpha(np.stack([tables[n] for n in numbers]))
    return ks, alphas


def scores(values: FloatArray) -> list[Score]:
    """Scores from rows of a value and its resamples; without an interval where undefined."""
    return [
        Score(value=None) if np.isnan(value) else Score(value=float(value), low=low, high=high)
        for value, (low, high) in zip(values[:, 0], _intervals(values[:, 1:]), strict=True)
    ]


def without_interval_of_few(score: Score, items: int) -> Score:
    """The score, without its interval if it is of too few items to have one."""
    return score if items >= FEWEST_ITEMS else replace(score, low=None, high=None)


def _intervals(values: FloatArray) -> list[tuple[float | None, float | None]]:
    """The percentile interval of each row; undefined values (NaN) do not count."""
    if not values.size:
        return []
    ordered = np.sort(values, axis=1)  # NaN comes last
    last = np.count_nonzero(~np.isnan(ordered), axis=1) - 1
    rows, ends = np.arange(len(ordered)), []
    for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        at = level * np.maximum(last, 0)
        below = at.astype(np.int64)
        above = np.minimum(below + 1, np.maximum(last, 0))
        low, high = ordered[rows, below], ordered[rows, above]
        ends.append(low + (high - low) * (at - below))
    return [
        (None, None) if number < 0 else (float(low), float(high))
        for number, low, high in zip(last, *ends, strict=True)
    ]
