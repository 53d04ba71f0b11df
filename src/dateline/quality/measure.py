"""The quality of annotators' work, from their files and from what Label Studio reported."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import combinations

from dateline.agreement.counts import count_document
from dateline.annotations.matching import ItemIndex, match_indexed
from dateline.corpus.annotators import kind_of
from dateline.corpus.store import Corpus
from dateline.dates import iso_week, parse_time
from dateline.errors import InvalidInputError, NotFoundError
from dateline.label_studio.convert.conflict_marks import CONFLICTS
from dateline.label_studio.sync.kept_results import read_kept
from dateline.model import GOLD, RELATION_FIELDS, Annotation, Struct
from dateline.ontology.labels import Ontology
from dateline.quality.comparison import Comparison, agreement, by_document, compare
from dateline.quality.drift import find_drift, find_label_uses
from dateline.quality.report import ALPHA, QualityReport, Work
from dateline.validation.required import ValidDocument, valid_annotations

COUNTED = ("mentions", "events", "claims", *RELATION_FIELDS)
"""The fields whose items are counted."""


class Done(Struct, frozen=True):
    """A document that an annotator has annotated, in a week; ``seconds`` is how long it took."""

    annotator: str
    document: str
    week: str | None
    items: int
    seconds: float | None


def measure_quality(
    corpus: Corpus,
    annotators: Sequence[str] = (),
    documents: Collection[str] = (),
    layers: Sequence[str] = (),
    gold: Collection[str] | None = None,
    seed: int = 13,
) -> QualityReport:
    """Measure the work of these annotators, by default of all people, by week.

    What a curator made of conflicts in Label Studio does not count.

    ``gold`` are the documents that are compared with gold, by default all that have it, and
    ``layers`` are by default those of the corpus. The week is that of the first submission. Raises
    NotFoundError if there are no annotations, and InvalidInputError if one has errors or the corpus
    does not have a layer.
    """
    chosen = corpus.ontology.chosen_layers(layers)
    names = [*annotators] or _people(corpus)
    read = [*names, *([GOLD] if GOLD in corpus.annotators() else [])]
    done: list[Done] = []
    comparisons: list[Comparison] = []
    for valid in valid_annotations(corpus, documents or None, read):
        own = {
            name: one
            for name, one in valid.annotations.items()
            if name in names and not _is_a_curators(one)
        }
        done += [_done(corpus, one) for one in own.values()]
        compared = gold is None or valid.document.id in gold
        comparisons += _compared(valid, own, corpus.ontology, chosen, with_gold=compared)
    return QualityReport(
        alpha=ALPHA,
        work=tuple(_work(done, comparisons)),
        drift=tuple(find_drift(comparisons, seed)),
        labels=tuple(find_label_uses(comparisons, seed)),
    )


def _is_a_curators(annotation: Annotation) -> bool:
    """Whether it started from the conflicts of annotators, with whom it would agree too much."""
    origin = annotation.provenance.origin
    return origin is not None and origin.started_from.partition("@")[0] == CONFLICTS


def _people(corpus: Corpus) -> list[str]:
    names = [
        name for name in corpus.annotators() if name != GOLD and kind_of(corpus, name) == "human"
    ]
    if not names:
        raise NotFoundError(
            f"{corpus.annotations}: no person has annotated. Name models to measure them."
        )
    return names


def _done(corpus: Corpus, annotation: Annotation) -> Done:
    kept = read_kept(corpus, annotation.annotator, annotation.document)
    return Done(
        annotator=annotation.annotator,
        document=annotation.document,
        week=iso_week(_submitted(annotation)),
        items=sum(len(getattr(annotation, field)) for field in COUNTED),
        seconds=None if kept is None else kept.lead_time,
    )


def _compared(
    valid: ValidDocument,
    own: dict[str, Annotation],
    ontology: Ontology,
    layers: Sequence[str],
    *,
    with_gold: bool,
) -> Iterator[Comparison]:
    """Each annotator with each other, in both directions, and with gold."""
    indexes = {name: ItemIndex(annotation) for name, annotation in valid.annotations.items()}
    pairs = [*combinations(own, 2)]
    if with_gold and GOLD in valid.annotations:
        pairs += [(name, GOLD) for name in own]
    for first, second in pairs:
        for one, other in ((first, second), (second, first)):
            if one != GOLD:
                mine, theirs = valid.annotations[one], valid.annotations[other]
                matches = match_indexed(indexes[one], indexes[other])
                counts = count_document(valid.document, mine, theirs, matches, ontology)
                yield compare(counts, mine, theirs, _time(mine), layers)


def _work(done: Sequence[Done], comparisons: Sequence[Comparison]) -> Iterator[Work]:
    """Each annotator's weeks, in order; documents without a valid time come last."""
    groups: dict[tuple[str, str | None], list[Done]] = {}
    for one in done:
        groups.setdefault((one.annotator, one.week), []).append(one)
    by_annotator: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        by_annotator.setdefault(comparison.annotator, []).append(comparison)
    for annotator, week in sorted(groups, key=lambda key: (key[0], key[1] is None, key[1] or "")):
        own = groups[annotator, week]
        documents = {one.document for one in own}
        of_week = [c for c in by_annotator.get(annotator, ()) if c.document in documents]
        with_gold = [c for c in of_week if c.other == GOLD]
        with_others = [c for c in of_week if c.other != GOLD]
        times = [one.seconds for one in own if one.seconds is not None]
        yield Work(
            annotator=annotator,
            week=week,
            documents=len(own),
            items=sum(one.items for one in own),
            seconds=sum(times),
            timed=len(times),
            others=agreement(by_document(with_others).values()),
            gold=agreement(by_document(with_gold).values()),
        )


def _submitted(annotation: Annotation) -> str | None:
    """When the annotation was made; a later correction does not count as new work."""
    return annotation.provenance.created or annotation.provenance.updated


def _time(annotation: Annotation) -> datetime | None:
    try:
        return parse_time(_submitted(annotation) or "")
    except InvalidInputError:
        return None
