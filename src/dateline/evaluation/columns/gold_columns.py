"""The gold of all documents as columns, with their texts and their segmentation."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cached_property

import numpy as np

from dateline.evaluation.columns.annotation_columns import digest_of
from dateline.evaluation.columns.builder import ColumnsBuilder
from dateline.evaluation.gold_documents import GoldDocument, RangeColumns, gold_batches
from dateline.metrics.counts import BoolArray, IntArray
from dateline.metrics.spans import Spans
from dateline.ontology.labels import Ontology
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.texts import Text


class GoldColumns:
    """The gold of documents as columns; documents are numbered in the order of their ids.

    ``texts`` are by document id, and ``items`` the columns. ``has_unknown_labels`` says whether
    there are labels, attributes, roles or claimers that the ontology does not have, and
    ``knowledge_bases`` are those that items are linked to.
    """

    def __init__(self, documents: Collection[GoldDocument], ontology: Ontology) -> None:
        self.ontology_index = OntologyIndex(ontology)
        builder = ColumnsBuilder(self.ontology_index)
        texts, layers = dict[int, Text](), dict[int, Collection[str]]()
        sentences, tokens = _Ranges(), _Ranges()
        bases = set[str]()
        self.has_unknown_labels = False
        for batch in gold_batches(documents):
            items, noted = builder.given(batch.items, batch.numbers)
            self.has_unknown_labels |= bool(noted.unknown_labels.any())
            bases |= noted.knowledge_bases
            builder.add(items)
            numbers = batch.numbers.tolist()
            texts.update(zip(numbers, batch.texts, strict=True))
            layers.update(zip(numbers, batch.layers, strict=True))
            sentences.add(batch.numbers, batch.sentences)
            tokens.add(batch.numbers, batch.tokens)
        self.knowledge_bases = frozenset(bases)
        self.items, _ = builder.columns()
        self.texts = {texts[number].id: texts[number] for number in range(len(texts))}
        self._sentences, self._tokens = sentences.sorted(), tokens.sorted()
        self._annotated = {
            layer: np.array([layer in layers[number] for number in range(len(layers))], np.bool_)
            for layer in ontology.layers
        }

    @property
    def document_ids(self) -> tuple[str, ...]:
        """The ids of all documents, sorted."""
        return tuple(self.texts)

    @property
    def sentences(self) -> Spans:
        """The sentences of all documents."""
        return _as_spans(self._sentences)

    @property
    def tokens(self) -> Spans:
        """The tokens of all documents. As spans, they take more memory than everything else."""
        return _as_spans(self._tokens)

    def annotated(self, layer: str) -> BoolArray:
        """Which documents have gold on a layer."""
        return self._annotated[layer]

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the gold: documents, texts, sentences, tokens, labels and all items."""
        parts = [
            *self.document_ids,
            *(text.text_sha256 for text in self.texts.values()),
            *(str(layer.tolist()) for layer in self._annotated.values()),
            *(label for index in self.ontology_index.indexes for label in index.labels),
            digest_of((self._sentences, self._tokens)),
            self.items.digest,
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class _Ranges:
    """Collects ranges of documents."""

    def __init__(self) -> None:
        self._numbers: list[IntArray] = []
        self._ranges: list[RangeColumns] = []

    def add(self, numbers: IntArray, ranges: RangeColumns) -> None:
        self._numbers.append(numbers)
        # Offsets of 32 bits are enough for any text, and there are millions of tokens.
        start, end = ranges.start.astype(np.int32), ranges.end.astype(np.int32)
        self._ranges.append(RangeColumns(ranges.size, start, end))

    def sorted(self) -> RangeColumns:
        """The ranges of all documents by number."""
        count = sum(map(len, self._numbers))
        size = np.zeros(count, np.int64)
        for numbers, ranges in zip(self._numbers, self._ranges, strict=True):
            size[numbers] = ranges.size
        first = np.cumsum(size) - size
        start, end = (np.zeros(size.sum(), np.int32) for _ in range(2))
        for numbers, ranges in zip(self._numbers, self._ranges, strict=True):
            before = np.cumsum(ranges.size) - ranges.size
            at = np.arange(len(ranges.start)) + np.repeat(first[numbers] - before, ranges.size)
            start[at], end[at] = ranges.start, ranges.end
        return RangeColumns(size, start, end)


def _as_spans(ranges: RangeColumns) -> Spans:
    """Ranges of all documents as spans without labels."""
    document = np.repeat(np.arange(len(ranges.size)), ranges.size)
    label = np.broadcast_to(np.int64(0), document.shape)
    start, end = (column.astype(np.int64) for column in (ranges.start, ranges.end))
    return Spans(document, label, np.arange(len(document) + 1), start, end)
