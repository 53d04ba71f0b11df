"""Agreement of a corpus's annotators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from dateline.agreement.coefficients import krippendorff_alpha
from dateline.agreement.counts import token_labels
from dateline.agreement.pair import measure_pair
from dateline.agreement.report import AgreementReport
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import LAYERS


def measure_agreement(
    corpus: Corpus,
    annotators: Sequence[str],
    documents: Iterable[str] = (),
    layers: Sequence[str] = LAYERS,
    seed: int = 13,
    *,
    with_gamma: bool = False,
) -> AgreementReport:
    """Measure the agreement of annotators on the documents that they share, or the given ones.

    Intervals are percentiles of 1,000 resamples of sentences, drawn with this seed; resamples in
    which a coefficient is undefined do not count. Raises InvalidInputError if fewer than two
    annotators are named, NotFoundError if one has no annotations or two share no document, and
    MissingExtraError if a package is not installed.
    """
    if len({*annotators}) < 2:
        raise InvalidInputError("Agreement needs at least two different annotators.")
    unknown = [name for name in annotators if name not in corpus.annotators()]
    if unknown:
        names = ", ".join(corpus.annotators()) or "none"
        raise NotFoundError(f'"{unknown[0]}" has no annotations. Annotators: {names}.')
    chosen = sorted({*documents}) or corpus.document_ids()
    pairs = []
    for first, second in combinations(annotators, 2):
        shared = [
            name
            for name in chosen
            if all(corpus.annotation_path(who, name).is_file() for who in (first, second))
        ]
        if not shared:
            raise NotFoundError(f'"{first}" and "{second}" share none of the documents.')
        pairs.append(measure_pair(corpus, first, second, shared, layers, seed, with_gamma))
    return AgreementReport(
        annotators=tuple(annotators),
        pairs=tuple(pairs),
        alpha={layer: _alpha_of_all(corpus, annotators, chosen, layer) for layer in layers},
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
    return krippendorff_alpha(coders)
