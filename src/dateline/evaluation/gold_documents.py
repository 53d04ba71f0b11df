"""Documents with their gold, one by one as structs or many at once as columns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dateline.evaluation.columns.items import Items, documents_of
from dateline.metrics.counts import IntArray
from dateline.model import Range
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

BATCH = 500
"""The number of documents in a batch."""


class GoldDocument(Text, frozen=True, kw_only=True):
    """A text with its gold items; ``layers`` are those that were annotated."""

    split: str
    layers: tuple[str, ...]
    items: Prediction


class RangeColumns(NamedTuple):
    """Ranges of documents, such as tokens: how many each document has, and their offsets."""

    size: IntArray
    start: npt.NDArray[np.integer[Any]]
    end: npt.NDArray[np.integer[Any]]


class GoldBatch(NamedTuple):
    """Some documents: their texts, annotated layers and items.

    ``numbers`` are the positions of the documents in the order of their ids.
    """

    numbers: IntArray
    texts: Sequence[Text]
    layers: Sequence[Collection[str]]
    sentences: RangeColumns
    tokens: RangeColumns
    items: Items


class BatchedDocuments(Collection[GoldDocument]):
    """Documents that are not made one by one when all of them are needed."""

    @abstractmethod
    def batches(self) -> Iterator[GoldBatch]:
        """The documents in batches, in any order."""


def gold_batches(documents: Collection[GoldDocument]) -> Iterator[GoldBatch]:
    """Documents, sorted by id, in batches."""
    if isinstance(documents, BatchedDocuments):
        yield from documents.batches()
        return
    first = 0
    for batch in _batched(documents):
        yield GoldBatch(
            numbers=first + np.arange(len(batch)),
            texts=[without_segments(document) for document in batch],
            layers=[document.layers for document in batch],
            sentences=_columns([document.sentences for document in batch]),
            tokens=_columns([document.tokens for document in batch]),
            items=documents_of([document.items for document in batch]),
        )
        first += len(batch)


def without_segments(text: Text) -> Text:
    """The text without its sentences and tokens, which take more memory."""
    return Text(id=text.id, text=text.text, text_sha256=text.text_sha256, withheld=text.withheld)


def _batched(documents: Iterable[GoldDocument]) -> Iterator[list[GoldDocument]]:
    batch: list[GoldDocument] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _columns(ranges: Sequence[Sequence[Range]]) -> RangeColumns:
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(ranges)), np.int64)
    start, end = flat.reshape(-1, 2).T
    return RangeColumns(np.fromiter(map(len, ranges), np.int64, len(ranges)), start, end)
