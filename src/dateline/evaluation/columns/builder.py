"""Builds columns of the items of documents.

Items are taken as they come. Their order, and the rows that they refer to, are computed for all
documents at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    EVENT,
    MENTION,
    MISSING_ROW,
    AnnotationColumns,
    ArgumentRows,
    AttributeColumns,
    LinkRows,
    RelationRows,
    special_claimer,
)
from dateline.evaluation.columns.event_identity import event_classes
from dateline.evaluation.columns.growing import IntRows, SpanRows
from dateline.evaluation.columns.item_confidence import (
    ItemConfidence,
    argument_confidences,
    confidences,
    relation_confidences,
)
from dateline.evaluation.columns.layer_rows import LayerRows, SortedLayer, ValueRows, first_of_equal
from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.linking import NIL
from dateline.metrics.spans import Spans, place_ids
from dateline.model import RELATION_FIELDS, Argument, Link, Relation
from dateline.predictions.label_index import OntologyIndex, content_number
from dateline.predictions.prediction import Prediction

ALONE = -1
"""The chain or cluster, as given, of an item without one."""


class ColumnsBuilder:
    """Builds columns document by document, in any order of documents."""

    def __init__(self, ontology: OntologyIndex) -> None:
        self._ontology = ontology
        self._documents = IntRows(1)
        self._of_documents = ValueRows(ontology.attributes["document"])
        self._has_document_values = False
        self._mentions, self._events, self._claims = (
            LayerRows(ontology.types[layer], ontology.attributes[layer])
            for layer in ("entities", "events", "claims")
        )
        self._chain, self._links = IntRows(1), IntRows(2)
        self._of_entities = ValueRows(ontology.entity_attributes)
        self._cluster, self._event_links = IntRows(1), IntRows(2)
        self._claimer = IntRows(1)
        self._cues = SpanRows()
        self._arguments = _Confident(4)
        self._relations = {field: _Confident(4) for field in RELATION_FIELDS}
        self._of_relations = ValueRows(ontology.attributes["relations"])
        self._scores: dict[tuple[str, str], dict[int, float]] = {}

    def add(self, document: int, items: Prediction) -> None:
        """Add the items of a document."""
        self._documents.extend([document])
        self._of_documents.extend([items.attributes])
        self._has_document_values |= any(
            items.attributes.get(name, ()) != () for name in self._ontology.attributes["document"]
        )
        mentions = self._add_mentions(document, items)
        claims = self._add_claims(document, items, mentions)
        events = self._add_events(document, items, (mentions, claims))
        self._of_relations.extend([relation.attributes for relation in items.relations])
        names = self._ontology.relations
        for field, ends in zip(RELATION_FIELDS, (mentions, events, claims), strict=True):
            relations: Sequence[Relation] = getattr(items, field)
            self._relations[field].extend(
                relation_confidences(items, field),
                [document] * len(relations),
                names[field].numbers([relation.type for relation in relations]),
                [ends.get(relation.source, MISSING_ROW) for relation in relations],
                [ends.get(relation.target, MISSING_ROW) for relation in relations],
            )

    def columns(self) -> tuple[AnnotationColumns, ItemConfidence]:
        """The columns of all documents that were added, and the confidence of their rows."""
        (documents,) = self._documents.columns()
        (chains,) = self._chain.columns()
        mentions = self._mentions.sorted()
        # What refers to a duplicate refers to the first mention with its place and type.
        mention_row = _rows_of_first(mentions, mentions.place, mentions.spans.label)
        claims, claimer, cues, claim_row = self._sorted_claims(mention_row)
        events, original = self._sorted_events(mention_row, claim_row)
        event_row = events.row_of
        arguments, argument_confidence = self._sorted_arguments(
            {MENTION: mention_row, EVENT: event_row, CLAIM: claim_row}, original, events.confidence
        )
        relations, relation_values, relation_confidence = _relations(
            self._relations["relations"], mention_row, self._of_relations.columns()
        )
        event_relations, _, event_relation_confidence = _relations(
            self._relations["event_relations"], event_row
        )
        claim_relations, _, claim_relation_confidence = _relations(
            self._relations["claim_relations"], claim_row
        )
        (cluster,) = self._cluster.columns()
        return (
            AnnotationColumns(
                documents=documents,
                document_values=self._of_documents.columns(),
                mentions=mentions.spans,
                chain=_numbered(chains[mentions.order]),
                links=_links(self._links, mentions),
                mention_values=mentions.values,
                entity_values={
                    name: column[mentions.order]
                    for name, column in self._of_entities.columns().items()
                },
                relations=relations,
                relation_values=relation_values,
                events=events.spans,
                cluster=_numbered(cluster[events.order]),
                event_links=_links(self._event_links, events),
                original=original,
                event_values=events.values,
                arguments=arguments,
                event_relations=event_relations,
                claims=claims.spans,
                claimer=claimer,
                cues=cues,
                claim_values=claims.values,
                claim_relations=claim_relations,
                scores={key: found[claims.order] for key, found in self._score_columns().items()},
                has_document_values=self._has_document_values,
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

    def _add_mentions(self, document: int, items: Prediction) -> Mapping[str, int]:
        mentions, first = items.mentions, len(self._mentions)
        names = [mention.entity for mention in mentions]
        entities = {entity.id: entity for entity in reversed(items.entities)}
        self._chain.extend(_group_numbers(names, first))
        self._of_entities.extend(
            [entities[name].attributes if name in entities else {} for name in names]
        )
        links = {name: _entries(entity.links) for name, entity in entities.items()}
        self._links.extend(*_link_columns(names, links, first))
        return self._mentions.extend(
            document,
            mentions,
            [mention.type for mention in mentions],
            [mention.spans for mention in mentions],
            confidences(items, "mentions"),
        )

    def _add_claims(
        self, document: int, items: Prediction, mentions: Mapping[str, int]
    ) -> Mapping[str, int]:
        claims = items.claims
        rows = self._claims.extend(
            document,
            claims,
            [claim.act for claim in claims],
            [claim.spans for claim in claims],
            confidences(items, "claims"),
        )
        self._claimer.extend([self._claimer_row(claim.claimer, mentions) for claim in claims])
        self._cues.extend(document, [0] * len(claims), [claim.cue or () for claim in claims])
        for attribute, by_value in items.scores.items():
            for value, by_claim in by_value.items():
                of_value = self._scores.setdefault((attribute, value), {})
                of_value.update((rows[name], by_claim[name]) for name in by_claim if name in rows)
        return rows

    def _claimer_row(self, claimer: str, mentions: Mapping[str, int]) -> int:
        if claimer in self._ontology.claimers:
            return special_claimer(self._ontology.claimers.number(claimer))
        return mentions.get(claimer, MISSING_ROW)

    def _add_events(
        self, document: int, items: Prediction, others: tuple[Mapping[str, int], Mapping[str, int]]
    ) -> Mapping[str, int]:
        events = items.events
        first = len(self._events)
        rows = self._events.extend(
            document,
            events,
            [event.type for event in events],
            [event.trigger for event in events],
            confidences(items, "events"),
        )
        names = [event.cluster for event in events]
        self._cluster.extend(_group_numbers(names, first))
        links = {cluster.id: _entries(cluster.links) for cluster in reversed(items.event_clusters)}
        self._event_links.extend(*_link_columns(names, links, first))
        mentions, claims = others
        fillers = {MENTION: mentions, EVENT: rows, CLAIM: claims}
        arguments = list(chain.from_iterable(event.arguments for event in events))
        kinds = [_kind(argument) for argument in arguments]
        self._arguments.extend(
            chain.from_iterable(argument_confidences(items)),
            [row for row, event in enumerate(events, first) for _ in event.arguments],
            self._ontology.roles.numbers([argument.role for argument in arguments]),
            kinds,
            [
                fillers[kind].get(argument.filler, MISSING_ROW)
                for kind, argument in zip(kinds, arguments, strict=True)
            ],
        )
        return rows

    def _sorted_claims(
        self, mention_row: IntArray
    ) -> tuple[SortedLayer, IntArray, Spans, IntArray]:
        """The claims, their claimers, their cues, and the row that stands for each as given."""
        (claimer,) = self._claimer.columns()
        claimer = np.where(claimer >= 0, mention_row[claimer.clip(MISSING_ROW)], claimer)
        cues = self._cues.spans()
        (cue,) = place_ids(cues)
        scores = [np.nan_to_num(column, nan=-np.inf) for column in self._score_columns().values()]
        claims = self._claims.sorted((claimer, cue), scores)
        claimer, cue, cues = claimer[claims.order], cue[claims.order], cues.take(claims.order)
        # What refers to a duplicate refers to the first of them.
        content = claims.place, claims.spans.label, claimer, cue, *claims.values.values()
        cues = Spans(cues.document, np.arange(len(cues)), cues.offsets, cues.start, cues.end)
        return (
            claims,
            claimer,
            cues.take(np.diff(cues.offsets) > 0),
            _rows_of_first(claims, *content),
        )

    def _sorted_events(
        self, mention_row: IntArray, claim_row: IntArray
    ) -> tuple[SortedLayer, IntArray]:
        """The events, and of each the first one with its trigger, type and arguments."""
        events = self._events.sorted()
        same = first_of_equal(events.place, events.spans.label)
        several = same != np.arange(len(same))
        if not several.any():
            return events, same
        # Only where triggers and types are the same, arguments tell events apart.
        concerned = np.isin(events.spans.document, events.spans.document[several])
        given = events.order[concerned]
        position = np.full(len(same) + 1, MISSING_ROW)
        position[given] = np.arange(len(given))
        arguments: list[list[tuple[int, int, int]]] = [[] for _ in given]
        _, (event, *content) = self._arguments.columns()
        kept = position[event] != MISSING_ROW
        role, kind, filler = (column[kept] for column in content)
        rows = {MENTION: mention_row, EVENT: position, CLAIM: claim_row}
        event, filler = position[event[kept]], _filler_rows(kind, filler, rows)
        for number, *argument in np.stack((event, role, kind, filler), axis=1).tolist():
            arguments[number].append(tuple(argument))
        classes = np.zeros(len(same), np.int64)
        classes[given] = event_classes(same[concerned].tolist(), arguments, EVENT)
        events = self._events.sorted([classes])
        return events, first_of_equal(events.place, events.spans.label, classes[events.order])

    def _sorted_arguments(
        self, rows: Mapping[int, IntArray], original: IntArray, of_events: FloatArray
    ) -> tuple[ArgumentRows, FloatArray]:
        """The arguments of events that are no duplicates."""
        confidence, (event, role, kind, filler) = self._arguments.columns()
        event = rows[EVENT][event]
        filler = _filler_rows(kind, filler, rows)
        confidence = np.minimum(confidence, of_events[event])
        order = np.lexsort((confidence, filler, kind, role, event))
        order = order[original[event[order]] == event[order]]
        found = ArgumentRows(event[order], role[order], kind[order], filler[order])
        return found, confidence[order]

    def _score_columns(self) -> Mapping[tuple[str, str], FloatArray]:
        """The scores of the claims as given, NaN for those without one."""
        columns = {}
        for key, found in self._scores.items():
            columns[key] = np.full(len(self._claims), np.nan)
            columns[key][list(found)] = list(found.values())
        return columns


class _Confident:
    """Rows of integers with a confidence."""

    def __init__(self, width: int) -> None:
        self._rows, self._confidence = IntRows(width), array("d")

    def extend(self, confidence: Iterable[float], *columns: Iterable[int]) -> None:
        self._confidence.extend(confidence)
        self._rows.extend(*columns)

    def columns(self) -> tuple[FloatArray, list[IntArray]]:
        return np.array(self._confidence, np.float64), self._rows.columns()


def _filler_rows(kind: IntArray, filler: IntArray, rows: Mapping[int, IntArray]) -> IntArray:
    """The rows of fillers, from the rows of each kind as given."""
    found = np.full(len(filler), MISSING_ROW)
    for number, row in rows.items():
        found[kind == number] = row[filler[kind == number]]
    return found


def _relations(
    rows: _Confident, row_of: IntArray, values: AttributeColumns | None = None
) -> tuple[RelationRows, AttributeColumns, FloatArray]:
    confidence, (document, label, source, target) = rows.columns()
    values = values or {}
    source, target = row_of[source], row_of[target]
    order = np.lexsort((confidence, *values.values(), target, source, label, document))
    return (
        RelationRows(document[order], label[order], source[order], target[order]),
        {name: column[order] for name, column in values.items()},
        confidence[order],
    )


def _entries(links: Iterable[Link]) -> tuple[int, ...]:
    """The integers of an item's entries; NIL if it has links, and none of them has an entry."""
    entries = {content_number((link.kb, link.id)) for link in links if link.id is not None}
    return tuple(sorted(entries)) if entries or not links else (NIL,)


def _link_columns(
    names: Sequence[str | None], entries: Mapping[str, Sequence[int]], first: int
) -> tuple[list[int], list[int]]:
    """The row, from ``first`` on, and the entry of each link of items with these groups."""
    found = [
        (row, entry)
        for row, name in enumerate(names, first)
        for entry in entries.get(name or "", ())
    ]
    return [row for row, _ in found], [entry for _, entry in found]


def _links(links: IntRows, layer: SortedLayer) -> LinkRows:
    given, entry = links.columns()
    row = layer.row_of[given]
    order = np.lexsort((entry, row))
    return LinkRows(row[order], entry[order])


def _rows_of_first(layer: SortedLayer, *content: IntArray) -> IntArray:
    """For each item as given, the first row with its content; one more, for a missing item."""
    return np.append(first_of_equal(*content), MISSING_ROW)[layer.row_of]


def _group_numbers(names: Sequence[str | None], first: int) -> list[int]:
    """A number from ``first`` on for each name, the same for the same name."""
    numbers: dict[str | None, int] = dict(zip(dict.fromkeys(names), count(first), strict=False))
    numbers[None] = ALONE
    return [numbers[name] for name in names]


def _numbered(groups: IntArray) -> IntArray:
    """Groups numbered in the order of their first rows; what is alone is a group of its own."""
    alone = groups.max(initial=0) + 1 + np.arange(len(groups))
    _, first, inverse = np.unique(
        np.where(groups == ALONE, alone, groups), return_index=True, return_inverse=True
    )
    number = np.empty(len(first), np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return np.asarray(number[inverse], np.int64)


def _kind(argument: Argument) -> int:
    return MENTION if argument.mention else EVENT if argument.event else CLAIM
