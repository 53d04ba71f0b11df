"""Mentions straight from the columns of loaded datasets, for scoring again and again while
training.

Decoding rows into Python objects takes twenty times as long as matching them; here nothing is
decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dateline.errors import DatelineError
from dateline.evaluation.scoring import Rates, rates
from dateline.metrics.counts import IntArray
from dateline.metrics.span_scores import semeval_credit
from dateline.metrics.spans import Spans
from dateline.ontology.labels import Ontology
from dateline.predictions.label_index import ABSENT, UNKNOWN, LabelIndex

if TYPE_CHECKING:
    from datasets import Dataset


def score_mentions(
    gold: Dataset, predicted: Dataset, ontology: Ontology, column: str = "mentions"
) -> Mapping[str, Rates]:
    """The micro rates of strict, exact, partial and type, from two datasets of the same rows.

    Row i of both is about the same text. ``column`` holds mentions as the config ``documents`` has
    them: a list with ``type`` and ``spans``, each with ``start`` and ``end`` in code points. Quotes
    are not looked at. Raises DatelineError where the datasets differ in length, or lack the
    column, or gold has a type that the ontology does not have.
    """
    if len(gold) != len(predicted):
        raise DatelineError(f"gold has {len(gold)} rows and the predictions {len(predicted)}.")
    names = LabelIndex(ontology.layers["entities"].label_names)
    ours = mention_spans(gold, names, column)
    theirs = mention_spans(predicted, names, column)
    _refuse_unknown(ours.label, names)
    ours, theirs, credit = semeval_credit(ours, theirs)
    return {
        mode: rates(np.array([hit.sum(), len(ours), found.sum(), len(theirs)], np.float64))
        for mode, (hit, found) in credit.items()
    }


def mention_spans(dataset: Dataset, names: LabelIndex, column: str = "mentions") -> Spans:
    """The mentions of a dataset as columns, a document for each row."""
    if column not in dataset.column_names:
        raise DatelineError(f"the dataset has no column {column!r}; it has {dataset.column_names}.")
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
            raise DatelineError(
                f"gold has mentions whose type is {names.labels[number]} to the ontology."
            )


def _labels(values: Any, feature: Any, names: LabelIndex) -> IntArray:
    """Numbers of labels, which are class numbers or strings in the dataset."""
    if pa.types.is_integer(values.type):
        found, number = pc.fill_null(values, -1), feature.names
    else:
        encoded = pc.dictionary_encode(values)
        found, number = pc.fill_null(encoded.indices, -1), encoded.dictionary.to_pylist()
    # The last stands for -1, which is how a missing class number is written.
    known = np.array([*map(names.number, number), names.number(None)], np.int64)
    return np.asarray(known[np.asarray(found)], np.int64)
