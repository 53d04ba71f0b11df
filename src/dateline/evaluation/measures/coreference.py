"""Coreference of mentions and of events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import EVENT, MENTION
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.groups import BLANC, CONLL, F, MeasureCounts, group
from dateline.metrics.coreference import (
    Chains,
    contingency_table,
    coreference_counts,
    merge_chains,
    without_singletons,
)
from dateline.metrics.counts import IntArray

CLASSES = {
    "BLANC": (("coreferent", "not coreferent"), BLANC),
    "CoNLL": (("MUC", "B3", "CEAFe"), CONLL),
}


def _has_chains(chain: IntArray) -> bool:
    return len(np.unique(chain)) < len(chain)


@group(
    "coreference",
    "entities",
    "CoNLL",
    lambda side: _has_chains(side.chain),
    lambda ontology: ontology.has_coreference,
)
def mentions(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Coreference chains of mentions; types are ignored."""
    gold, predicted, places = inputs.gold, inputs.predicted, inputs.place_ids
    is_exact = inputs.options.mention_match == "exact"
    yield from _measures(
        inputs,
        Chains(gold.mentions.document, places.of_gold[MENTION], gold.chain),
        Chains(
            predicted.mentions.document,
            places.of_predicted[MENTION] if is_exact else inputs.mention_places,
            predicted.chain,
        ),
    )


@group(
    "event-coreference",
    "events",
    "CoNLL",
    lambda side: _has_chains(side.cluster),
    lambda ontology: ontology.has_event_coreference,
)
def events(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Coreference clusters of events, identified by their triggers; types are ignored."""
    gold, predicted, places = inputs.gold, inputs.predicted, inputs.place_ids
    is_exact = inputs.options.mention_match == "exact"
    yield from _measures(
        inputs,
        Chains(gold.events.document, places.of_gold[EVENT], gold.cluster),
        Chains(
            predicted.events.document,
            places.of_predicted[EVENT] if is_exact else inputs.trigger_places,
            predicted.cluster,
        ),
    )


def _measures(inputs: ScoringInput, gold: Chains, predicted: Chains) -> Iterator[MeasureCounts]:
    gold, predicted = merge_chains(gold), merge_chains(predicted)
    if not inputs.options.singletons:
        gold, predicted = without_singletons(gold), without_singletons(predicted)
    table = contingency_table(gold, predicted, inputs.document_count)
    for name, counts in coreference_counts(table).items():
        labels, statistic = CLASSES.get(name, (("",), F))
        yield MeasureCounts(name, counts, labels, statistic)
