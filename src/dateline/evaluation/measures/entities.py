"""Mentions and their links."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import MENTION, UNLINKED, AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.attributes import attribute_measures
from dateline.evaluation.measures.registry import Measured, group
from dateline.metrics.counts import IntArray
from dateline.metrics.linking import Links, linking
from dateline.metrics.spans import nested, semeval


@group("entities", "entities", lambda side: len(side.mentions) > 0)
def entities(inputs: ScoringInput) -> Iterator[Measured]:
    """Mentions with their types: SemEval's four modes, nested ones apart, and attributes."""
    names = inputs.ontology_index.types["entities"]
    gold, predicted = inputs.gold.mentions, inputs.predicted.mentions
    size = inputs.document_count, len(names)
    for mode, counts in semeval(gold, predicted, *size).items():
        yield Measured(mode, counts, names.labels)
    yield Measured("nested", nested(gold, predicted, *size), names.labels)
    found = inputs.mention_matches
    right = found.exact & found.typed
    yield from attribute_measures(
        inputs.ontology_index.attributes["entities"],
        (gold, inputs.gold.mention_values),
        (predicted, inputs.predicted.mention_values),
        (found.gold[right], found.predicted[right]),
        inputs.document_count,
    )


@group("linking", "entities", lambda side: bool((side.entry != UNLINKED).any()))
def links(inputs: ScoringInput) -> Iterator[Measured]:
    """Mentions with type and knowledge base entry."""
    names = inputs.ontology_index.types["entities"]
    found = linking(
        _links(inputs.gold, inputs.place_ids.of_gold[MENTION]),
        _links(inputs.predicted, inputs.place_ids.of_predicted[MENTION]),
        inputs.document_count,
        len(names),
    )
    for name, counts in found.items():
        yield Measured(name, counts, names.labels)


def _links(side: AnnotationColumns, place: IntArray) -> Links:
    kept = np.flatnonzero(side.entry != UNLINKED)
    mentions = side.mentions
    return Links(mentions.document[kept], mentions.label[kept], place[kept], side.entry[kept])
