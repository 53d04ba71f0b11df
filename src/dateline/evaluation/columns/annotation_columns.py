"""The items of all documents as columns, of the gold or of one system."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.linking import NIL
from dateline.metrics.spans import Spans
from dateline.model import Argument, Claim, Event, Mention, Relation
from dateline.model import Spans as Fragments
from dateline.predictions.confidence import confidence_of
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
Rows = list[tuple[int, ...]]
_T = TypeVar("_T", Mention, Event, Claim)


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
    is alone in its own. ``entry`` is the knowledge base entry of each mention, 0 for NIL and -1 for
    unlinked. ``claimer`` is a row of ``mentions``, or the special claimer k as -2 - k. ``cues`` has
    a span for each claim with a cue; its label is the claim's row. ``scores`` rank claims by
    attribute and value, NaN for a claim without one.
    """

    mentions: Spans
    chain: IntArray
    entry: IntArray
    mention_values: AttributeColumns
    events: Spans
    cluster: IntArray
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


class ItemConfidence(NamedTuple):
    """The confidence of each predicted row, infinite without one.

    That of an argument or a relation is the lowest of its own and of the items that it refers to,
    because it is left out with any of them.
    """

    mentions: FloatArray
    events: FloatArray
    arguments: FloatArray
    event_relations: FloatArray
    claims: FloatArray
    claim_relations: FloatArray


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
        self._mentions: list[tuple[int, int, list[tuple[int, int]]]] = []
        self._events: list[tuple[int, int, list[tuple[int, int]]]] = []
        self._claims: list[tuple[int, int, list[tuple[int, int]]]] = []
        self._cues: list[tuple[int, int, list[tuple[int, int]]]] = []
        self._of_mentions: Rows = []
        self._cluster: list[int] = []
        self._claimer: list[int] = []
        self._arguments: Rows = []
        self._event_relations: Rows = []
        self._claim_relations: Rows = []
        self._values: dict[str, dict[str, list[int]]] = {
            layer: {name: [] for name in attributes}
            for layer, attributes in ontology.attributes.items()
        }
        self._scores: dict[tuple[str, str], dict[int, float]] = {}
        self._confidence: dict[str, list[float]] = {name: [] for name in ItemConfidence._fields}

    def add(self, document: int, items: Prediction) -> None:
        """Add the items of a document."""
        rows = (
            self._add_mentions(document, items),
            self._add_events(document, items.events),
            self._add_claims(document, items.claims),
        )
        for event in _in_order(items.events, "trigger"):
            for argument in event.arguments:
                kind = _kind(argument)
                self._arguments.append(
                    (
                        rows[EVENT][event.id],
                        self._ontology.roles.number(argument.role),
                        kind,
                        rows[kind].get(argument.filler, MISSING_ROW),
                    )
                )
        for claim in _in_order(items.claims, "spans"):
            self._claimer.append(self._claimer_row(claim.claimer, rows[MENTION]))
        for relations, names, own, found in (
            (items.event_relations, self._ontology.event_relations, EVENT, self._event_relations),
            (items.claim_relations, self._ontology.claim_relations, CLAIM, self._claim_relations),
        ):
            for relation in sorted(relations, key=_relation_key):
                ends = (
                    rows[own].get(end, MISSING_ROW) for end in (relation.source, relation.target)
                )
                found.append((document, names.number(relation.type), *ends))
        for attribute, values in items.scores.items():
            for value, by_claim in values.items():
                ranked = self._scores.setdefault((attribute, value), {})
                for claim_id, score in by_claim.items():
                    if claim_id in rows[CLAIM]:
                        ranked[rows[CLAIM][claim_id]] = score

        self._add_confidence(items)

    def confidence(self, columns: AnnotationColumns) -> ItemConfidence:
        """The confidence of the rows of the columns."""
        own = ItemConfidence(**{n: np.array(c, np.float64) for n, c in self._confidence.items()})

        def lowest(own: FloatArray, *parts: tuple[FloatArray, IntArray]) -> FloatArray:
            for confidence, row in parts:
                # The row that is missing is the last one.
                own = np.minimum(own, np.append(confidence, np.inf)[row])
            return own

        arguments = columns.arguments
        filler = np.full(len(arguments.kind), np.inf)
        for kind, confidence in ((MENTION, own.mentions), (EVENT, own.events), (CLAIM, own.claims)):
            found = arguments.kind == kind
            filler[found] = np.append(confidence, np.inf)[arguments.filler[found]]
        return own._replace(
            arguments=np.minimum(lowest(own.arguments, (own.events, arguments.event)), filler),
            event_relations=lowest(
                own.event_relations,
                (own.events, columns.event_relations.source),
                (own.events, columns.event_relations.target),
            ),
            claim_relations=lowest(
                own.claim_relations,
                (own.claims, columns.claim_relations.source),
                (own.claims, columns.claim_relations.target),
            ),
        )

    def columns(self) -> AnnotationColumns:
        """The columns of all documents that were added."""
        chain, entry = _int_columns(self._of_mentions, 2)
        return AnnotationColumns(
            mentions=Spans.of(self._mentions),
            chain=chain,
            entry=entry,
            mention_values=self._value_columns("entities"),
            events=Spans.of(self._events),
            cluster=np.array(self._cluster, np.int64),
            event_values=self._value_columns("events"),
            arguments=ArgumentRows(*_int_columns(self._arguments, 4)),
            event_relations=RelationRows(*_int_columns(self._event_relations, 4)),
            claims=Spans.of(self._claims),
            claimer=np.array(self._claimer, np.int64),
            cues=Spans.of(self._cues),
            claim_values=self._value_columns("claims"),
            claim_relations=RelationRows(*_int_columns(self._claim_relations, 4)),
            scores={key: self._score_column(found) for key, found in self._scores.items()},
        )

    def _add_mentions(self, document: int, items: Prediction) -> dict[str, int]:
        links = {entity.id: entity.link for entity in items.entities}
        rows: dict[str, int] = {}
        for mention in _in_order(items.mentions, "spans"):
            row = len(self._mentions)
            rows.setdefault(mention.id, row)
            label = self._ontology.types["entities"].number(mention.type)
            self._mentions.append((document, label, _fragments(mention.spans)))
            link = links.get(mention.entity) if mention.entity is not None else None
            entry = UNLINKED
            if link is not None:
                entry = NIL if link.id is None else self._entries.number((link.kb, link.id))
            alone = mention.entity is None
            chain = self._chains.number((document, row) if alone else (document, mention.entity))
            self._of_mentions.append((chain, entry))
            self._add_values("entities", mention.attributes)
        return rows

    def _add_events(self, document: int, events: Sequence[Event]) -> dict[str, int]:
        rows: dict[str, int] = {}
        for event in _in_order(events, "trigger"):
            row = len(self._events)
            rows.setdefault(event.id, row)
            label = self._ontology.types["events"].number(event.type)
            self._events.append((document, label, _fragments(event.trigger)))
            alone = event.cluster is None
            self._cluster.append(
                self._clusters.number((document, row) if alone else (document, event.cluster))
            )
            self._add_values("events", event.attributes)
        return rows

    def _add_claims(self, document: int, claims: Sequence[Claim]) -> dict[str, int]:
        rows: dict[str, int] = {}
        for claim in _in_order(claims, "spans"):
            row = len(self._claims)
            rows.setdefault(claim.id, row)
            label = self._ontology.types["claims"].number(claim.act)
            self._claims.append((document, label, _fragments(claim.spans)))
            if claim.cue:
                self._cues.append((document, row, _fragments(claim.cue)))
            self._add_values("claims", claim.attributes)
        return rows

    def _add_confidence(self, items: Prediction) -> None:
        """Add the confidence of a document's items, in the order of the rows."""
        if not items.confidence:
            for field, found in self._confidence.items():
                whole = [a for e in items.events for a in e.arguments]
                found += [math.inf] * len(whole if field == "arguments" else getattr(items, field))
            return
        for field, spans in (("mentions", "spans"), ("events", "trigger"), ("claims", "spans")):
            numbers = _numbered(getattr(items, field), spans)
            self._confidence[field] += [confidence_of(items, field, n) for n in numbers]
        for number in _numbered(items.events, "trigger"):
            self._confidence["arguments"] += [
                confidence_of(items, "events", number, "arguments", position)
                for position in range(len(items.events[number].arguments))
            ]
        for field in ("event_relations", "claim_relations"):
            relations = getattr(items, field)
            numbers = sorted(range(len(relations)), key=lambda n: _relation_key(relations[n]))
            self._confidence[field] += [confidence_of(items, field, n) for n in numbers]

    def _claimer_row(self, claimer: str, mentions: Mapping[str, int]) -> int:
        if claimer in self._ontology.claimers:
            return special_claimer(self._ontology.claimers.number(claimer))
        return mentions.get(claimer, MISSING_ROW)

    def _add_values(self, layer: str, attributes: Mapping[str, str]) -> None:
        for name, names in self._ontology.attributes[layer].items():
            self._values[layer][name].append(names.number(attributes.get(name)))

    def _value_columns(self, layer: str) -> AttributeColumns:
        return {name: np.array(found, np.int64) for name, found in self._values[layer].items()}

    def _score_column(self, found: Mapping[int, float]) -> FloatArray:
        column = np.full(len(self._claims), np.nan)
        column[list(found)] = list(found.values())
        return column


def _in_order(items: Sequence[_T], field: str) -> list[_T]:
    """Items by their place in the text, so that their order in the file does not matter."""
    return [items[number] for number in _numbered(items, field)]


def _numbered(items: Sequence[_T], field: str) -> list[int]:
    """The positions of items, by the items' places in the text."""

    def place(number: int) -> tuple[list[tuple[int, int]], str]:
        return _fragments(getattr(items[number], field)), items[number].id

    return sorted(range(len(items)), key=place)


def _relation_key(relation: Relation) -> tuple[str, str, str]:
    return relation.type, relation.source, relation.target


def _fragments(spans: Fragments) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def _kind(argument: Argument) -> int:
    return MENTION if argument.mention else EVENT if argument.event else CLAIM


def _int_columns(rows: Rows, width: int) -> tuple[IntArray, ...]:
    return tuple(np.array(rows, np.int64).reshape(-1, width).T)


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
