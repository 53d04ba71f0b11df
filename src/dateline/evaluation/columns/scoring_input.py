"""Gold and predictions as columns, with all that the measures need to compare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property

import numpy as np

from dateline.errors import ConflictError
from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    EVENT,
    MENTION,
    AnnotationColumns,
)
from dateline.evaluation.columns.predicted_columns import PredictedColumns, batched
from dateline.evaluation.gold import Gold
from dateline.metrics.counts import BoolArray, IntArray
from dateline.metrics.span_matching import match
from dateline.metrics.spans import Spans, distinct_rows, place_ids
from dateline.model import Struct
from dateline.predictions.document_checks import ScoredPredictions
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.predictions.reading import Found, PredictionFile


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
    """A number for each distinct place in the texts, shared by gold and predictions.

    The numbers are in text order and below ``end``, without gaps.
    """

    def __init__(self, gold: AnnotationColumns, predicted: AnnotationColumns) -> None:
        ids = place_ids(
            *(
                spans
                for columns in (gold, predicted)
                for spans in (columns.mentions, columns.events, columns.claims)
            ),
            gold.cues,
            predicted.cues,
        )
        distinct, numbers = np.unique(np.concatenate(ids), return_inverse=True)
        found = np.split(numbers, np.cumsum([len(column) for column in ids])[:-1])
        self.of_gold = dict(zip((MENTION, EVENT, CLAIM), found[:3], strict=True))
        self.of_predicted = dict(zip((MENTION, EVENT, CLAIM), found[3:6], strict=True))
        self.gold_cues, self.predicted_cues = found[6:]
        self.end = len(distinct)


class ScoringInput:
    """Gold and predicted columns of the same documents, and which items match.

    ``ontology`` is that of the gold. ``problems`` are those of predicted items, ``missing`` the
    documents without a prediction, and ``unscored`` the documents of predictions that are left out
    because there is no gold for them. ``confidence`` is that of the predicted items, and
    ``withheld`` the number of documents without their text, whose predicted quotes are not checked.
    Predictions of contrasts are set apart, as contrasts are in gold.
    """

    def __init__(
        self, gold: Gold, predictions: Iterable[Found], options: MatchingOptions | None = None
    ) -> None:
        """Raises DatelineError if a prediction is about a document or text not in the gold."""
        self.options = options or MatchingOptions()
        self.ontology = gold.ontology
        self.ontology_index = gold.columns.ontology_index
        self._gold = gold.columns
        self.gold = gold.columns.items
        self.sentences = gold.columns.sentences
        self.document_ids = gold.columns.document_ids
        texts = gold.columns.texts
        self.withheld = sum(text.withheld is not None for text in texts.values())
        found = PredictedColumns(gold.columns, self.options.threshold)
        self._apart = _SetApart(predictions, gold.contrast_sets)
        self._file = predictions if isinstance(predictions, PredictionFile) else None
        scored = ScoredPredictions(self._apart, texts, gold.unscored, self._file)
        for batch in batched(scored):
            found.add(batch)
        self.unscored = tuple(scored.unscored)
        self.problems = _located(self._file, [*scored.warnings, *found.problems])
        self.predicted, self.confidence = found.columns()
        self.missing = found.missing
        _refuse_duplicates(gold.name, self.gold, self.document_ids)

    def contrast_sets(self) -> ScoringInput | None:
        """The contrasts and their originals; None if there are no contrasts.

        Raises DatelineError as the constructor does.
        """
        sets = self._apart.gold
        if sets is None:
            return None
        found = ScoringInput(sets, self._apart.predictions, self.options)
        found.problems = _located(self._file, found.problems)
        return found

    def with_columns(
        self, gold: AnnotationColumns, predicted: AnnotationColumns, document_ids: tuple[str, ...]
    ) -> ScoringInput:
        """The same input with other items; what is computed from items is computed again."""
        found = copy(self)
        for name in self.__dict__:
            if isinstance(getattr(ScoringInput, name, None), cached_property):
                del found.__dict__[name]
        found.gold, found.predicted, found.document_ids = gold, predicted, document_ids
        return found

    @property
    def gold_sha256(self) -> str:
        """SHA-256 of the gold: documents, texts, sentences, tokens, labels and all items."""
        return self._gold.sha256

    @property
    def tokens(self) -> Spans:
        """The tokens of all documents."""
        return self._gold.tokens

    @property
    def document_count(self) -> int:
        """The number of documents."""
        return len(self.document_ids)

    def annotated(self, layer: str) -> BoolArray:
        """Which documents have gold on a layer; the others are not scored on it."""
        return self._gold.annotated(layer)

    @cached_property
    def place_ids(self) -> PlaceIds:
        """The places of all items as integers."""
        return PlaceIds(self.gold, self.predicted)

    @cached_property
    def mention_places(self) -> IntArray:
        """For each predicted mention, the place of the gold mention assigned to it, or its own.

        Places that overlap are assigned 1:1, the same ones first, whatever the types.
        """
        places = self.place_ids
        return _assigned_places(
            (self.gold.mentions, places.of_gold[MENTION]),
            (self.predicted.mentions, places.of_predicted[MENTION]),
        )

    @cached_property
    def trigger_places(self) -> IntArray:
        """The same for the triggers of events."""
        places = self.place_ids
        return _assigned_places(
            (self.gold.events, places.of_gold[EVENT]),
            (self.predicted.events, places.of_predicted[EVENT]),
        )


def _located(
    file: PredictionFile | None, problems: list[PredictionProblem]
) -> list[PredictionProblem]:
    return problems if file is None else [file.located(problem) for problem in problems]


class _SetApart:
    """All predictions but those of contrasts, one after the other.

    ``predictions`` are those of contrasts and their originals, as far as they were iterated over.
    """

    def __init__(self, found: Iterable[Found], gold: Gold | None) -> None:
        self.gold = gold
        self.predictions: list[Prediction] = []
        self._found = found

    def __iter__(self) -> Iterator[Found]:
        if self.gold is None:
            yield from self._found
            return
        contrasts, texts = self.gold.contrasts, self.gold.columns.texts
        for one in self._found:
            is_contrast = False
            if not isinstance(one, PredictionProblem) and one.document in texts:
                self.predictions.append(one if isinstance(one, Prediction) else one.prediction())
                is_contrast = one.document in contrasts
            if not is_contrast:
                yield one


def _assigned_places(gold: tuple[Spans, IntArray], predicted: tuple[Spans, IntArray]) -> IntArray:
    (gold_places, gold_spans), (predicted_places, predicted_spans) = (
        _distinct_places(*side) for side in (gold, predicted)
    )
    found = match(gold_spans, predicted_spans)
    assigned = predicted_places.copy()
    assigned[found.predicted] = gold_places[found.gold]
    return assigned[np.searchsorted(predicted_places, predicted[1])]


def _distinct_places(spans: Spans, places: IntArray) -> tuple[IntArray, Spans]:
    """Each place once, sorted, with its span, without types."""
    distinct, rows = np.unique(places, return_index=True)
    kept = spans.take(rows)
    untyped = np.zeros_like(kept.label)
    return distinct, Spans(kept.document, untyped, kept.offsets, kept.start, kept.end)


def _refuse_duplicates(name: str, gold: AnnotationColumns, documents: tuple[str, ...]) -> None:
    mentions = gold.mentions
    for what, spans, kept in (
        ("mentions (same place and type)", mentions, distinct_rows(mentions)),
        ("events (same trigger, type and arguments)", gold.events, np.unique(gold.original)),
    ):
        if len(kept) < len(spans):
            duplicates = np.setdiff1d(np.arange(len(spans)), kept)
            document = documents[spans.document[duplicates[0]]]
            raise ConflictError(
                f'{name}, document "{document}": the gold has duplicate {what}, so scores would '
                "depend on which one is meant. `dateline validate` names them."
            )
