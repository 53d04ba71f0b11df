"""Builds the columns of all documents from batches of items as given.

The order of items, and the rows that they refer to, are computed for all documents at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    EVENT,
    MENTION,
    MISSING_ROW,
    AnnotationColumns,
    ArgumentRows,
    AttributeColumns,
    FactualityRows,
    LinkRows,
    RelationRows,
)
from dateline.evaluation.columns.event_identity import event_classes
from dateline.evaluation.columns.given_items import (
    ALONE,
    FirstRows,
    GivenItems,
    Grouped,
    Noted,
    RelationColumns,
    given_items,
)
from dateline.evaluation.columns.item_confidence import ClaimScores, ItemConfidence, certain
from dateline.evaluation.columns.items import Items, documents_of
from dateline.evaluation.columns.sorted_layer import SortedLayer, first_of_equal, sorted_layer
from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.spans import Spans, place_ids
from dateline.metrics.tuple_sets import pack
from dateline.predictions.label_index import OntologyIndex, content_number


class ColumnsBuilder:
    """Collects batches of documents, in any order of documents, and builds their columns."""

    def __init__(self, ontology: OntologyIndex) -> None:
        self._ontology = ontology
        self.first = FirstRows()
        self._items: list[GivenItems] = []
        self._confidence: list[ItemConfidence] = []
        self._scores: list[ClaimScores] = []

    def given(
        self, documents: Items, numbers: IntArray, knowledge_bases: Collection[str] = ()
    ) -> tuple[GivenItems, Noted]:
        """The items of the next batch, which is not added yet; see `given_items`."""
        return given_items(documents, numbers, self._ontology, self.first, knowledge_bases)

    def add(
        self,
        items: GivenItems,
        confidence: ItemConfidence | None = None,
        scores: ClaimScores | None = None,
    ) -> None:
        """Add a batch; without ``confidence``, no item has one."""
        self._items.append(items)
        self._confidence.append(confidence or certain(items))
        self._scores.append(scores or {})
        mentions, events, claims = self.first
        self.first = FirstRows(
            mentions + len(items.mentions.label),
            events + len(items.events.label),
            claims + len(items.claims.label),
        )

    def columns(self) -> tuple[AnnotationColumns, ItemConfidence]:
        """The columns of all documents that were added, and the confidence of their rows."""
        if not self._items:
            self.add(self.given(documents_of(()), np.zeros(0, np.int64))[0])
        given, confidence = _joined(self._items), _joined(self._confidence)
        scores = self._all_scores()
        mentions = sorted_layer(given.mentions, confidence.mentions)
        # What refers to a duplicate refers to the first mention with its place and type.
        mention_row = _rows_of_first(mentions, mentions.place, mentions.spans.label)
        claims, claimer, cues, claim_row = _sorted_claims(
            given, confidence.claims, scores, mention_row
        )
        events, original = _sorted_events(given, confidence.events, mention_row, claim_row)
        event_row = events.row_of
        arguments, argument_values, argument_confidence = _sorted_arguments(
            given,
            np.minimum(confidence.arguments, confidence.events[given.arguments.event]),
            {MENTION: mention_row, EVENT: event_row, CLAIM: claim_row},
            original,
        )
        relations, relation_values, relation_confidence = _sorted_relations(
            given.relations["relations"], confidence.relations, mention_row, given.relation_values
        )
        related = given.relations["event_relations"]
        # Derived relations follow from arguments, which are scored.
        is_scored = ~np.isin(related.label, self._ontology.derived_relations)
        event_relations, _, event_relation_confidence = _sorted_relations(
            RelationColumns(*(column[is_scored] for column in related)),
            confidence.event_relations[is_scored],
            event_row,
        )
        claim_relations, _, claim_relation_confidence = _sorted_relations(
            given.relations["claim_relations"], confidence.claim_relations, claim_row
        )
        documents = np.argsort(given.documents)
        indexes = self._ontology.attributes["document"]
        return (
            AnnotationColumns(
                documents=given.documents[documents],
                document_values={
                    name: column[documents] for name, column in given.document_values.items()
                },
                mentions=mentions.spans,
                chain=_numbered(given.entities.group[mentions.order]),
                links=_links(given.entities, mentions),
                mention_values=mentions.values,
                entity_values={
                    name: column[mentions.order] for name, column in given.entity_values.items()
                },
                relations=relations,
                relation_values=relation_values,
                events=events.spans,
                cluster=_numbered(given.clusters.group[events.order]),
                event_links=_links(given.clusters, events),
                original=original,
                event_values=events.values,
                arguments=arguments,
                argument_values=argument_values,
                factuality=_sorted_factuality(given.factuality, original[event_row[:-1]], claim_row)
                if self._ontology.ontology.factuality
                else None,
                event_relations=event_relations,
                claims=claims.spans,
                claimer=claimer,
                cues=cues,
                claim_values=claims.values,
                claim_relations=claim_relations,
                scores={key: found[claims.order] for key, found in scores.items()},
                has_document_values=any(
                    bool((column != indexes[name].number(None)).any())
                    for name, column in given.document_values.items()
                ),
            ),
            ItemConfidence(
                mentions=mentions.confidence,
                relations=relation_confidence,
                events=events.confidence,
                arguments=argument_confidence,
                event_relations=event_relation_confidence,
                claims=claims.confidence,
                claim_relations=claim_relation_confidence,
            ),
        )

    def _all_scores(self) -> ClaimScores:
        counts = [len(items.claims.label) for items in self._items]
        return {
            key: np.concatenate(
                [
                    found.get(key, np.full(count, np.nan))
                    for found, count in zip(self._scores, counts, strict=True)
                ]
            )
            for key in dict.fromkeys(key for found in self._scores for key in found)
        }


def _joined(parts: Sequence[Any]) -> Any:
    """Columns of several batches, in tuples and mappings, as columns of all."""
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, Mapping):
        return {key: _joined([part[key] for part in parts]) for key in first}
    return type(first)(*map(_joined, zip(*parts, strict=True)))


def _sorted_claims(
    given: GivenItems, confidence: FloatArray, scores: ClaimScores, mention_row: IntArray
) -> tuple[SortedLayer, IntArray, Spans, IntArray]:
    """The claims, their claimers, their cues, and the row that stands for each as given."""
    claimer = np.where(
        given.claimer >= 0, mention_row[given.claimer.clip(MISSING_ROW)], given.claimer
    )
    cues = given.claims._replace(**given.cues._asdict()).spans
    (cue,) = place_ids(cues)
    ties = [np.nan_to_num(column, nan=-np.inf) for column in scores.values()]
    claims = sorted_layer(given.claims, confidence, (claimer, cue), ties)
    claimer, cue, cues = claimer[claims.order], cue[claims.order], cues.take(claims.order)
    # What refers to a duplicate refers to the first of them.
    content = claims.place, claims.spans.label, claimer, cue, *claims.values.values()
    cues = Spans(cues.document, np.arange(len(cues)), cues.offsets, cues.start, cues.end)
    return claims, claimer, cues.take(np.diff(cues.offsets) > 0), _rows_of_first(claims, *content)


def _sorted_events(
    given: GivenItems, confidence: FloatArray, mention_row: IntArray, claim_row: IntArray
) -> tuple[SortedLayer, IntArray]:
    """The events, and of each the first one with its trigger, type and arguments."""
    ties = _event_ties(given)
    events = sorted_layer(given.events, confidence, ties=ties)
    same = first_of_equal(events.place, events.spans.label)
    several = same != np.arange(len(same))
    if not several.any():
        return events, same
    # Only where triggers and types are the same, arguments tell events apart.
    concerned = np.isin(events.spans.document, events.spans.document[several])
    order = events.order[concerned]
    position = np.full(len(same) + 1, MISSING_ROW)
    position[order] = np.arange(len(order))
    arguments: list[list[tuple[int, int, int]]] = [[] for _ in order]
    kept = position[given.arguments.event] != MISSING_ROW
    event, role, kind, filler = (column[kept] for column in given.arguments)
    rows = {MENTION: mention_row, EVENT: position, CLAIM: claim_row}
    event, filler = position[event], _filler_rows(kind, filler, rows)
    for number, *argument in np.stack((event, role, kind, filler), axis=1).tolist():
        arguments[number].append(tuple(argument))
    classes = np.zeros(len(same), np.int64)
    classes[order] = event_classes(same[concerned].tolist(), arguments, EVENT)
    events = sorted_layer(given.events, confidence, [classes], ties)
    return events, first_of_equal(events.place, events.spans.label, classes[events.order])


def _event_ties(given: GivenItems) -> list[FloatArray]:
    """Numbers that differ for events whose arguments' attributes or factuality differ.

    They are the same for any order of these, and any ids.
    """
    arguments, factuality = given.arguments, given.factuality
    parts = [
        (arguments.event, (arguments.role, *given.argument_values.values())),
        (factuality.event, (np.minimum(factuality.source, 0), factuality.value)),
    ]
    found: list[FloatArray] = []
    for event, columns in parts:
        if len(columns) > 1 and len(event):
            # Claimers that are not mentions are negative.
            key = reduce(pack, [column - column.min() for column in columns])
            _, first, which = np.unique(key, return_index=True, return_inverse=True)
            rows = np.stack(columns, axis=1)[first].tolist()
            weights = np.array([content_number(row) % 2**32 for row in rows], np.float64)[which]
            found.append(np.bincount(event, weights, len(given.events.label)).astype(np.float64))
    return found


def _sorted_arguments(
    items: GivenItems,
    confidence: FloatArray,
    rows: Mapping[int, IntArray],
    original: IntArray,
) -> tuple[ArgumentRows, AttributeColumns, FloatArray]:
    """The arguments of events that are no duplicates."""
    given, values = items.arguments, items.argument_values
    event = rows[EVENT][given.event]
    filler = _filler_rows(given.kind, given.filler, rows)
    order = np.lexsort((confidence, *values.values(), filler, given.kind, given.role, event))
    order = order[original[event[order]] == event[order]]
    found = ArgumentRows(event[order], given.role[order], given.kind[order], filler[order])
    return found, {name: column[order] for name, column in values.items()}, confidence[order]


def _sorted_factuality(
    given: FactualityRows, original: IntArray, claim_row: IntArray
) -> FactualityRows:
    """One value for each source of an event; those of duplicate events are of the first of them.

    ``original`` is the row of each event as given, or of the one that it is a duplicate of.
    """
    event, value = original[given.event], given.value
    source = np.where(given.source >= 0, claim_row[given.source.clip(MISSING_ROW)], given.source)
    order = np.lexsort((value, source, event))
    event, source, value = event[order], source[order], value[order]
    is_first = first_of_equal(event, source) == np.arange(len(event))
    kept = is_first | (source == MISSING_ROW)
    return FactualityRows(event[kept], source[kept], value[kept])


def _filler_rows(kind: IntArray, filler: IntArray, rows: Mapping[int, IntArray]) -> IntArray:
    """The rows of fillers, from the rows of each kind as given."""
    found = np.full(len(filler), MISSING_ROW)
    for number, row in rows.items():
        found[kind == number] = row[filler[kind == number]]
    return found


def _sorted_relations(
    given: RelationColumns,
    confidence: FloatArray,
    row_of: IntArray,
    values: AttributeColumns | None = None,
) -> tuple[RelationRows, AttributeColumns, FloatArray]:
    values = values or {}
    document, label = given.document, given.label
    source, target = row_of[given.source], row_of[given.target]
    order = np.lexsort((confidence, *values.values(), target, source, label, document))
    return (
        RelationRows(document[order], label[order], source[order], target[order]),
        {name: column[order] for name, column in values.items()},
        confidence[order],
    )


def _links(grouped: Grouped, layer: SortedLayer) -> LinkRows:
    row = layer.row_of[grouped.link_row]
    order = np.lexsort((grouped.entry, row))
    return LinkRows(row[order], grouped.entry[order])


def _rows_of_first(layer: SortedLayer, *content: IntArray) -> IntArray:
    """For each item as given, the first row with its content; one more, for a missing item."""
    return np.append(first_of_equal(*content), MISSING_ROW)[layer.row_of]


def _numbered(groups: IntArray) -> IntArray:
    """Groups numbered in the order of their first rows; what is alone is a group of its own."""
    alone = groups.max(initial=0) + 1 + np.arange(len(groups))
    _, first, inverse = np.unique(
        np.where(groups == ALONE, alone, groups), return_index=True, return_inverse=True
    )
    number = np.empty(len(first), np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return np.asarray(number[inverse], np.int64)
