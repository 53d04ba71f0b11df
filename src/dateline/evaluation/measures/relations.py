"""Relations between mentions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import MENTION
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import (
    Sides,
    entity_ids,
    mention_ids,
    relation_ids,
)
from dateline.evaluation.measures.attributes import ItemValues, MatchedValues, attribute_measures
from dateline.evaluation.measures.groups import MeasureCounts, group
from dateline.metrics.counts import IntArray
from dateline.metrics.events import Relations, relation_counts
from dateline.metrics.tuple_sets import tuple_ids


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
    found = relation_ids(*rows, ends["strict"])
    yield from attribute_measures(
        inputs.ontology_index.attributes["relations"], _values(inputs, found)
    )


def _values(inputs: ScoringInput, found: tuple[Relations, Relations]) -> MatchedValues:
    """The attributes of relations that are the same by ``strict``; of duplicates, the first."""
    keys = tuple_ids(*found)
    rows = [np.unique(key, return_index=True)[1] for key in keys]
    _, left, right = np.intersect1d(
        keys[0][rows[0]], keys[1][rows[1]], assume_unique=True, return_indices=True
    )
    sides: list[IntArray] = [side.document for side in found]
    return MatchedValues(
        ItemValues(sides[0], inputs.gold.relation_values, rows[0]),
        ItemValues(sides[1], inputs.predicted.relation_values, rows[1]),
        (rows[0][left], rows[1][right]),
        inputs.document_count,
    )
