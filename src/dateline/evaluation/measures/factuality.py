"""Factuality of events by source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    MISSING_ROW,
    AnnotationColumns,
    special_claimer,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import event_ids
from dateline.evaluation.measures.claims import matched_claims
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.classification import LabelPairs, joint, matched_only
from dateline.metrics.counts import BoolArray, IntArray
from dateline.metrics.tuple_sets import tuple_ids

CLAIMS = "claims"
"""The source that stands for all claims."""


class SourceValues(NamedTuple):
    """The values of a source: pairs, and document and value of all in gold and prediction.

    A value is in a pair if its event, and its claim if the source is one, are matched. A value that
    the other side does not have is absent there.
    """

    source: str
    pairs: LabelPairs
    gold: tuple[IntArray, IntArray]
    predicted: tuple[IntArray, IntArray]


@group(
    "factuality",
    "events",
    "joint",
    lambda side: side.factuality is not None and len(side.factuality.event) > 0,
    lambda ontology: bool(ontology.factuality),
    each=True,
)
def factuality(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Factuality of events: by each claimer that is not a mention, and by claims."""
    labels = inputs.ontology_index.factuality.labels
    size = inputs.document_count, len(labels)
    for source, pairs, gold, predicted in values_by_source(inputs):
        if len(predicted[0]) or not len(inputs.predicted.events):
            counts = joint(pairs, gold, predicted, *size)
            yield MeasureCounts(f"joint, {source}", counts, labels)
            counts = matched_only(pairs, *size)
            yield MeasureCounts(f"matched only, {source}", counts, labels)


def values_by_source(inputs: ScoringInput) -> Iterator[SourceValues]:
    """The values of each claimer that is not a mention, then those of all claims."""
    absent = inputs.ontology_index.factuality.number(None)
    sources: list[tuple[str, int | None]] = [
        (claimer.name, special_claimer(number))
        for number, claimer in enumerate(inputs.ontology.claimers)
    ]
    if "claims" in inputs.ontology.layers:
        sources.append((CLAIMS, None))
    (events, other_events), (claims, other_claims) = event_ids(inputs), _claim_ids(inputs)
    shared = np.intersect1d(events, other_events), np.intersect1d(claims, other_claims)
    for source, number in sources:
        gold = _of_source(inputs.gold, events, claims, shared, number)
        predicted = _of_source(inputs.predicted, other_events, other_claims, shared, number)
        yield SourceValues(
            source,
            _pairs(gold, predicted, absent),
            (gold.document, gold.value),
            (predicted.document, predicted.value),
        )


class _Values(NamedTuple):
    """The values that a source gives events of one side.

    ``event`` and ``claim`` are ids that are equal for matched items; the claim is 0 for a source
    that is none. ``matched`` says whether both are matched.
    """

    document: IntArray
    event: IntArray
    claim: IntArray
    value: IntArray
    matched: BoolArray


def _of_source(
    side: AnnotationColumns,
    events: IntArray,
    claims: IntArray,
    shared: tuple[IntArray, IntArray],
    source: int | None,
) -> _Values:
    """The values of a special claimer, or of claims if it is None.

    ``events`` and ``claims`` are the ids of all of them, ``shared`` those that both sides have.
    """
    rows = side.factuality
    if rows is None:
        raise ValueError("the ontology does not declare factuality")
    kept = rows.source >= MISSING_ROW if source is None else rows.source == source
    event, claim = rows.event[kept], rows.source[kept]
    found = np.zeros_like(event)
    matched = np.isin(events[event], shared[0])
    if source is None:
        # A claim that does not exist matches nothing, so each has an id of its own.
        unused = 1 + max(int(claims.max(initial=0)), int(shared[1].max(initial=0)))
        found = unused + np.arange(len(claim))
        found[claim != MISSING_ROW] = claims[claim[claim != MISSING_ROW]]
        matched &= np.isin(found, shared[1])
    return _Values(side.events.document[event], events[event], found, rows.value[kept], matched)


def _pairs(gold: _Values, predicted: _Values, absent: int) -> LabelPairs:
    """Values of the same event and source, and those that only one of two matched events has."""
    keys = tuple_ids((gold.event, gold.claim), (predicted.event, predicted.claim))
    _, left, right = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    missed = np.flatnonzero(gold.matched & ~np.isin(keys[0], keys[1]))
    spurious = np.flatnonzero(predicted.matched & ~np.isin(keys[1], keys[0]))
    columns = (
        (gold.document[left], gold.document[missed], predicted.document[spurious]),
        (gold.value[left], gold.value[missed], np.full(len(spurious), absent)),
        (predicted.value[right], np.full(len(missed), absent), predicted.value[spurious]),
    )
    document, gold_value, predicted_value = (np.concatenate(parts) for parts in columns)
    return LabelPairs(document, gold_value, predicted_value)


def _claim_ids(inputs: ScoringInput) -> tuple[IntArray, IntArray]:
    """An id for each gold and each predicted claim, equal if they are matched by overlap."""
    left, right = matched_claims(inputs, inputs.options.claim_overlap)
    gold = np.arange(len(inputs.gold.claims))
    predicted = len(gold) + np.arange(len(inputs.predicted.claims))
    predicted[right] = left
    return gold, predicted
