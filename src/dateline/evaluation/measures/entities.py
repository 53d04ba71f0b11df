"""Entity mentions, their attributes, and those of their entities."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.measures.attributes import ItemValues, MatchedValues, attribute_measures
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.span_matching import match_distinct
from dateline.metrics.span_scores import nested, semeval


@group("entities", "entities", "strict", lambda side: len(side.mentions) > 0)
def entities(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Mentions and types: the four modes of SemEval-2013, nested mentions, and attributes."""
    names = inputs.ontology_index.types["entities"]
    gold, predicted = inputs.gold.mentions, inputs.predicted.mentions
    size = inputs.document_count, len(names)
    matched = match_distinct(gold, predicted)
    for mode, counts in semeval(matched, *size).items():
        yield MeasureCounts(mode, counts, names.labels)
    yield MeasureCounts("nested", nested(matched, *size), names.labels)
    _, _, matching, gold_rows, predicted_rows = matched
    correct = matching.exact & matching.typed
    items = MatchedValues(
        ItemValues(gold.document, gold.label, inputs.gold.mention_values, gold_rows),
        ItemValues(
            predicted.document,
            predicted.label,
            inputs.predicted.mention_values,
            predicted_rows,
        ),
        (gold_rows[matching.gold[correct]], predicted_rows[matching.predicted[correct]]),
        inputs.document_count,
    )
    yield from attribute_measures(inputs.ontology_index.attributes["entities"], items)
    of_entities = items._replace(
        gold=items.gold._replace(values=inputs.gold.entity_values),
        predicted=items.predicted._replace(values=inputs.predicted.entity_values),
    )
    yield from attribute_measures(inputs.ontology_index.entity_attributes, of_entities, "entity ")
