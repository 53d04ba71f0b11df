"""Scores spans from Arrow columns of loaded datasets, fast enough for use during training.

Decoding rows into Python objects takes twenty times as long as matching them, so nothing is
decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Dataset

from dateline.errors import InvalidInputError
from dateline.evaluation.report import Rates, rates
from dateline.evaluation.span_rates import span_rates
from dateline.metrics.counts import IntArray
from dateline.metrics.events import Triggers, trigger_counts
from dateline.metrics.spans import Spans, place_ids
from dateline.ontology.labels import Ontology
from dateline.predictions.label_index import ABSENT, UNKNOWN, LabelIndex


def score_mentions(
    gold: Dataset, predicted: Dataset, ontology: Ontology, column: str = "mentions"
) -> Mapping[str, Rates]:
    """Score mentions of two datasets; return the rates of strict, exact, partial and type.

    Row i of both is about the same text. ``column`` holds mentions as in the config ``documents``:
    a list with ``type`` and ``spans``, each with ``start`` and ``end`` in Unicode code points, end
    exclusive. Quotes are not checked. Raises InvalidInputError if the datasets differ in length or
    lack the column, or a gold type is not in the ontology.
    """
    names = LabelIndex(ontology.labels_of("entities"))
    return span_rates(*_both_spans(gold, predicted, names, column, "spans"))


def score_triggers(
    gold: Dataset, predicted: Dataset, ontology: Ontology, column: str = "events"
) -> Mapping[str, Rates]:
    """Score the triggers of events of two datasets; return the rates of TI and TC.

    Row i of both is about the same text. ``column`` holds events as in the config ``documents``: a
    list with ``type`` and ``trigger``, a list of spans. Raises InvalidInputError as
    `score_mentions` does.
    """
    names = LabelIndex(ontology.labels_of("events"))
    both = _both_spans(gold, predicted, names, column, "trigger")
    sides = zip(both, place_ids(*both), strict=True)
    triggers = [Triggers(spans.document, spans.label, place) for spans, place in sides]
    counts = trigger_counts(triggers[0], triggers[1], len(gold), len(names))
    return {name: rates(counts[name].sum(axis=(0, 1))) for name in ("TI", "TC")}


def _both_spans(
    gold: Dataset, predicted: Dataset, names: LabelIndex, column: str, field: str
) -> tuple[Spans, Spans]:
    if len(gold) != len(predicted):
        raise InvalidInputError(f"gold has {len(gold)} rows and the predictions {len(predicted)}.")
    found = item_spans(gold, names, column, field), item_spans(predicted, names, column, field)
    _refuse_unknown(found[0].label, names, column)
    return found


def item_spans(
    dataset: Dataset, names: LabelIndex, column: str = "mentions", field: str = "spans"
) -> Spans:
    """The spans of items of a dataset as columns, one document per row."""
    if column not in dataset.column_names:
        raise InvalidInputError(
            f"the dataset has no column {column!r}. Its columns: {', '.join(dataset.column_names)}."
        )
    rows = dataset.select_columns(column).with_format("arrow")[:].column(column).combine_chunks()
    if isinstance(rows, pa.ChunkedArray):
        rows = pa.concat_arrays(rows.chunks)
    items = rows.flatten()
    spans = items.field(field)
    fragments = spans.flatten()
    sizes = np.asarray(pc.list_value_length(spans))
    document = np.repeat(np.arange(len(dataset)), np.asarray(pc.list_value_length(rows)))
    return Spans(
        document,
        _labels(items.field("type"), dataset.features[column].feature["type"], names),
        np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        np.asarray(fragments.field("start")).astype(np.int64, copy=False),
        np.asarray(fragments.field("end")).astype(np.int64, copy=False),
    )


def _refuse_unknown(label: IntArray, names: LabelIndex, column: str) -> None:
    for number in np.unique(label):
        if names.labels[number] in (ABSENT, UNKNOWN):
            raise InvalidInputError(
                f"gold has {column} whose type in the ontology is {names.labels[number]}."
            )


def _labels(values: Any, feature: Any, names: LabelIndex) -> IntArray:
    """The integers of labels, which are class numbers or strings in the dataset."""
    if pa.types.is_integer(values.type):
        found, number = pc.fill_null(values, -1), feature.names
    else:
        encoded = pc.dictionary_encode(values)
        found, number = pc.fill_null(encoded.indices, -1), encoded.dictionary.to_pylist()
    # The last one is for -1, a missing class number.
    known = np.array([*map(names.number, number), names.number(None)], np.int64)
    return np.asarray(known[np.asarray(found)], np.int64)
