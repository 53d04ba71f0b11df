"""The items of all documents as columns, of the gold or of one system."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.spans import Spans

MENTION, EVENT, CLAIM = range(3)
"""Kinds of fillers of a role."""
MISSING_ROW = -1
"""The row of an item that is referred to and does not exist."""
AttributeColumns = Mapping[str, IntArray]
"""The integer of each item's value, by attribute."""


class ArgumentRows(NamedTuple):
    """Arguments: row of the event, integer of the role, kind and row of the filler."""

    event: IntArray
    role: IntArray
    kind: IntArray
    filler: IntArray


class FactualityRows(NamedTuple):
    """Factuality of events by source: row of the event, source, and integer of the value.

    ``source`` is a row of ``claims``, or the special claimer k as -2 - k. An event has one value
    for a source.
    """

    event: IntArray
    source: IntArray
    value: IntArray


class RelationRows(NamedTuple):
    """Relations: document, integer of the label, rows of both ends."""

    document: IntArray
    label: IntArray
    source: IntArray
    target: IntArray


class LinkRows(NamedTuple):
    """Links: row of the mention or event, and integer of the knowledge base entry, 0 for NIL."""

    row: IntArray
    entry: IntArray


class AnnotationColumns(NamedTuple):
    """Gold or predicted items as columns; documents are numbered as in the gold.

    ``documents`` are those that were added, with their own attributes; ``has_document_values`` says
    whether any of them has one. ``chain`` and ``cluster`` are the coreference chains of mentions
    and events; an item without one is alone in its own. ``entity_values`` are the attributes of
    each mention's entity. ``original`` is the row of the first event with the same trigger, type
    and arguments; other such events are duplicates, and have no arguments here. ``claimer`` is a
    row of ``mentions``, or the special claimer k as -2 - k. ``cues`` has a span for each claim with
    a cue; its label is the claim's row. ``scores`` rank claims by attribute and value, NaN for a
    claim without one. ``factuality`` is None if the ontology does not declare it.
    """

    documents: IntArray
    document_values: AttributeColumns
    mentions: Spans
    chain: IntArray
    links: LinkRows
    mention_values: AttributeColumns
    entity_values: AttributeColumns
    relations: RelationRows
    relation_values: AttributeColumns
    events: Spans
    cluster: IntArray
    event_links: LinkRows
    original: IntArray
    event_values: AttributeColumns
    arguments: ArgumentRows
    argument_values: AttributeColumns
    factuality: FactualityRows | None
    event_relations: RelationRows
    claims: Spans
    claimer: IntArray
    cues: Spans
    claim_values: AttributeColumns
    claim_relations: RelationRows
    scores: Mapping[tuple[str, str], FloatArray]
    has_document_values: bool

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


def _hash(found: hashlib._Hash, value: object) -> None:
    if isinstance(value, np.ndarray):
        found.update(f"{value.dtype}{value.shape}".encode())
        found.update(np.ascontiguousarray(value).data)
    elif isinstance(value, Mapping):
        for key in sorted(value):
            found.update(str(key).encode())
            _hash(found, value[key])
    elif isinstance(value, tuple):
        for part in value:
            _hash(found, part)
