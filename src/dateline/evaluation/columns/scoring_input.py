"""Gold and predictions as columns, with all that the measures need to compare them."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from dateline.errors import ConflictError
from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    EVENT,
    MENTION,
    AnnotationColumns,
    ColumnsBuilder,
    digest_of,
)
from dateline.evaluation.gold import Gold
from dateline.metrics.counts import BoolArray
from dateline.metrics.span_matching import Matching, match
from dateline.metrics.spans import Spans, distinct_rows, place_ids
from dateline.model import LAYERS, Range, Struct
from dateline.predictions.confidence import above
from dateline.predictions.document_checks import by_document
from dateline.predictions.item_checks import check_items
from dateline.predictions.label_index import OntologyIndex, ValueIndex
from dateline.predictions.reading import Found
from dateline.predictions.texts import Text


class MatchingOptions(Struct, frozen=True):
    """How items are matched; all options are part of the signature.

    ``mention_match`` says which mentions coreference takes for the same: ``"exact"`` places, or
    any that overlap (``"partial"``), assigned 1:1. ``singletons=False`` leaves chains of one
    mention out. ``claim_overlap`` is the intersection over union (above 0, up to 1) from which two
    claims match. With ``given_triggers``, the predicted events must be those of the gold. Predicted
    items with a confidence below ``threshold`` are left out.
    """

    mention_match: str = "exact"
    singletons: bool = True
    claim_overlap: float = 0.5
    given_triggers: bool = False
    threshold: float | None = None


class PlaceIds:
    """An integer for each distinct place in the text, shared by gold and predictions."""

    def __init__(self, gold: AnnotationColumns, predicted: AnnotationColumns) -> None:
        found = place_ids(
            *(
                spans
                for columns in (gold, predicted)
                for spans in (columns.mentions, columns.events, columns.claims)
            ),
            gold.cues,
            predicted.cues,
        )
        self.of_gold = dict(zip((MENTION, EVENT, CLAIM), found[:3], strict=True))
        self.of_predicted = dict(zip((MENTION, EVENT, CLAIM), found[3:6], strict=True))
        self.gold_cues, self.predicted_cues = found[6:]
        self.end = 1 + max((int(numbers.max(initial=0)) for numbers in found), default=0)


class ScoringInput:
    """Gold and predicted columns of the same documents, and which items match.

    ``problems`` are those of predicted items, ``missing`` the documents without a prediction, and
    ``unscored`` the documents of predictions that are left out because there is no gold for them.
    ``confidence`` is that of the predicted items.
    """

    def __init__(
        self, gold: Gold, predictions: Iterable[Found], options: MatchingOptions | None = None
    ) -> None:
        """Raises DatelineError if a prediction is about a document or text not in the gold."""
        self.options = options or MatchingOptions()
        self.ontology_index = OntologyIndex(gold.ontology)
        entries = ValueIndex(first=1)
        gold_columns, predicted_columns = (
            ColumnsBuilder(self.ontology_index, entries) for _ in range(2)
        )
        # Gold goes first, so that its columns are the same whatever is predicted.
        texts: dict[str, Text] = {}
        sentences, layers = [], []
        for number, document in enumerate(gold.documents):
            gold_columns.add(number, document.items)
            texts[document.id] = Text(
                id=document.id, text=document.text, text_sha256=document.text_sha256
            )
            sentences.append(document.sentences)
            layers.append(document.layers)
        self.document_ids = tuple(texts)
        self._text_hashes = tuple(text.text_sha256 for text in texts.values())
        self._documents = gold.documents
        self._gold_entries = entries.values
        found, self.unscored, self.problems = by_document(predictions, texts, gold.unscored)
        bases = gold.knowledge_bases
        for number, (name, text) in enumerate(texts.items()):
            if name in found:
                scorable, problems = check_items(found[name], text.text, self.ontology_index, bases)
                if self.options.threshold is not None:
                    scorable = above(scorable, self.options.threshold)
                predicted_columns.add(number, scorable)
                self.problems += problems
        self.gold, self.predicted = gold_columns.columns(), predicted_columns.columns()
        self.confidence = predicted_columns.confidence(self.predicted)
        self.missing = tuple(name for name in self.document_ids if name not in found)
        self.sentences = _ranges(sentences)
        self._annotated = {
            layer: np.array([layer in annotated for annotated in layers]) for layer in LAYERS
        }
        _refuse_duplicates(self.gold, self.document_ids)

    @cached_property
    def gold_sha256(self) -> str:
        """SHA-256 of the gold: documents, texts, sentences, tokens, labels and all items."""
        parts = [
            *self.document_ids,
            *self._text_hashes,
            *(str(layer.tolist()) for layer in self._annotated.values()),
            *(str(entry) for entry in self._gold_entries),
            *(label for index in self.ontology_index.indexes for label in index.labels),
            digest_of((self.sentences, self.tokens)),
            self.gold.digest,
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def tokens(self) -> Spans:
        """The tokens of all documents, which take more memory than everything else."""
        return _ranges(document.tokens for document in self._documents)

    @property
    def document_count(self) -> int:
        """The number of documents."""
        return len(self.document_ids)

    def annotated(self, layer: str) -> BoolArray:
        """Which documents have gold on a layer; the others are not scored on it."""
        return self._annotated[layer]

    @property
    def chain_count(self) -> int:
        """The number of the gold's coreference chains."""
        return int(self.gold.chain.max(initial=-1)) + 1

    @cached_property
    def place_ids(self) -> PlaceIds:
        """The places of all items as integers."""
        return PlaceIds(self.gold, self.predicted)

    @cached_property
    def mention_matches(self) -> Matching:
        """Predicted mentions assigned to gold mentions."""
        return _matched(self.gold.mentions, self.predicted.mentions)

    @cached_property
    def event_matches(self) -> Matching:
        """Predicted events assigned to gold events, by their triggers."""
        return _matched(self.gold.events, self.predicted.events)


def _matched(gold: Spans, predicted: Spans) -> Matching:
    """The assignment of spans without duplicates, as rows of the given columns."""
    gold_rows, predicted_rows = distinct_rows(gold), distinct_rows(predicted)
    found = match(gold.take(gold_rows), predicted.take(predicted_rows))
    return found._replace(gold=gold_rows[found.gold], predicted=predicted_rows[found.predicted])


def _refuse_duplicates(gold: AnnotationColumns, documents: tuple[str, ...]) -> None:
    for name, spans in (("mentions", gold.mentions), ("events", gold.events)):
        kept = distinct_rows(spans)
        if len(kept) < len(spans):
            duplicates = np.setdiff1d(np.arange(len(spans)), kept)
            document = documents[spans.document[duplicates[0]]]
            raise ConflictError(
                f"{document}: the gold has duplicate {name} (same place and type), so scores would "
                "depend on which one is meant. `dateline validate` names them."
            )


def _ranges(documents: Iterable[Sequence[Range]]) -> Spans:
    sizes, numbers = array("q"), array("q")
    for ranges in documents:
        sizes.append(len(ranges))
        numbers.extend(chain.from_iterable(ranges))
    start, end = np.array(numbers, np.int64).reshape(-1, 2).T
    document = np.repeat(np.arange(len(sizes)), sizes)
    return Spans(document, np.zeros_like(document), np.arange(len(document) + 1), start, end)
