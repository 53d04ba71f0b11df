"""Scores mentions from Arrow columns of loaded datasets, fast enough for use during training.

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
from dateline.metrics.counts import IntArray
from dateline.metrics.span_matching import match_distinct
from dateline.metrics.span_scores import semeval_credit
from dateline.metrics.spans import Spans
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
    if len(gold) != len(predicted):
        raise InvalidInputError(f"gold has {len(gold)} rows and the predictions {len(predicted)}.")
    names = LabelIndex(ontology.labels_of("entities"))
    gold_spans = mention_spans(gold, names, column)
    predicted_spans = mention_spans(predicted, names, column)
    _refuse_unknown(gold_spans.label, names)
    matched = match_distinct(gold_spans, predicted_spans)
    sizes = len(matched.gold), len(matched.predicted)
    return {
        mode: rates(np.array([left.sum(), sizes[0], right.sum(), sizes[1]], np.float64))
        for mode, (left, right) in semeval_credit(matched).items()
    }


def mention_spans(dataset: Dataset, names: LabelIndex, column: str = "mentions") -> Spans:
    """The mentions of a dataset as columns, one document per row."""
    if column not in dataset.column_names:
        raise InvalidInputError(
            f"the dataset has no column {column!r}. Its columns: {', '.join(dataset.column_names)}."
        )
    mentions = dataset.select_columns(column).with_format("arrow")[:].column(column)
    mentions = mentions.combine_chunks()
    if isinstance(mentions, pa.ChunkedArray):
        mentions = pa.concat_arrays(mentions.chunks)
    items = mentions.flatten()
    spans = items.field("spans")
    fragments = spans.flatten()
    sizes = np.asarray(pc.list_value_length(spans))
    document = np.repeat(np.arange(len(dataset)), np.asarray(pc.list_value_length(mentions)))
    return Spans(
        document,
        _labels(items.field("type"), dataset.features[column].feature["type"], names),
        np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        np.asarray(fragments.field("start")).astype(np.int64, copy=False),
        np.asarray(fragments.field("end")).astype(np.int64, copy=False),
    )


def _refuse_unknown(label: IntArray, names: LabelIndex) -> None:
    for number in np.unique(label):
        if names.labels[number] in (ABSENT, UNKNOWN):
            raise InvalidInputError(
                f"gold has mentions whose type in the ontology is {names.labels[number]}."
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
