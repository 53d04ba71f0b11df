"""Tells predictions without problems from those that may have some, for many documents at once.

`check_items` explains the problems of one prediction, which takes much longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dateline.evaluation.columns.annotation_columns import CLAIM, MISSING_ROW
from dateline.evaluation.columns.given_items import (
    LAYERS,
    FirstRows,
    GivenItems,
    SpanColumns,
)
from dateline.evaluation.columns.items import Items
from dateline.metrics.counts import IntArray
from dateline.metrics.spans import place_ids
from dateline.metrics.tuple_sets import pack
from dateline.model import CONTENT_FIELDS
from dateline.ontology.labels import Ontology
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.texts import Text


def suspects(
    documents: Items,
    given: GivenItems,
    texts: Sequence[Text],
    ontology: OntologyIndex,
    first: FirstRows,
) -> Iterator[IntArray]:
    """Positions of the predictions that may have problems besides those that `given_items` notes.

    ``documents`` are predictions for these ``texts``, and ``given`` their items. Scores of claims
    are not checked.
    """
    yield from _undeclared(documents, ontology.ontology)
    spans = given.mentions, given.events, given.claims
    for (kind, (_, field, _, place)), columns in zip(LAYERS.items(), spans, strict=True):
        items = documents.children(field)
        yield items.parent[_repeated(pack(place_ids(columns.spans)[0], columns.label))]
        yield _misplaced(items, place, columns, texts)
        if kind == CLAIM:
            cues = given.cues
            yield _misplaced(items, "cue", columns._replace(**cues._asdict()), texts)
    for field, relations in given.relations.items():
        key = pack(pack(relations.source + 1, relations.target + 1), relations.label)
        yield documents.children(field).parent[_repeated(key)]
    yield _with_illegal_ends(documents, given, ontology, first)


def _undeclared(documents: Items, ontology: Ontology) -> Iterator[IntArray]:
    for field in {*CONTENT_FIELDS} - ontology.fields:
        if field == "attributes":
            for column in documents.attributes().values():
                yield np.flatnonzero(column.which(lambda value: value is not None))
        else:
            yield documents.children(field).parent
    if not ontology.factuality:
        events = documents.children("events")
        yield events.parent[events.children("factuality").parent]


def _repeated(keys: IntArray) -> IntArray:
    """The rows whose key an earlier row has."""
    return np.delete(np.arange(len(keys)), np.unique(keys, return_index=True)[1])


def _misplaced(items: Items, field: str, columns: SpanColumns, texts: Sequence[Text]) -> IntArray:
    """Documents of items without fragments, or whose fragments are not sorted quotes."""
    fragments = items.children(field)
    document = items.parent[fragments.parent]
    start, end = columns.start, columns.end
    length = np.array([text.length for text in texts], np.int64)[document]
    wrong = (start < 0) | (start >= end) | (end > length)
    wrong[1:] |= (fragments.parent[1:] == fragments.parent[:-1]) & (start[1:] <= end[:-1])
    quotes = fragments.strings("text")
    is_quote = np.fromiter(map(len, quotes), np.int64, len(quotes)) == end - start
    whole = [texts[position].text for position in document.tolist()]
    is_quote &= np.fromiter(map(str.startswith, whole, quotes, start.tolist()), np.bool_)
    withheld = np.array([text.withheld is not None for text in texts], np.bool_)
    wrong |= ~is_quote & ~withheld[document]
    is_empty = (columns.size == 0) & items.has(field)
    return np.concatenate((document[wrong], items.parent[is_empty]))


def _with_illegal_ends(
    documents: Items, given: GivenItems, ontology: OntologyIndex, first: FirstRows
) -> IntArray:
    """Documents with relations whose ends are mentions of types that they may not have."""
    relations, types = given.relations["relations"], ontology.types["entities"].labels
    there = (relations.source != MISSING_ROW) & (relations.target != MISSING_ROW)
    labels = (
        relations.label[there],
        *(given.mentions.label[end[there] - first.mentions] for end in relations[2:]),
    )
    kinds, which = np.unique(np.stack(labels), axis=1, return_inverse=True)
    names = ontology.relations["relations"].labels
    is_illegal = []
    for label, source, target in kinds.T.tolist():
        kind = ontology.ontology.relation_types.get(names[label])
        ends = types[source], types[target]
        is_illegal.append(kind is not None and any(True for _ in kind.illegal_ends(*ends)))
    document = documents.children("relations").parent[there]
    return np.asarray(document[np.array(is_illegal, np.bool_)[which.reshape(-1)]], np.int64)
