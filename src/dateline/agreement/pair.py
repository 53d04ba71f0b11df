"""Agreement of two annotators over all documents that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from dateline.agreement.attribute_agreement import attribute_agreements, attribute_kinds
from dateline.agreement.chain_agreement import conll_f1
from dateline.agreement.counts import OUTSIDE, PairCount, Unit, count_document, token_labels
from dateline.agreement.disagreements import disagreements
from dateline.agreement.gamma import gamma
from dateline.agreement.intervals import Resamples
from dateline.agreement.report import ALL, Coefficients, LayerAgreement, PairAgreement, Score
from dateline.annotations.matching import ItemIndex, match_indexed
from dateline.model import SPAN_LAYERS, Document
from dateline.ontology.labels import Ontology
from dateline.validation.required import ValidDocument

K = TypeVar("K")


class IndexedDocument:
    """A document and its annotations, with what every pair of annotators needs of them."""

    def __init__(self, valid: ValidDocument) -> None:
        self.document = valid.document
        self.annotations = valid.annotations
        self.indexes = {name: ItemIndex(one) for name, one in valid.annotations.items()}
        self.sentences = [*_sentences_of_tokens(valid.document)]
        self._labels: dict[tuple[str, str], list[str]] = {}

    def labels(self, annotator: str, layer: str) -> list[str]:
        """The labels of the tokens, as `token_labels` gives them."""
        key = annotator, layer
        if key not in self._labels:
            self._labels[key] = token_labels(self.document, self.annotations[annotator], layer)
        return self._labels[key]


def measure_pair(
    first: str,
    second: str,
    documents: Sequence[IndexedDocument],
    layers: Sequence[str],
    resamples: int,
    seed: int,
    with_gamma: bool,
    ontology: Ontology,
) -> PairAgreement:
    """Measure two annotators on documents and layers that both have annotated."""
    measurement = _PairMeasurement(first, second, documents, resamples, seed, with_gamma, ontology)
    shared = [layer for layer in layers if measurement.has(layer)]
    return PairAgreement(
        first=first,
        second=second,
        documents=tuple(one.document.id for one in documents),
        contrasts=sum(one.document.contrast is not None for one in documents),
        layers={layer: measurement.layer(layer) for layer in shared},
        coreference=measurement.coreference()
        if "entities" in shared and ontology.has_coreference
        else None,
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
        documents: Sequence[IndexedDocument],
        resamples: int,
        seed: int,
        with_gamma: bool,
        ontology: Ontology,
    ) -> None:
        self._seed = seed
        self._ontology = ontology
        self._with_gamma = with_gamma
        self._indexed = documents
        self._names = first, second
        self.documents = []
        for one in documents:
            annotations = one.annotations[first], one.annotations[second]
            matches = match_indexed(one.indexes[first], one.indexes[second])
            counts = count_document(one.document, *annotations, matches, ontology)
            self.documents.append((one.document, annotations, counts))
        sizes = [len(document.sentences) for document, *_ in self.documents]
        self._starts = [sum(sizes[:n]) for n in range(len(sizes))]
        self._resamples = Resamples(sum(sizes), resamples, seed)

    def has(self, layer: str) -> bool:
        """Whether both annotated the layer in some document."""
        return any(
            all(layer in annotation.layers for annotation in annotations)
            for _, annotations, _ in self.documents
        )

    def layer(self, layer: str) -> LayerAgreement:
        relations = self._resamples.f1_scores(
            {
                type_ or ALL: counts
                for (of, type_), counts in sorted(
                    self._across_documents(
                        counts.relations for *_, counts in self.documents
                    ).items()
                )
                if of == layer
            }
        )
        tokens = self._tokens(layer) if layer in SPAN_LAYERS else []
        return LayerAgreement(
            spans=self._spans(layer),
            tokens=self._token_coefficients(tokens),
            token_confusion=_confusion(tokens),
            relations=relations,
            attributes=attribute_agreements(
                attribute_kinds(self._ontology, layer), self._values(layer), self._resamples
            ),
            gamma=self._gamma(layer) if self._with_gamma and layer in SPAN_LAYERS else None,
        )

    def _spans(self, layer: str) -> dict[str, dict[str, Score]]:
        by_kind = self._across_documents(counts.spans for *_, counts in self.documents)
        of_layer = {kind: by_kind[kind] for kind in sorted(by_kind) if kind[0] == layer}
        spans: dict[str, dict[str, Score]] = {}
        for kind, score in self._resamples.f1_scores(of_layer).items():
            spans.setdefault(kind[1], {})[kind[2] or ALL] = score
        return spans

    def _token_coefficients(self, tokens: Sequence[Unit]) -> dict[str, Coefficients]:
        if not tokens:
            return {}
        found, by_label = self._resamples.coefficients({ALL: tokens}, by_label=ALL)
        return {**found, **{name: by_label[name] for name in sorted(by_label) if name != OUTSIDE}}

    def _values(self, layer: str) -> dict[str, list[Unit]]:
        values: dict[str, list[Unit]] = {}
        for start, (*_, counts) in zip(self._starts, self.documents, strict=True):
            for (of, name), units in counts.values.items():
                if of == layer:
                    values.setdefault(name, []).extend((start + n, a, b) for n, a, b in units)
        return values

    def coreference(self) -> float | None:
        return conll_f1(
            [(annotations, counts.matches) for _, annotations, counts in self.documents]
        )

    def arguments(self) -> dict[str, Score]:
        counts = self._across_documents(counts.arguments for *_, counts in self.documents)
        return self._resamples.f1_scores(counts)

    def claims(self) -> dict[str, Score]:
        counts = self._across_documents(counts.claims for *_, counts in self.documents)
        return self._resamples.f1_scores(counts)

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
            for start, indexed in zip(self._starts, self._indexed, strict=True)
            if all(layer in indexed.annotations[name].layers for name in self._names)
            for sentence, one, other in zip(
                indexed.sentences,
                *(indexed.labels(name, layer) for name in self._names),
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


def _sentences_of_tokens(document: Document) -> Iterator[int]:
    sentence = 0
    for start, _ in document.tokens:
        while (
            sentence + 1 < len(document.sentences) and document.sentences[sentence + 1][0] <= start
        ):
            sentence += 1
        yield sentence


def _confusion(tokens: Sequence[Unit]) -> dict[str, dict[str, int]]:
    """The number of tokens by the first annotator's label, and by the second's."""
    found: dict[str, Counter[str]] = {}
    for _, one, other in tokens:
        found.setdefault(one, Counter())[other] += 1
    return {label: dict(sorted(found[label].items())) for label in sorted(found)}
