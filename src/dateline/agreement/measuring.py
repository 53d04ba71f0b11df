"""Agreement of annotators over all documents that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from dateline.agreement.chain_agreement import conll_f1
from dateline.agreement.coefficients import alpha, f1, kappa, of_tables
from dateline.agreement.disagreements import Disagreement, disagreements
from dateline.agreement.gamma import gamma
from dateline.agreement.tallies import NOTHING, Kind, Tally, compare, token_labels
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.metrics.counts import FloatArray
from dateline.model import LAYERS, Document, Struct

RESAMPLES = 1000
CONFIDENCE = (2.5, 97.5)
"""Percentiles of the resamples that bound an interval."""


class Score(Struct, frozen=True):
    """A coefficient, None where undefined, with the bounds of its 95 % interval where it has one.

    ``first`` and ``second`` are how many items each annotator has, ``common`` how many they share.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    common: int | None = None
    first: int | None = None
    second: int | None = None


class Coefficients(Struct, frozen=True):
    """Cohen's κ and Krippendorff's nominal α on units, of which so many have the same label."""

    units: int
    same: int
    kappa: Score
    alpha: Score


class LayerAgreement(Struct, frozen=True):
    """A layer: F₁ of spans by way of matching and label, coefficients on tokens, and attributes.

    Ways are ``exact`` (span and label), ``overlap`` (label, of items matched one to one) and
    ``span`` (whatever the label); the label «all» stands for all together. ``tokens`` has
    coefficients for «all», where the label of a token is that of the shortest item that covers it,
    or O, and for each label against all the rest; ``attributes`` has them for matched items.
    ``gamma`` is None unless it was asked for.
    """

    spans: Mapping[str, Mapping[str, Score]]
    tokens: Mapping[str, Coefficients]
    token_confusion: Mapping[str, Mapping[str, int]]
    attributes: Mapping[str, Coefficients]
    gamma: float | None


class PairAgreement(Struct, frozen=True):
    """Two annotators on the documents that both have."""

    first: str
    second: str
    documents: tuple[str, ...]
    layers: Mapping[str, LayerAgreement]
    coreference: float | None
    arguments: Mapping[str, Score]
    claims: Mapping[str, Score]
    disagreements: tuple[Disagreement, ...]


class Report(Struct, frozen=True):
    """All pairs, and Krippendorff's α on tokens over everybody, by layer."""

    annotators: tuple[str, ...]
    pairs: tuple[PairAgreement, ...]
    alpha: Mapping[str, float | None]


ALL = "all"


def agreement(
    corpus: Corpus,
    annotators: Sequence[str],
    documents: Iterable[str] | None = None,
    layers: Sequence[str] = LAYERS,
    seed: int = 13,
    *,
    with_gamma: bool = False,
) -> Report:
    """How far these annotators agree on the documents that they share, on these layers.

    Intervals are percentiles of 1,000 resamples of sentences, drawn with this seed; resamples in
    which a coefficient is undefined are left out of its interval. Raises DatelineError where
    fewer than two annotators are named, two of them share no document, or a package that is
    needed is missing.
    """
    if len({*annotators}) < 2:
        raise DatelineError("Agreement needs two different annotators at least.")
    unknown = [name for name in annotators if name not in corpus.annotators()]
    if unknown:
        raise DatelineError(
            f"«{unknown[0]}» has annotated nothing. Annotators are "
            f"{', '.join(corpus.annotators()) or 'not there yet'}."
        )
    names = sorted({*documents} if documents is not None else {*corpus.document_ids()})
    pairs = []
    for first, second in combinations(annotators, 2):
        shared = [
            name
            for name in names
            if all(corpus.annotation_path(who, name).is_file() for who in (first, second))
        ]
        if not shared:
            raise DatelineError(f"«{first}» and «{second}» share none of these documents.")
        pairs.append(_Pair(corpus, first, second, shared, layers, seed, with_gamma).result())
    return Report(
        annotators=tuple(annotators),
        pairs=tuple(pairs),
        alpha={layer: _alpha_of_all(corpus, annotators, names, layer) for layer in layers},
    )


def _alpha_of_all(
    corpus: Corpus, annotators: Sequence[str], documents: Sequence[str], layer: str
) -> float | None:
    coders: list[list[str | None]] = [[] for _ in annotators]
    for name in documents:
        document = corpus.read_document(name)
        for coder, annotator in zip(coders, annotators, strict=True):
            labels: list[str | None] = [None] * len(document.tokens)
            if corpus.annotation_path(annotator, name).is_file():
                annotation = corpus.read_annotation(annotator, name)
                if layer in annotation.layers:
                    labels = [*token_labels(document, annotation, layer)]
            coder += labels
    return alpha(coders)


_Unit = tuple[int, str | None, str | None]
"""The sentence that something is in, and what each of two annotators says of it."""


class _Pair:
    """Goes through the documents of two annotators, and resamples their sentences."""

    def __init__(
        self,
        corpus: Corpus,
        first: str,
        second: str,
        documents: Sequence[str],
        layers: Sequence[str],
        seed: int,
        with_gamma: bool,
    ) -> None:
        self._seed = seed
        self._with_gamma = with_gamma
        self._names = first, second
        self._documents = [corpus.read_document(name) for name in documents]
        self._annotations = [
            (corpus.read_annotation(first, name), corpus.read_annotation(second, name))
            for name in documents
        ]
        self._found = [
            compare(document, *both)
            for document, both in zip(self._documents, self._annotations, strict=True)
        ]
        self._layers = [
            layer
            for layer in layers
            if any(
                layer in one.layers and layer in other.layers for one, other in self._annotations
            )
        ]
        sizes = [len(document.sentences) for document in self._documents]
        self._start = [sum(sizes[:n]) for n in range(len(sizes))]
        sentences = max(sum(sizes), 1)
        drawn = np.random.default_rng(seed).integers(sentences, size=(RESAMPLES, sentences))
        self._weights = np.stack([np.bincount(draw, minlength=sentences) for draw in drawn])

    def result(self) -> PairAgreement:
        return PairAgreement(
            first=self._names[0],
            second=self._names[1],
            documents=tuple(document.id for document in self._documents),
            layers={layer: self._layer(layer) for layer in self._layers},
            coreference=conll_f1(self._annotations, self._found)
            if "entities" in self._layers
            else None,
            arguments=self._parts([found.arguments for found in self._found])
            if "events" in self._layers
            else {},
            claims=self._parts([found.claims for found in self._found])
            if "claims" in self._layers
            else {},
            disagreements=tuple(
                found
                for document, both, pair in zip(
                    self._documents, self._annotations, self._found, strict=True
                )
                for found in disagreements(document, *both, pair.matches, self._layers)
            ),
        )

    def _layer(self, layer: str) -> LayerAgreement:
        tallies: dict[Kind, dict[int, Tally]] = {}
        for start, found in zip(self._start, self._found, strict=True):
            for (place, kind), tally in found.spans.items():
                if kind[0] == layer:
                    tallies.setdefault(kind, {})[start + place] = tally
        spans: dict[str, dict[str, Score]] = {}
        for kind in sorted(tallies):
            spans.setdefault(kind[1], {})[kind[2] or ALL] = self._with_interval(tallies[kind])
        tokens = self._tokens(layer)
        values: dict[str, list[_Unit]] = {}
        for start, found in zip(self._start, self._found, strict=True):
            for (of, name), units in found.values.items():
                if of == layer:
                    values.setdefault(name, []).extend((start + n, a, b) for n, a, b in units)
        confusion: dict[str | None, Counter[str | None]] = {}
        for _, one, other in tokens:
            confusion.setdefault(one, Counter())[other] += 1
        labels = sorted({str(label) for _, *both in tokens for label in both} - {NOTHING})
        return LayerAgreement(
            spans=spans,
            tokens={
                ALL: self._coefficients(tokens),
                **{
                    label: self._coefficients(
                        [(n, str(one == label), str(other == label)) for n, one, other in tokens]
                    )
                    for label in labels
                },
            },
            token_confusion={
                str(label): {str(k): n for k, n in sorted(confusion[label].items(), key=str)}
                for label in sorted(confusion, key=str)
            },
            attributes={name: self._coefficients(units) for name, units in sorted(values.items())},
            gamma=self._gamma(layer) if self._with_gamma else None,
        )

    def _gamma(self, layer: str) -> float | None:
        both = [
            (document, annotations)
            for document, annotations in zip(self._documents, self._annotations, strict=True)
            if all(layer in annotation.layers for annotation in annotations)
        ]
        return gamma(both, layer, self._seed)

    def _parts(self, tallies: Sequence[Mapping[tuple[int, str], Tally]]) -> dict[str, Score]:
        by_part: dict[str, dict[int, Tally]] = {}
        for start, some in zip(self._start, tallies, strict=True):
            for (place, part), tally in some.items():
                by_part.setdefault(part, {})[start + place] = tally
        return {part: self._with_interval(found) for part, found in by_part.items()}

    def _tokens(self, layer: str) -> list[_Unit]:
        """All tokens: the sentence that each is in, and its label by each annotator."""
        return [
            (start + sentence, one, other)
            for start, document, both in zip(
                self._start, self._documents, self._annotations, strict=True
            )
            if all(layer in annotation.layers for annotation in both)
            for sentence, one, other in zip(
                _sentences_of_tokens(document),
                token_labels(document, both[0], layer),
                token_labels(document, both[1], layer),
                strict=True,
            )
        ]

    def _with_interval(self, tallies: Mapping[int, Tally]) -> Score:
        total = sum(tallies.values(), Tally())
        columns = np.zeros((3, self._weights.shape[1]))
        for place, tally in tallies.items():
            columns[:, place] = tally.common, tally.first, tally.second
        common, first, second = (self._weights @ column for column in columns)
        there = first + second > 0
        return _score(total, 2 * common[there] / (first + second)[there])

    def _coefficients(self, units: Sequence[_Unit]) -> Coefficients:
        first, second = [one for _, one, _ in units], [other for _, _, other in units]
        labels = {label: n for n, label in enumerate(dict.fromkeys((*first, *second)))}
        cells = {cell: n for n, cell in enumerate(dict.fromkeys(zip(first, second, strict=True)))}
        counts = np.zeros((self._weights.shape[1], len(cells)), dtype=np.int64)
        for sentence, one, other in units:
            counts[sentence, cells[one, other]] += 1
        tables = np.zeros((len(self._weights), len(labels), len(labels)), dtype=np.int64)
        rows = [labels[one] for one, _ in cells]
        columns = [labels[other] for _, other in cells]
        tables[:, rows, columns] = self._weights @ counts
        kappas, alphas = (_interval(found[~np.isnan(found)]) for found in of_tables(tables))
        # Labels may be missing on both sides, which is a value like any other.
        numbers = [[str(labels[label]) for label in side] for side in (first, second)]
        return Coefficients(
            units=len(units),
            same=sum(one == other for one, other in zip(first, second, strict=True)),
            kappa=_with_bounds(kappa(*numbers), kappas),
            alpha=_with_bounds(alpha(numbers), alphas),
        )


def _with_bounds(value: float | None, bounds: tuple[float | None, float | None]) -> Score:
    return Score(value=None) if value is None else Score(value=value, low=bounds[0], high=bounds[1])


def _sentences_of_tokens(document: Document) -> Iterator[int]:
    sentence = 0
    for start, _ in document.tokens:
        while (
            sentence + 1 < len(document.sentences) and document.sentences[sentence + 1][0] <= start
        ):
            sentence += 1
        yield sentence


def _score(tally: Tally, resamples: FloatArray | None = None) -> Score:
    low, high = (None, None) if resamples is None else _interval(resamples)
    return Score(
        value=f1(tally.common, tally.first, tally.second),
        low=low,
        high=high,
        common=tally.common,
        first=tally.first,
        second=tally.second,
    )


def _interval(resamples: FloatArray) -> tuple[float | None, float | None]:
    if not len(resamples):
        return None, None
    low, high = np.percentile(resamples, CONFIDENCE)
    return float(low), float(high)
