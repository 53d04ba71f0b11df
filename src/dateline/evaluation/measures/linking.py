"""Linking of entities and of events to knowledge bases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from dateline.evaluation.columns.annotation_columns import EVENT, MENTION, LinkRows
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.counts import IntArray
from dateline.metrics.linking import Links, linking_counts, without_places
from dateline.metrics.spans import Spans

_Linked: TypeAlias = tuple[Spans, LinkRows, IntArray]
"""Mentions or triggers, their links, and their places."""


@group(
    "linking",
    "entities",
    "all",
    lambda side: len(side.links.row) > 0,
    lambda ontology: ontology.has_links,
)
def entity_links(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Mentions and the knowledge base entries of their entities, also with their types."""
    gold, predicted, places = inputs.gold, inputs.predicted, inputs.place_ids
    yield from _linking(
        inputs,
        "entities",
        (gold.mentions, gold.links, places.of_gold[MENTION]),
        (predicted.mentions, predicted.links, places.of_predicted[MENTION]),
    )


@group(
    "event-linking",
    "events",
    "all",
    lambda side: len(side.event_links.row) > 0,
    lambda ontology: ontology.has_event_links,
)
def event_links(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Triggers and the knowledge base entries of their clusters, also with the event types."""
    gold, predicted, places = inputs.gold, inputs.predicted, inputs.place_ids
    yield from _linking(
        inputs,
        "events",
        (gold.events, gold.event_links, places.of_gold[EVENT]),
        (predicted.events, predicted.event_links, places.of_predicted[EVENT]),
    )


def _linking(
    inputs: ScoringInput, layer: str, gold: _Linked, predicted: _Linked
) -> Iterator[MeasureCounts]:
    """Where gold has an item that nobody linked, predicted links do not count."""
    names = inputs.ontology_index.types[layer]
    in_gold = _links(*gold)
    kept = without_places(_links(*predicted), np.setdiff1d(gold[2], in_gold.place))
    counts = linking_counts(in_gold, kept, inputs.document_count, len(names))
    for name, found in counts.items():
        yield MeasureCounts(name, found, names.labels if "typed" in name else ("",))


def _links(spans: Spans, links: LinkRows, place: IntArray) -> Links:
    row = links.row
    return Links(spans.document[row], spans.label[row], place[row], links.entry)
