"""Coreference of mentions and of events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.groups import BLANC, CONLL, F, MeasureCounts, group
from dateline.metrics.coreference import (
    Chains,
    contingency_table,
    coreference_counts,
    without_singletons,
)
from dateline.metrics.counts import IntArray
from dateline.metrics.span_matching import Matching
from dateline.metrics.spans import Spans, distinct_rows

CLASSES = {
    "BLANC": (("coreferent", "not coreferent"), BLANC),
    "CoNLL": (("MUC", "B3", "CEAFe"), CONLL),
}


def _has_chains(chain: IntArray) -> bool:
    return len(np.unique(chain)) < len(chain)


@group("coreference", "entities", "CoNLL", lambda side: _has_chains(side.chain))
def mentions(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Coreference chains of mentions; types are ignored."""

    def of(side: AnnotationColumns) -> tuple[Spans, IntArray]:
        return side.mentions, side.chain

    yield from _measures(inputs, of(inputs.gold), of(inputs.predicted), inputs.mention_matches)


@group("event-coreference", "events", "CoNLL", lambda side: _has_chains(side.cluster))
def events(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Coreference clusters of events, identified by their triggers; types are ignored."""

    def of(side: AnnotationColumns) -> tuple[Spans, IntArray]:
        return side.events, side.cluster

    yield from _measures(inputs, of(inputs.gold), of(inputs.predicted), inputs.event_matches)


def _measures(
    inputs: ScoringInput,
    gold: tuple[Spans, IntArray],
    predicted: tuple[Spans, IntArray],
    matching: Matching,
) -> Iterator[MeasureCounts]:
    same = (
        matching.exact if inputs.options.mention_match == "exact" else np.ones_like(matching.exact)
    )
    # The id of a gold mention is its row; that of a predicted mention is the row of its match.
    mention = np.arange(len(predicted[0])) + len(gold[0])
    mention[matching.predicted[same]] = matching.gold[same]
    table = contingency_table(
        _chains(inputs, *gold, np.arange(len(gold[0]))),
        _chains(inputs, *predicted, mention),
        inputs.document_count,
    )
    for name, counts in coreference_counts(table).items():
        labels, statistic = CLASSES.get(name, (("",), F))
        yield MeasureCounts(name, counts, labels, statistic)


def _chains(inputs: ScoringInput, spans: Spans, chain: IntArray, mention: IntArray) -> Chains:
    rows = distinct_rows(spans)
    chains = Chains(spans.document[rows], mention[rows], chain[rows])
    return chains if inputs.options.singletons else without_singletons(chains)
