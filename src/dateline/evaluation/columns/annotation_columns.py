"""The items of all documents as columns, of the gold or of one system."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dateline.annotations.differences import format_value
from dateline.evaluation.columns.event_identity import event_classes
from dateline.evaluation.columns.growing import IntRows, SpanRows
from dateline.evaluation.columns.item_confidence import (
    ItemConfidence,
    argument_confidences,
    confidence_by_id,
    confidences,
)
from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.linking import NIL
from dateline.metrics.spans import Spans
from dateline.model import Argument, Attributes, Link, Relation
from dateline.model import Spans as Fragments
from dateline.predictions.label_index import OntologyIndex, ValueIndex
from dateline.predictions.prediction import Prediction

MENTION, EVENT, CLAIM = range(3)
"""Kinds of fillers of a role."""
MISSING_ROW = -1
"""The row of an item that is referred to and does not exist."""
UNLINKED = -1
"""The knowledge base entry of a mention that nobody linked."""

AttributeColumns = Mapping[str, IntArray]
"""The integer of each item's value, by attribute."""


class ArgumentRows(NamedTuple):
    """Arguments: row of the event, integer of the role, kind and row of the filler."""

    event: IntArray
    role: IntArray
    kind: IntArray
    filler: IntArray


class RelationRows(NamedTuple):
    """Relations: document, integer of the label, rows of both ends."""

    document: IntArray
    label: IntArray
    source: IntArray
    target: IntArray


class AnnotationColumns(NamedTuple):
    """Gold or predicted items as columns; documents are numbered as in the gold.

    ``chain`` and ``cluster`` are the coreference chains of mentions and events; an item without one
    is alone in its own. ``original`` is the row of the first event with the same trigger, type and
    arguments; other such events are duplicates, and have no arguments here. ``entry`` is the
    knowledge base entry of each mention, 0 for NIL and -1 for unlinked. ``claimer`` is a row of
    ``mentions``, or the special claimer k as -2 - k. ``cues`` has a span for each claim with a cue;
    its label is the claim's row. ``scores`` rank claims by attribute and value, NaN for a claim
    without one.
    """

    mentions: Spans
    chain: IntArray
    entry: IntArray
    mention_values: AttributeColumns
    events: Spans
    cluster: IntArray
    original: IntArray
    event_values: AttributeColumns
    arguments: ArgumentRows
    event_relations: RelationRows
    claims: Spans
    claimer: IntArray
    cues: Spans
    claim_values: AttributeColumns
    claim_relations: RelationRows
    scores: Mapping[tuple[str, str], FloatArray]

    @property
    def digest(self) -> str:
        """SHA-256 of all columns: equal for equal content, regardless of ids."""
        return digest_of(self)


def digest_of(columns: object) -> str:
    """SHA-256 of columns, in tuples and mappings."""
    found = hashlib.sha256()
    _hash(found, columns)
    return found.hexdigest()


def special_claimer(number: int) -> int:
    """The value of the column ``claimer`` for a claimer that is not a mention."""
    return -2 - number


class ColumnsBuilder:
    """Builds columns document by document.

    ``entries`` numbers knowledge base entries and is shared by gold and predictions.
    """

    def __init__(self, ontology: OntologyIndex, entries: ValueIndex) -> None:
        self._ontology = ontology
        self._entries = entries
        self._chains, self._clusters = ValueIndex(), ValueIndex()
        self._mentions = SpanRows()
        self._events = SpanRows()
        self._claims = SpanRows()
        self._cues = SpanRows()
        self._of_mentions = IntRows(2)
        self._of_events = IntRows(2)
        self._claimer = array("q")
        self._arguments = IntRows(4)
        self._event_relations = IntRows(4)
        self._claim_relations = IntRows(4)
        self._values: dict[str, dict[str, array[int]]] = {
            layer: {name: array("q") for name in attributes}
            for layer, attributes in ontology.attributes.items()
        }
        self._scores: dict[tuple[str, str], dict[int, float]] = {}
        self._confidence = {name: array("d") for name in ItemConfidence._fields}

    def add(self, document: int, items: Prediction) -> None:
        """Add the items of a document."""
        mentions = self._add_mentions(document, items)
        claims = self._add_claims(document, items, mentions)
        events = self._add_events(document, items, mentions, claims)
        self._add_relations(document, items, "event_relations", events)
        self._add_relations(document, items, "claim_relations", claims)

    def confidence(self) -> ItemConfidence:
        """The confidence of the rows of the columns."""
        found = {name: np.array(numbers, np.float64) for name, numbers in self._confidence.items()}
        return ItemConfidence(**found)

    def columns(self) -> AnnotationColumns:
        """The columns of all documents that were added."""
        chain, entry = self._of_mentions.columns()
        cluster, original = self._of_events.columns()
        return AnnotationColumns(
            mentions=self._mentions.spans(),
            chain=chain,
            entry=entry,
            mention_values=self._value_columns("entities"),
            events=self._events.spans(),
            cluster=cluster,
            original=original,
            event_values=self._value_columns("events"),
            arguments=ArgumentRows(*self._arguments.columns()),
            event_relations=RelationRows(*self._event_relations.columns()),
            claims=self._claims.spans(),
            claimer=np.array(self._claimer, np.int64),
            cues=self._cues.spans(),
            claim_values=self._value_columns("claims"),
            claim_relations=RelationRows(*self._claim_relations.columns()),
            scores={key: self._score_column(found) for key, found in self._scores.items()},
        )

    def _add_mentions(self, document: int, items: Prediction) -> dict[str, int]:
        links = {entity.id: entity.links for entity in items.entities}
        names = self._ontology.types["entities"]
        sure = confidences(items, "mentions")
        content = {
            position: (
                _fragments(mention.spans),
                names.number(mention.type),
                self._values_of("entities", mention.attributes),
                -sure[position],
            )
            for position, mention in enumerate(items.mentions)
        }
        rows: dict[str, int] = {}
        first: dict[object, int] = {}
        # Items are sorted by content, so that neither their order nor their ids matter.
        for position in sorted(content, key=content.__getitem__):
            mention = items.mentions[position]
            fragments, label, values, _ = content[position]
            row = len(self._mentions)
            # What refers to a duplicate refers to the first mention with its place and type.
            rows.setdefault(mention.id, first.setdefault((tuple(fragments), label), row))
            self._mentions.append((document, label, fragments))
            self._confidence["mentions"].append(sure[position])
            self._add_values("entities", values)
            entry = self._entry(links.get(mention.entity or "", ()))
            alone = mention.entity is None
            chain = self._chains.number((document, row) if alone else (document, mention.entity))
            self._of_mentions.append((chain, entry))
        return rows

    def _entry(self, links: Sequence[Link]) -> int:
        """The number of an entity's entries; an entity with several has all of them."""
        if not links:
            return UNLINKED
        found = sorted((link.kb, link.id) for link in links if link.id is not None)
        return self._entries.number(tuple(found)) if found else NIL

    def _add_claims(
        self, document: int, items: Prediction, mentions: Mapping[str, int]
    ) -> dict[str, int]:
        names = self._ontology.types["claims"]
        sure = confidences(items, "claims")
        scores: dict[str, list[tuple[str, str, float]]] = {}
        for attribute, by_value in items.scores.items():
            for value, by_claim in by_value.items():
                for claim_id, score in by_claim.items():
                    scores.setdefault(claim_id, []).append((attribute, value, score))
        content = {
            position: (
                _fragments(claim.spans),
                names.number(claim.act),
                self._claimer_row(claim.claimer, mentions),
                _fragments(claim.cue or ()),
                self._values_of("claims", claim.attributes),
                sorted(scores.get(claim.id, ())),
                -sure[position],
            )
            for position, claim in enumerate(items.claims)
        }
        first: dict[object, int] = {}
        rows: dict[str, int] = {}
        for position in sorted(content, key=content.__getitem__):
            claim_id = items.claims[position].id
            fragments, label, claimer, cue, values, ranked, _ = content[position]
            row = len(self._claims)
            if claim_id not in rows:
                for attribute, value, score in ranked:
                    self._scores.setdefault((attribute, value), {})[row] = score
                # What refers to a duplicate refers to the first of them.
                key = (tuple(fragments), label, claimer, tuple(cue), values)
                rows[claim_id] = first.setdefault(key, row)
            self._claims.append((document, label, fragments))
            self._confidence["claims"].append(sure[position])
            self._claimer.append(claimer)
            if cue:
                self._cues.append((document, row, cue))
            self._add_values("claims", values)
        return rows

    def _add_events(
        self,
        document: int,
        items: Prediction,
        mentions: Mapping[str, int],
        claims: Mapping[str, int],
    ) -> dict[str, int]:
        events, sure = items.events, confidences(items, "events")
        names, roles = self._ontology.types["events"], self._ontology.roles
        positions: dict[str, int] = {}
        for position, event in enumerate(events):
            positions.setdefault(event.id, position)
        fillers = (mentions, positions, claims)
        places = [(tuple(_fragments(e.trigger)), names.number(e.type)) for e in events]
        arguments = [
            [
                (roles.number(a.role), _kind(a), fillers[_kind(a)].get(a.filler, MISSING_ROW))
                for a in event.arguments
            ]
            for event in events
        ]
        of_arguments = argument_confidences(items)
        classes = event_classes(places, arguments, EVENT)
        values = [self._values_of("events", event.attributes) for event in events]
        order = sorted(range(len(events)), key=lambda n: (classes[n], values[n], -sure[n]))
        row_of = {position: len(self._events) + n for n, position in enumerate(order)}
        first: dict[int, int] = {}
        for position in order:
            event, (fragments, label) = events[position], places[position]
            row = row_of[position]
            original = first.setdefault(classes[position], row)
            self._events.append((document, label, list(fragments)))
            self._confidence["events"].append(sure[position])
            alone = event.cluster is None
            cluster = self._clusters.number((document, row) if alone else (document, event.cluster))
            self._of_events.append((cluster, original))
            self._add_values("events", values[position])
            if original == row:
                found = sorted(
                    (
                        (row, role, kind, row_of.get(filler, filler) if kind == EVENT else filler),
                        min(sure[position], own),
                    )
                    for (role, kind, filler), own in zip(
                        arguments[position], of_arguments[position], strict=True
                    )
                )
                self._arguments += [argument for argument, _ in found]
                self._confidence["arguments"].extend(number for _, number in found)
        return {name: row_of[position] for name, position in positions.items()}

    def _add_relations(
        self, document: int, items: Prediction, field: str, ends: Mapping[str, int]
    ) -> None:
        is_event = field == "event_relations"
        names = getattr(self._ontology, field)
        relations: Sequence[Relation] = getattr(items, field)
        of_ends = confidence_by_id(items, "events" if is_event else "claims")
        found = sorted(
            (
                (
                    document,
                    names.number(relation.type),
                    ends.get(relation.source, MISSING_ROW),
                    ends.get(relation.target, MISSING_ROW),
                ),
                min(
                    own,
                    of_ends.get(relation.source, math.inf),
                    of_ends.get(relation.target, math.inf),
                ),
            )
            for relation, own in zip(relations, confidences(items, field), strict=True)
        )
        rows = self._event_relations if is_event else self._claim_relations
        rows += [relation for relation, _ in found]
        self._confidence[field].extend(number for _, number in found)

    def _claimer_row(self, claimer: str, mentions: Mapping[str, int]) -> int:
        if claimer in self._ontology.claimers:
            return special_claimer(self._ontology.claimers.number(claimer))
        return mentions.get(claimer, MISSING_ROW)

    def _values_of(self, layer: str, attributes: Attributes) -> tuple[int, ...]:
        known = self._ontology.attributes[layer]
        values = {name: format_value(value) for name, value in attributes.items()}
        return tuple(names.number(values.get(name)) for name, names in known.items())

    def _add_values(self, layer: str, values: tuple[int, ...]) -> None:
        for column, value in zip(self._values[layer].values(), values, strict=True):
            column.append(value)

    def _value_columns(self, layer: str) -> AttributeColumns:
        return {name: np.array(found, np.int64) for name, found in self._values[layer].items()}

    def _score_column(self, found: Mapping[int, float]) -> FloatArray:
        column = np.full(len(self._claims), np.nan)
        column[list(found)] = list(found.values())
        return column


def _fragments(spans: Fragments) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def _kind(argument: Argument) -> int:
    return MENTION if argument.mention else EVENT if argument.event else CLAIM


def _hash(found: hashlib._Hash, value: object) -> None:
    if isinstance(value, np.ndarray):
        found.update(f"{value.dtype}{value.shape}".encode())
        found.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Mapping):
        for key in sorted(value):
            found.update(str(key).encode())
            _hash(found, value[key])
    elif isinstance(value, tuple):
        for part in value:
            _hash(found, part)
