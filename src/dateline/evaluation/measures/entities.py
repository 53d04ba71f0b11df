"""Entity mentions and entity linking."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import MENTION, UNLINKED, AnnotationColumns
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.attributes import ItemValues, attribute_measures
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.counts import IntArray
from dateline.metrics.linking import Links, linking_counts, without_places
from dateline.metrics.span_scores import nested, semeval
from dateline.metrics.spans import distinct_rows


@group("entities", "entities", "strict", lambda side: len(side.mentions) > 0)
def entities(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Mentions and types: the four modes of SemEval-2013, nested mentions, and attributes."""
    names = inputs.ontology_index.types["entities"]
    gold, predicted = inputs.gold.mentions, inputs.predicted.mentions
    size = inputs.document_count, len(names)
    for mode, counts in semeval(gold, predicted, *size).items():
        yield MeasureCounts(mode, counts, names.labels)
    yield MeasureCounts("nested", nested(gold, predicted, *size), names.labels)
    matching = inputs.mention_matches
    correct = matching.exact & matching.typed
    yield from attribute_measures(
        inputs.ontology_index.attributes["entities"],
        ItemValues(gold.document, inputs.gold.mention_values, distinct_rows(gold)),
        ItemValues(predicted.document, inputs.predicted.mention_values, distinct_rows(predicted)),
        (matching.gold[correct], matching.predicted[correct]),
        inputs.document_count,
    )


@group("linking", "entities", "all", lambda side: bool((side.entry != UNLINKED).any()))
def links(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Mentions and their knowledge base entries, also with their types.

    Where gold has a mention that nobody linked, predicted links do not count.
    """
    names = inputs.ontology_index.types["entities"]
    places = inputs.place_ids.of_gold[MENTION]
    gold = _links(inputs.gold, places)
    predicted = _links(inputs.predicted, inputs.place_ids.of_predicted[MENTION])
    predicted = without_places(predicted, np.setdiff1d(places, gold.place))
    counts = linking_counts(gold, predicted, inputs.document_count, len(names))
    for name, found in counts.items():
        yield MeasureCounts(name, found, names.labels if "typed" in name else ("",))


def _links(side: AnnotationColumns, place: IntArray) -> Links:
    kept = np.flatnonzero(side.entry != UNLINKED)
    mentions = side.mentions
    return Links(mentions.document[kept], mentions.label[kept], place[kept], side.entry[kept])
