"""Coreference of mentions, and of events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.registry import BLANC, CONLL, F, Measured, group
from dateline.metrics.coreference import Chains, contingency, coreference, without_singletons
from dateline.metrics.counts import IntArray
from dateline.metrics.spans import Matching, Spans, distinct

CLASSES = {
    "BLANC": (("coreferent", "not coreferent"), BLANC),
    "CoNLL": (("MUC", "B3", "CEAFe"), CONLL),
}


def _has_chains(chain: IntArray) -> bool:
    return len(np.unique(chain)) < len(chain)


@group("coreference", "entities", lambda side: _has_chains(side.chain))
def mentions(inputs: ScoringInput) -> Iterator[Measured]:
    """Chains of mentions, whatever their types."""

    def of(side: AnnotationColumns) -> tuple[Spans, IntArray]:
        return side.mentions, side.chain

    yield from _measured(inputs, of(inputs.gold), of(inputs.predicted), inputs.mention_matches)


@group("event-coreference", "events", lambda side: _has_chains(side.cluster))
def events(inputs: ScoringInput) -> Iterator[Measured]:
    """Clusters of events, an event being its trigger, whatever its type."""

    def of(side: AnnotationColumns) -> tuple[Spans, IntArray]:
        return side.events, side.cluster

    yield from _measured(inputs, of(inputs.gold), of(inputs.predicted), inputs.event_matches)


def _measured(
    inputs: ScoringInput,
    gold: tuple[Spans, IntArray],
    predicted: tuple[Spans, IntArray],
    found: Matching,
) -> Iterator[Measured]:
    same = found.exact if inputs.options.mention_match == "exact" else np.ones_like(found.exact)
    # A gold mention is known by its row; a predicted one by that of its match, or by its own after.
    number = np.arange(len(predicted[0])) + len(gold[0])
    number[found.predicted[same]] = found.gold[same]
    ours = _chains(inputs, *gold, np.arange(len(gold[0])))
    theirs = _chains(inputs, *predicted, number)
    for name, counts in coreference(contingency(ours, theirs, inputs.document_count)).items():
        labels, statistic = CLASSES.get(name, (("",), F))
        yield Measured(name, counts, labels, statistic)


def _chains(inputs: ScoringInput, spans: Spans, chain: IntArray, mention: IntArray) -> Chains:
    rows = distinct(spans)
    chains = Chains(spans.document[rows], mention[rows], chain[rows])
    return chains if inputs.options.singletons else without_singletons(chains)
