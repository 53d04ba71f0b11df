"""The items of a batch of documents as columns of integers, in the order that they were given.

Labels and values become integers, and references the rows of what they refer to. What cannot be
resolved is noted on the way, by document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    EVENT,
    MENTION,
    MISSING_ROW,
    AttributeColumns,
    FactualityRows,
    special_claimer,
)
from dateline.evaluation.columns.items import Coded, Items
from dateline.metrics.counts import BoolArray, IntArray
from dateline.metrics.linking import NIL
from dateline.metrics.spans import Spans
from dateline.metrics.tuple_sets import equal_pairs, pack
from dateline.model import RELATION_FIELDS, AttributeValue
from dateline.predictions.label_index import (
    AttributeIndex,
    LabelIndex,
    OntologyIndex,
    content_number,
)

ALONE = -1
"""The chain or cluster of an item without one."""

LAYERS = {
    MENTION: ("entities", "mentions", "type", "spans"),
    EVENT: ("events", "events", "type", "trigger"),
    CLAIM: ("claims", "claims", "act", "spans"),
}
"""Kinds of items that have a place: their layer, and the fields of items, labels and places."""


class Noted:
    """What was noticed while reading items.

    ``unknown_labels`` says which documents have labels, attributes, roles or claimers that the
    ontology does not have, and ``unresolved`` which have repeated ids, references to items that do
    not exist, or links to unexpected knowledge bases. ``knowledge_bases`` are those of all links.
    """

    def __init__(self, documents: int) -> None:
        self.unknown_labels, self.unresolved = (np.zeros(documents, np.bool_) for _ in range(2))
        self.knowledge_bases = set[str]()


class SpanColumns(NamedTuple):
    """Labelled spans with their attributes; ``size`` is the number of fragments of each."""

    document: IntArray
    label: IntArray
    size: IntArray
    start: IntArray
    end: IntArray
    values: AttributeColumns

    @property
    def spans(self) -> Spans:
        """The spans without attributes."""
        offsets = np.concatenate(([0], np.cumsum(self.size)))
        return Spans(self.document, self.label, offsets, self.start, self.end)


class Grouped(NamedTuple):
    """Mentions or events by entity or cluster.

    ``group`` is the first row with the same entity or cluster, or `ALONE`. ``link_row`` and
    ``entry`` are the row and the entry of each link.
    """

    group: IntArray
    link_row: IntArray
    entry: IntArray


class RelationColumns(NamedTuple):
    """Relations: document, label, and the rows of both ends."""

    document: IntArray
    label: IntArray
    source: IntArray
    target: IntArray


class ArgumentColumns(NamedTuple):
    """Arguments: row of the event, role, and kind and row of the filler."""

    event: IntArray
    role: IntArray
    kind: IntArray
    filler: IntArray


class CueColumns(NamedTuple):
    """The cue of each claim: the number of its fragments, none without a cue."""

    size: IntArray
    start: IntArray
    end: IntArray


class GivenItems(NamedTuple):
    """The items of documents, in the order that they were given. A missing row is -1."""

    documents: IntArray
    document_values: AttributeColumns
    mentions: SpanColumns
    entities: Grouped
    entity_values: AttributeColumns
    events: SpanColumns
    clusters: Grouped
    arguments: ArgumentColumns
    argument_values: AttributeColumns
    factuality: FactualityRows
    claims: SpanColumns
    claimer: IntArray
    cues: CueColumns
    relations: Mapping[str, RelationColumns]
    relation_values: AttributeColumns


class FirstRows(NamedTuple):
    """The number of mentions, events and claims in earlier batches."""

    mentions: int = 0
    events: int = 0
    claims: int = 0


def given_items(
    documents: Items,
    numbers: IntArray,
    ontology: OntologyIndex,
    first: FirstRows,
    knowledge_bases: Collection[str] = (),
) -> tuple[GivenItems, Noted]:
    """The items of a batch of documents, which have these ``numbers``.

    Raises OverflowError for an offset of more than 64 bits.
    """
    return _Batch(documents, numbers, ontology, first, knowledge_bases).read()


class _Batch:
    """Reads the items of a batch, and notes in which documents a reference or label is missing."""

    def __init__(
        self,
        documents: Items,
        numbers: IntArray,
        ontology: OntologyIndex,
        first: FirstRows,
        knowledge_bases: Collection[str],
    ) -> None:
        self._documents, self._numbers = documents, numbers
        self._ontology, self._knowledge_bases = ontology, knowledge_bases
        self._noted = Noted(len(documents))
        self._first = dict(zip(LAYERS, first, strict=True))
        self._items = {kind: documents.children(names[1]) for kind, names in LAYERS.items()}
        self._rows = {kind: _FirstOfId(items, self._noted) for kind, items in self._items.items()}

    def read(self) -> tuple[GivenItems, Noted]:
        ontology, documents = self._ontology, self._documents
        entities = documents.children("entities")
        of_mentions, entity = self._grouped(MENTION, "entity", entities, has_owner=True)
        clusters = documents.children("event_clusters")
        of_events, _ = self._grouped(EVENT, "cluster", clusters, has_owner=False)
        of_entities = self._values(entities, ontology.entity_attributes, entities.parent, "type")
        claims = self._items[CLAIM]
        cues = claims.children("cue")
        found = GivenItems(
            documents=self._numbers,
            document_values=self._values(
                documents, ontology.attributes["document"], np.arange(len(documents))
            ),
            mentions=self._spans(MENTION),
            entities=of_mentions,
            entity_values={
                name: np.append(column, ontology.entity_attributes[name].number(None))[entity]
                for name, column in of_entities.items()
            },
            events=self._spans(EVENT),
            clusters=of_events,
            arguments=self._arguments(),
            argument_values=self._argument_values(),
            factuality=self._factuality(),
            claims=self._spans(CLAIM),
            claimer=self._claimers(),
            cues=CueColumns(sizes(claims, cues), cues.integers("start"), cues.integers("end")),
            relations={field: self._relations(field) for field in RELATION_FIELDS},
            relation_values=self._relation_values(),
        )
        return found, self._noted

    def _spans(self, kind: int) -> SpanColumns:
        layer, _, label, place = LAYERS[kind]
        items = self._items[kind]
        fragments = items.children(place)
        return SpanColumns(
            self._numbers[items.parent],
            self._labels(items.values(label), self._ontology.types[layer], items.parent),
            sizes(items, fragments),
            fragments.integers("start"),
            fragments.integers("end"),
            self._values(items, self._ontology.attributes[layer], items.parent, label),
        )

    def _labels(self, names: Coded, index: LabelIndex, document: IntArray) -> IntArray:
        self._note_unknown(document, names.which(lambda name: name not in index))
        return names.numbers(index.number)

    def _values(
        self,
        items: Items,
        indexes: Mapping[str, AttributeIndex],
        document: IntArray,
        label: str | None = None,
    ) -> AttributeColumns:
        """The values of attributes; ``label`` is the field with the labels of the items."""
        given = items.attributes()
        for name, column in given.items():
            index = indexes.get(name)
            self._note_unknown(document, column.which(partial(_is_unknown, index)))
            if index is not None and index.owners and label is not None:
                is_foreign = items.values(label).which(partial(_is_foreign, index))
                is_given = column.which(lambda value: value is not None)
                self._note_unknown(document, is_given & is_foreign)
        return {
            name: given[name].numbers(index.number)
            if name in given
            else np.full(len(items), index.number(None))
            for name, index in indexes.items()
        }

    def _grouped(
        self, kind: int, field: str, owners: Items, *, has_owner: bool
    ) -> tuple[Grouped, IntArray]:
        """Items by their entity or cluster, and the row of it among ``owners``."""
        items = self._items[kind]
        names = items.values(field)
        is_alone = names.which(lambda name: name is None)
        row = _FirstOfId(owners, self._noted if has_owner else None).rows(items.parent, names)
        if has_owner and self._ontology.ontology.has_coreference:
            self._note(items.parent, ~is_alone & (row == MISSING_ROW))
        _, first, which = np.unique(
            pack(items.parent, names.code), return_index=True, return_inverse=True
        )
        owner, entry = self._entries(owners)
        link, of_owner = equal_pairs(row, owner)
        base = self._first[kind]
        group = np.where(is_alone, ALONE, base + first[which])
        return Grouped(group, base + link, entry[of_owner]), row

    def _entries(self, owners: Items) -> tuple[IntArray, IntArray]:
        """Row and entry of each link; NIL if there are links, and none of them has an entry."""
        links = owners.children("links")
        bases, ids = links.values("kb"), links.values("id")
        has_entry = ids.which(lambda name: name is not None)
        self._noted.knowledge_bases.update(base for base in bases.values if base is not None)
        if self._knowledge_bases:
            is_other = bases.which(lambda base: base not in self._knowledge_bases)
            self._note(owners.parent[links.parent], has_entry & is_other)
        owner, base, name = (c[has_entry] for c in (links.parent, bases.code, ids.code))
        _, first, which = np.unique(pack(base, name), return_index=True, return_inverse=True)
        pairs = zip(base[first].tolist(), name[first].tolist(), strict=True)
        entries = np.array(
            [content_number((bases.values[b], ids.values[n])) for b, n in pairs], np.int64
        )
        nil = np.setdiff1d(links.parent, owner)
        owner = np.concatenate((owner, nil))
        entry = np.concatenate((entries[which], np.full(len(nil), NIL)))
        distinct = np.unique(pack(owner, entry), return_index=True)[1]
        return owner[distinct], entry[distinct]

    def _claimers(self) -> IntArray:
        claims = self._items[CLAIM]
        return self._sources(MENTION, claims.parent, claims.values("claimer"))

    def _factuality(self) -> FactualityRows:
        events, index = self._items[EVENT], self._ontology.factuality
        if not self._ontology.ontology.factuality:
            return FactualityRows(*(np.zeros(0, np.int64) for _ in range(3)))
        found = events.children("factuality")
        document = events.parent[found.parent]
        return FactualityRows(
            self._first[EVENT] + found.parent,
            self._sources(CLAIM, document, found.values("source")),
            self._labels(found.values("value"), index, document),
        )

    def _sources(self, kind: int, document: IntArray, names: Coded) -> IntArray:
        """Special claimers, and the rows of items of a kind."""
        index = self._ontology.claimers
        special = names.numbers(
            lambda name: special_claimer(index.number(name)) if name in index else MISSING_ROW
        )
        row = self._referred(kind, document, names)
        source = np.where(special == MISSING_ROW, row, special)
        self._note_unknown(document, source == MISSING_ROW)
        return source

    def _arguments(self) -> ArgumentColumns:
        events = self._items[EVENT]
        arguments = events.children("arguments")
        document = events.parent[arguments.parent]
        # As `Argument.filler` does, an argument with several fillers has the first of them.
        kind, filler = np.full(len(arguments), CLAIM), np.full(len(arguments), MISSING_ROW)
        for number, field in ((CLAIM, "claim"), (EVENT, "event"), (MENTION, "mention")):
            names = arguments.values(field)
            given = names.which(bool)
            kind[given] = number
            filler[given] = self._referred(number, document, names)[given]
        self._note(document, filler == MISSING_ROW)
        roles = self._labels(arguments.values("role"), self._ontology.roles, document)
        return ArgumentColumns(self._first[EVENT] + arguments.parent, roles, kind, filler)

    def _argument_values(self) -> AttributeColumns:
        events = self._items[EVENT]
        arguments = events.children("arguments")
        document = events.parent[arguments.parent]
        return self._values(arguments, self._ontology.argument_attributes, document)

    def _relations(self, field: str) -> RelationColumns:
        relations = self._documents.children(field)
        document = relations.parent
        kind = {names[1]: kind for kind, names in LAYERS.items()}[RELATION_FIELDS[field]]
        source, target = (
            self._referred(kind, document, relations.values(end)) for end in ("source", "target")
        )
        self._note(document, (source == MISSING_ROW) | (target == MISSING_ROW))
        label = self._labels(relations.values("type"), self._ontology.relations[field], document)
        if field == "event_relations":
            is_derived = np.isin(label, self._ontology.derived_relations)
            self._note_unknown(document, np.asarray(is_derived, np.bool_))
        return RelationColumns(self._numbers[document], label, source, target)

    def _relation_values(self) -> AttributeColumns:
        relations = self._documents.children("relations")
        indexes = self._ontology.attributes["relations"]
        return self._values(relations, indexes, relations.parent, "type")

    def _referred(self, kind: int, document: IntArray, names: Coded) -> IntArray:
        """The rows of the items with these ids."""
        row = self._rows[kind].rows(document, names)
        return np.where(row == MISSING_ROW, MISSING_ROW, self._first[kind] + row)

    def _note(self, document: IntArray, is_wrong: BoolArray) -> None:
        self._noted.unresolved[document[is_wrong]] = True

    def _note_unknown(self, document: IntArray, is_unknown: BoolArray) -> None:
        self._noted.unknown_labels[document[is_unknown]] = True


class _FirstOfId:
    """Finds the row of an id in a document; of a repeated one the first."""

    def __init__(self, items: Items, noted: Noted | None) -> None:
        ids = items.values("id")
        self._codes = {name: code for code, name in enumerate(ids.values)}
        self._width = len(ids.values) + 1
        key = items.parent * self._width + ids.code
        self._keys, self._first = np.unique(key, return_index=True)
        if noted is not None and len(self._keys) < len(items):
            repeated = np.delete(items.parent, self._first)
            noted.unresolved[repeated] = True

    def rows(self, document: IntArray, names: Coded) -> IntArray:
        """The rows of these ids in these documents."""
        if not len(self._keys):
            return np.full(len(document), MISSING_ROW)
        code = names.numbers(lambda name: self._codes.get(name, self._width - 1))
        key = document * self._width + code
        at = np.searchsorted(self._keys, key).clip(max=len(self._keys) - 1)
        return np.where(self._keys[at] == key, self._first[at], MISSING_ROW)


def _is_unknown(index: AttributeIndex | None, value: AttributeValue | None) -> bool:
    return value is not None and (index is None or value not in index)


def _is_foreign(index: AttributeIndex, label: str | None) -> bool:
    return not index.is_of(label or "")


def sizes(items: Items, children: Items) -> IntArray:
    """The number of children of each item."""
    return np.bincount(children.parent, minlength=len(items))
