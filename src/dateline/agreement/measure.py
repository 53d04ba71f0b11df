"""Agreement of a corpus's annotators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from dateline.agreement.coefficients import krippendorff_alpha
from dateline.agreement.intervals import resamples_of_each
from dateline.agreement.pair import IndexedDocument, measure_pair
from dateline.agreement.report import AgreementReport
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import SPAN_LAYERS
from dateline.validation.required import valid_annotations


def measure_agreement(
    corpus: Corpus,
    annotators: Sequence[str],
    documents: Collection[str] = (),
    layers: Sequence[str] = (),
    seed: int = 13,
    *,
    with_gamma: bool = False,
) -> AgreementReport:
    """Measure the agreement of annotators on the documents that they share, or the given ones.

    ``layers`` are by default those of the corpus. Intervals are percentiles of 1,000 resamples of
    sentences, fewer for more than 200 pairs, drawn with this seed; resamples in which a coefficient
    is undefined do not count. Raises InvalidInputError if fewer than two annotators are named, the
    corpus does not have a layer, or a document or annotation has errors; NotFoundError if an
    annotator has no annotations, no two share a document, or no two share a layer;
    MissingExtraError if a package is not installed.
    """
    if len({*annotators}) < 2 or len({*annotators}) != len(annotators):
        raise InvalidInputError("Agreement needs at least two different annotators, each once.")
    ontology = corpus.ontology
    unknown = [layer for layer in layers if layer not in ontology.layers]
    if unknown:
        raise InvalidInputError(
            f'The ontology has no layer "{unknown[0]}". Allowed: {", ".join(ontology.layer_names)}.'
        )
    layers = layers or ontology.layer_names
    valid = valid_annotations(corpus, documents or None, annotators)
    chosen = [IndexedDocument(one) for one in valid]
    alpha = {
        layer: _alpha_of_all(annotators, chosen, layer) for layer in layers if layer in SPAN_LAYERS
    }
    names = [*combinations(annotators, 2)]
    resamples = resamples_of_each(len(names))
    pairs, apart = [], []
    for first, second in names:
        shared = [one for one in chosen if {first, second} <= one.annotations.keys()]
        if not shared:
            apart.append((first, second))
            continue
        pair = measure_pair(first, second, shared, layers, resamples, seed, with_gamma, ontology)
        pairs.append(pair)
    if not pairs:
        raise NotFoundError(f"{', '.join(annotators)}: no two of them share a document.")
    if not any(pair.layers for pair in pairs):
        raise NotFoundError(
            f"{', '.join(annotators)} have none of these layers in common on the documents that "
            f"they share: {', '.join(layers)}."
        )
    return AgreementReport(
        annotators=tuple(annotators),
        resamples=resamples,
        pairs=tuple(pairs),
        apart=tuple(apart),
        alpha=alpha,
    )


def _alpha_of_all(
    annotators: Sequence[str], documents: Sequence[IndexedDocument], layer: str
) -> float | None:
    coders: list[list[str | None]] = [[] for _ in annotators]
    for one in documents:
        for coder, annotator in zip(coders, annotators, strict=True):
            annotation = one.annotations.get(annotator)
            if annotation is not None and layer in annotation.layers:
                coder += one.labels(annotator, layer)
            else:
                coder += [None] * len(one.document.tokens)
    return krippendorff_alpha(coders)
