"""Agreement of two annotators over all documents that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from dateline.agreement.chain_agreement import conll_f1
from dateline.agreement.coefficients import f1, kappa_and_alpha
from dateline.agreement.counts import OUTSIDE, PairCount, count_document, token_labels
from dateline.agreement.disagreements import disagreements
from dateline.agreement.gamma import gamma
from dateline.agreement.report import ALL, Coefficients, LayerAgreement, PairAgreement, Score
from dateline.metrics.counts import FloatArray
from dateline.metrics.resampling import draws, interval
from dateline.model import Document
from dateline.validation.required import ValidDocument

K = TypeVar("K")

RESAMPLES = 1000

Unit = tuple[int, str | None, str | None]
"""A sentence's number, and the values of the two annotators for a unit in it."""


def measure_pair(
    first: str,
    second: str,
    documents: Sequence[ValidDocument],
    layers: Sequence[str],
    seed: int,
    with_gamma: bool,
) -> PairAgreement:
    """Measure two annotators on documents and layers that both have annotated."""
    measurement = _PairMeasurement(first, second, documents, seed, with_gamma)
    shared = [layer for layer in layers if measurement.has(layer)]
    return PairAgreement(
        first=first,
        second=second,
        documents=tuple(one.document.id for one in documents),
        layers={layer: measurement.layer(layer) for layer in shared},
        coreference=measurement.coreference() if "entities" in shared else None,
        arguments=measurement.arguments() if "events" in shared else {},
        claims=measurement.claims() if "claims" in shared else {},
        disagreements=tuple(
            found
            for document, annotations, counts in measurement.documents
            for found in disagreements(document, *annotations, counts.matches, shared)
        ),
    )


class _PairMeasurement:
    """The counts of two annotators by sentence, with sentences numbered across documents."""

    def __init__(
        self,
        first: str,
        second: str,
        documents: Sequence[ValidDocument],
        seed: int,
        with_gamma: bool,
    ) -> None:
        self._seed = seed
        self._with_gamma = with_gamma
        self.documents = []
        for one in documents:
            annotations = one.annotations[first], one.annotations[second]
            counts = count_document(one.document, *annotations)
            self.documents.append((one.document, annotations, counts))
        sizes = [len(document.sentences) for document, *_ in self.documents]
        self._starts = [sum(sizes[:n]) for n in range(len(sizes))]
        self._draws = draws(max(sum(sizes), 1), RESAMPLES, seed)

    def has(self, layer: str) -> bool:
        """Whether both annotated the layer in some document."""
        return any(
            all(layer in annotation.layers for annotation in annotations)
            for _, annotations, _ in self.documents
        )

    def layer(self, layer: str) -> LayerAgreement:
        by_kind = self._across_documents(counts.spans for *_, counts in self.documents)
        spans: dict[str, dict[str, Score]] = {}
        for kind in sorted(kind for kind in by_kind if kind[0] == layer):
            spans.setdefault(kind[1], {})[kind[2] or ALL] = self._f1(by_kind[kind])
        tokens = self._tokens(layer)
        values: dict[str, list[Unit]] = {}
        for start, (*_, counts) in zip(self._starts, self.documents, strict=True):
            for (of, name), units in counts.values.items():
                if of == layer:
                    values.setdefault(name, []).extend((start + n, a, b) for n, a, b in units)
        confusion: dict[str, Counter[str]] = {}
        for _, one, other in tokens:
            confusion.setdefault(str(one), Counter())[str(other)] += 1
        labels = sorted({*confusion, *(label for row in confusion.values() for label in row)})
        return LayerAgreement(
            spans=spans,
            tokens={
                ALL: self._coefficients(tokens),
                **{
                    label: self._coefficients(
                        [(n, str(one == label), str(other == label)) for n, one, other in tokens]
                    )
                    for label in labels
                    if label != OUTSIDE
                },
            },
            token_confusion={
                label: dict(sorted(confusion[label].items())) for label in sorted(confusion)
            },
            attributes={name: self._coefficients(units) for name, units in sorted(values.items())},
            gamma=self._gamma(layer) if self._with_gamma else None,
        )

    def coreference(self) -> float | None:
        return conll_f1(
            [(annotations, counts.matches) for _, annotations, counts in self.documents]
        )

    def arguments(self) -> dict[str, Score]:
        counts = self._across_documents(counts.arguments for *_, counts in self.documents)
        return {mode: self._f1(by_sentence) for mode, by_sentence in counts.items()}

    def claims(self) -> dict[str, Score]:
        counts = self._across_documents(counts.claims for *_, counts in self.documents)
        return {part: self._f1(by_sentence) for part, by_sentence in counts.items()}

    def _across_documents(
        self, per_document: Iterable[Mapping[tuple[int, K], PairCount]]
    ) -> dict[K, dict[int, PairCount]]:
        found: dict[K, dict[int, PairCount]] = {}
        for start, counts in zip(self._starts, per_document, strict=True):
            for (sentence, key), count in counts.items():
                found.setdefault(key, {})[start + sentence] = count
        return found

    def _tokens(self, layer: str) -> list[Unit]:
        return [
            (start + sentence, one, other)
            for start, (document, annotations, _) in zip(self._starts, self.documents, strict=True)
            if all(layer in annotation.layers for annotation in annotations)
            for sentence, one, other in zip(
                _sentences_of_tokens(document),
                token_labels(document, annotations[0], layer),
                token_labels(document, annotations[1], layer),
                strict=True,
            )
        ]

    def _gamma(self, layer: str) -> float | None:
        shared = [
            (document, annotations)
            for document, annotations, _ in self.documents
            if all(layer in annotation.layers for annotation in annotations)
        ]
        return gamma(shared, layer, self._seed)

    def _f1(self, by_sentence: Mapping[int, PairCount]) -> Score:
        total = sum(by_sentence.values(), PairCount())
        columns = np.zeros((3, self._draws.shape[1]))
        for sentence, count in by_sentence.items():
            columns[:, sentence] = count.common, count.first, count.second
        common, first, second = (self._draws @ column for column in columns)
        has_items = first + second > 0
        low, high = interval(2 * common[has_items] / (first + second)[has_items]) or (None, None)
        return Score(
            value=f1(total.common, total.first, total.second),
            low=low,
            high=high,
            common=total.common,
            first=total.first,
            second=total.second,
        )

    def _coefficients(self, units: Sequence[Unit]) -> Coefficients:
        # A value that both annotators lack (None) is a value like any other.
        labels = {
            label: n for n, label in enumerate(dict.fromkeys(x for _, *both in units for x in both))
        }
        cells = {cell: n for n, cell in enumerate(dict.fromkeys((a, b) for _, a, b in units))}
        counts = np.zeros((self._draws.shape[1], len(cells)))
        for sentence, one, other in units:
            counts[sentence, cells[one, other]] += 1
        rows = [labels[one] for one, _ in cells]
        columns = [labels[other] for _, other in cells]
        tables = np.zeros((1 + len(self._draws), len(labels), len(labels)), dtype=np.int64)
        tables[0, rows, columns] = counts.sum(axis=0)
        tables[1:, rows, columns] = self._draws @ counts
        kappas, alphas = kappa_and_alpha(tables)
        return Coefficients(
            units=len(units),
            same=sum(one == other for _, one, other in units),
            kappa=_coefficient(kappas),
            alpha=_coefficient(alphas),
        )


def _coefficient(values: FloatArray) -> Score:
    """The first value, with the interval of the others."""
    if np.isnan(values[0]):
        return Score(value=None)
    low, high = interval(values[1:]) or (None, None)
    return Score(value=float(values[0]), low=low, high=high)


def _sentences_of_tokens(document: Document) -> Iterator[int]:
    sentence = 0
    for start, _ in document.tokens:
        while (
            sentence + 1 < len(document.sentences) and document.sentences[sentence + 1][0] <= start
        ):
            sentence += 1
        yield sentence
