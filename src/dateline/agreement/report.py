"""Agreement of annotators over all documents that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from dateline.agreement.coefficients import alpha, f1, kappa
from dateline.agreement.coreference import conll_f1
from dateline.agreement.disagreements import Disagreement, disagreements
from dateline.agreement.pair import (
    Kind,
    PairOnDocument,
    Tally,
    compare,
    token_labels,
)
from dateline.fault import Fault
from dateline.metrics.counts import FloatArray
from dateline.model import LAYERS, Document, Struct
from dateline.store import Corpus

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


class AttributeAgreement(Struct, frozen=True):
    """An attribute on matched items: how many there are, how many agree, and Cohen's κ."""

    items: int
    same: int
    kappa: float | None


class LayerAgreement(Struct, frozen=True):
    """A layer: F₁ of spans by way of matching and label, coefficients on tokens, and attributes.

    Ways are ``exact`` (span and label), ``overlap`` (label, of items matched one to one) and
    ``span`` (whatever the label); the label «all» stands for all together. On tokens, the label is
    that of the shortest item that covers a token, or O.
    """

    spans: Mapping[str, Mapping[str, Score]]
    token_kappa: Score
    token_alpha: float | None
    token_confusion: Mapping[str, Mapping[str, int]]
    attributes: Mapping[str, AttributeAgreement]


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
) -> Report:
    """How far these annotators agree on the documents that they share, on these layers.

    Intervals are percentiles of 1,000 resamples of sentences, drawn with this seed. Raises Fault
    where fewer than two annotators are named, or two of them share no document.
    """
    if len({*annotators}) < 2:
        raise Fault("Agreement needs two different annotators at least.")
    unknown = [name for name in annotators if name not in corpus.annotators()]
    if unknown:
        raise Fault(
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
            raise Fault(f"«{first}» and «{second}» share none of these documents.")
        pairs.append(_Pair(corpus, first, second, shared, layers, seed).result())
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
    ) -> None:
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
            arguments={
                way: _score(sum((f.arguments.get(way, Tally()) for f in self._found), Tally()))
                for way in ("mention", "entity")
            }
            if "events" in self._layers
            else {},
            claims=_shares(self._found) if "claims" in self._layers else {},
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
        first, second, sentences = self._tokens(layer)
        values: dict[str, list[tuple[str | None, str | None]]] = {}
        for found in self._found:
            for (of, name), pairs in found.values.items():
                if of == layer:
                    values.setdefault(name, []).extend(pairs)
        confusion: dict[str, Counter[str]] = {}
        for one, other in zip(first, second, strict=True):
            confusion.setdefault(one, Counter())[other] += 1
        return LayerAgreement(
            spans=spans,
            token_kappa=self._kappa(first, second, sentences),
            token_alpha=alpha([first, second]),
            token_confusion={
                label: dict(sorted(confusion[label].items())) for label in sorted(confusion)
            },
            attributes={name: _attribute(pairs) for name, pairs in sorted(values.items())},
        )

    def _tokens(self, layer: str) -> tuple[list[str], list[str], list[int]]:
        """Labels of all tokens by each annotator, and the sentence that each token is in."""
        first: list[str] = []
        second: list[str] = []
        sentences: list[int] = []
        for start, document, both in zip(
            self._start, self._documents, self._annotations, strict=True
        ):
            if all(layer in annotation.layers for annotation in both):
                first += token_labels(document, both[0], layer)
                second += token_labels(document, both[1], layer)
                sentences += [start + n for n in _sentences_of_tokens(document)]
        return first, second, sentences

    def _with_interval(self, tallies: Mapping[int, Tally]) -> Score:
        total = sum(tallies.values(), Tally())
        columns = np.zeros((3, self._weights.shape[1]))
        for place, tally in tallies.items():
            columns[:, place] = tally.common, tally.first, tally.second
        common, first, second = (self._weights @ column for column in columns)
        there = first + second > 0
        return _score(total, 2 * common[there] / (first + second)[there])

    def _kappa(self, first: list[str], second: list[str], sentences: list[int]) -> Score:
        value = kappa(first, second)
        if value is None:
            return Score(value=None)
        places = np.array(sentences)
        found = [kappa(first, second, weights[places]) for weights in self._weights]
        low, high = _interval(np.array([k for k in found if k is not None]))
        return Score(value=value, low=low, high=high)


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


def _attribute(pairs: Sequence[tuple[str | None, str | None]]) -> AttributeAgreement:
    return AttributeAgreement(
        items=len(pairs),
        same=sum(one == other for one, other in pairs),
        kappa=kappa([one for one, _ in pairs], [other for _, other in pairs]),
    )


def _shares(found: Sequence[PairOnDocument]) -> dict[str, Score]:
    parts = dict.fromkeys(name for pair in found for name in pair.claims)
    shares = {}
    for name in parts:
        same = sum(pair.claims[name][0] for pair in found if name in pair.claims)
        of = sum(pair.claims[name][1] for pair in found if name in pair.claims)
        shares[name] = Score(value=same / of if of else None, common=same, first=of, second=of)
    return shares
