"""Relations between mentions."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.columns.annotation_columns import MENTION
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import (
    Sides,
    entity_ids,
    mention_ids,
    relation_ids,
)
from dateline.evaluation.measures.attributes import MatchedValues, attribute_measures
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.events import relation_counts


@group("relations", "relations", "strict", lambda side: len(side.relations.source) > 0)
def relations(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Relations by the spans and types of their ends, by spans only, by entity; attributes."""
    names, places = inputs.ontology_index.relations["relations"], inputs.place_ids
    ends: dict[str, Sides] = {
        "strict": mention_ids(inputs),
        "boundaries": (places.of_gold[MENTION], places.of_predicted[MENTION]),
    }
    if inputs.ontology.has_coreference:
        ends["by entity"] = entity_ids(inputs)
    rows = inputs.gold.relations, inputs.predicted.relations
    for name, ids in ends.items():
        found = relation_ids(*rows, ids)
        counts = relation_counts(*found, inputs.document_count, len(names))
        yield MeasureCounts(name, counts, names.labels)
    values = MatchedValues.of_equal(
        relation_ids(*rows, ends["strict"]),
        (inputs.gold.relation_values, inputs.predicted.relation_values),
        inputs.document_count,
    )
    yield from attribute_measures(inputs.ontology_index.attributes["relations"], values)
