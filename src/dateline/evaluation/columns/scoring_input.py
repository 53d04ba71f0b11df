"""Gold and predictions side by side, with what both must share to be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from dateline.errors import DatelineError
from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    EVENT,
    MENTION,
    AnnotationColumns,
    ColumnsBuilder,
)
from dateline.evaluation.gold import Gold, GoldDocument
from dateline.metrics.counts import BoolArray
from dateline.metrics.span_matching import Matching, match
from dateline.metrics.spans import Spans, distinct_rows, place_ids
from dateline.model import LAYERS, Range, Struct
from dateline.predictions.item_checks import Flaw, admit
from dateline.predictions.label_index import OntologyIndex, ValueIndex
from dateline.predictions.prediction import Prediction


class MatchingOptions(Struct, frozen=True):
    """What a user can choose of how things are matched; it all goes into the signature.

    ``mention_match`` says which mentions coreference takes for the same: ``exact`` places, or any
    that overlap (``partial``), assigned 1:1. ``claim_overlap`` is the intersection over union from
    which two claims are the same.
    """

    mention_match: str = "exact"
    singletons: bool = True
    claim_overlap: float = 0.5
    given_triggers: bool = False


class PlaceIds:
    """An integer for each distinct place in the text, shared by gold and predictions."""

    def __init__(self, gold: AnnotationColumns, predicted: AnnotationColumns) -> None:
        found = place_ids(
            *(
                spans
                for side in (gold, predicted)
                for spans in (side.mentions, side.events, side.claims)
            ),
            gold.cues,
            predicted.cues,
        )
        self.of_gold = dict(zip((MENTION, EVENT, CLAIM), found[:3], strict=True))
        self.of_predicted = dict(zip((MENTION, EVENT, CLAIM), found[3:6], strict=True))
        self.gold_cues, self.predicted_cues = found[6:]
        self.end = 1 + max((int(numbers.max(initial=0)) for numbers in found), default=0)


class ScoringInput:
    """Gold and predicted columns of the same documents."""

    def __init__(
        self, gold: Gold, predictions: Iterable[Prediction], options: MatchingOptions | None = None
    ) -> None:
        """Raises DatelineError where a prediction is about a document or text not in the gold."""
        self.options = options or MatchingOptions()
        self.ontology_index = OntologyIndex(gold.ontology)
        self._texts = tuple(document.text_sha256 for document in gold.documents)
        self.document_ids = tuple(document.id for document in gold.documents)
        self.problems: list[Flaw] = []
        entries = ValueIndex(first=1)
        ours, theirs = (ColumnsBuilder(self.ontology_index, entries) for _ in range(2))
        by_document = _by_document(predictions, gold)
        # Gold goes first, so that its columns are the same whatever is predicted.
        for number, document in enumerate(gold.documents):
            ours.add(number, document.items)
        self._entries = entries.values
        for number, document in enumerate(gold.documents):
            prediction = by_document.get(document.id)
            if prediction is not None:
                admitted, flaws = admit(prediction, document.id, document.text, self.ontology_index)
                theirs.add(number, admitted, admitted.scores)
                self.problems += flaws
        self.gold, self.predicted = ours.columns(), theirs.columns()
        self.missing = tuple(name for name in self.document_ids if name not in by_document)
        self.sentences = _ranges(document.sentences for document in gold.documents)
        self.tokens = _ranges(document.tokens for document in gold.documents)
        self._layers = {
            layer: np.array([layer in document.layers for document in gold.documents])
            for layer in LAYERS
        }
        _refuse_duplicates(self.gold, self.document_ids)

    @cached_property
    def gold_sha256(self) -> str:
        """SHA-256 of what is scored against: documents, texts, labels and all gold items."""
        named = [
            *self.document_ids,
            *self._texts,
            *(str(layer.tolist()) for layer in self._layers.values()),
            *(str(entry) for entry in self._entries),
            *(label for names in self.ontology_index.lists for label in names.labels),
            str(self.sentences.start.tolist()),
            self.gold.digest,
        ]
        return hashlib.sha256("\n".join(named).encode()).hexdigest()

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        return len(self.document_ids)

    def annotated(self, layer: str) -> BoolArray:
        """Which documents the gold has annotated on a layer; the others are not scored on it."""
        return self._layers[layer]

    @property
    def chain_count(self) -> int:
        """How many numbers the gold's chains of mentions have."""
        return int(self.gold.chain.max(initial=-1)) + 1

    @cached_property
    def place_ids(self) -> PlaceIds:
        """Numbers of the places of all items."""
        return PlaceIds(self.gold, self.predicted)

    @cached_property
    def mention_matches(self) -> Matching:
        """Predicted mentions assigned to gold ones."""
        return matched(self.gold.mentions, self.predicted.mentions)

    @cached_property
    def event_matches(self) -> Matching:
        """Predicted events assigned to gold ones, by their triggers."""
        return matched(self.gold.events, self.predicted.events)


def matched(gold: Spans, predicted: Spans) -> Matching:
    """The assignment of spans, with rows of the columns as they are, duplicates left out."""
    gold_rows, predicted_rows = distinct_rows(gold), distinct_rows(predicted)
    found = match(gold.take(gold_rows), predicted.take(predicted_rows))
    return found._replace(gold=gold_rows[found.gold], predicted=predicted_rows[found.predicted])


def _by_document(predictions: Iterable[Prediction], gold: Gold) -> dict[str, Prediction]:
    known = {document.id: document for document in gold.documents}
    found: dict[str, Prediction] = {}
    problems = []
    for prediction in predictions:
        name = prediction.document
        if name not in known:
            problems.append(f"«{name}» is no document of the gold")
        elif name in found:
            problems.append(f"«{name}» is predicted twice; keep one line for each document")
        elif _is_other_text(prediction, known[name]):
            problems.append(f"«{name}» was predicted on another text")
        else:
            found[name] = prediction
    if problems:
        listed = "".join(f"\n  {problem}" for problem in problems[:20])
        more = f"\n  and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise DatelineError(f"the predictions cannot be scored:{listed}{more}")
    return found


def _is_other_text(prediction: Prediction, document: GoldDocument) -> bool:
    return prediction.text_sha256 not in (None, document.text_sha256)


def _refuse_duplicates(gold: AnnotationColumns, documents: tuple[str, ...]) -> None:
    for name, spans in (("mentions", gold.mentions), ("events", gold.events)):
        kept = distinct_rows(spans)
        if len(kept) < len(spans):
            twice = np.setdiff1d(np.arange(len(spans)), kept)
            document = documents[spans.document[twice[0]]]
            raise DatelineError(
                f"{document}: the gold has {name} of one place and type twice, so that scores "
                "would depend on which is meant; `dateline validate` names them."
            )


def _ranges(documents: Iterable[Iterable[Range]]) -> Spans:
    rows = [(n, start, end) for n, ranges in enumerate(documents) for start, end in ranges]
    document, start, end = np.array(rows, np.int64).reshape(-1, 3).T
    return Spans(document, np.zeros_like(document), np.arange(len(rows) + 1), start, end)
