"""spaCy pipelines: their entities and spans as mentions and triggers, with a mapping of labels.

Categories of sentences that are acts become claims of the whole sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dateline.errors import NotFoundError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.labelled_spans import (
    LabelledSpan,
    LabelMapping,
    training_settings,
)
from dateline.evaluation.models.training_record import TrainingRecord, read_training_record
from dateline.extras import extra
from dateline.model import Claim, Range, Span
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

SPANS_KEY = "sc"
"""The group of spans that a component ``spancat`` sets by default."""

THRESHOLD = 0.5
"""The score from which a sentence has a category, as for spaCy's own scores."""


def make(config: ModelConfig) -> SpacyPipeline:
    """Load the pipeline that the argument names: an installed one, or a folder.

    The option ``labels`` is a TOML file that maps its labels to types of mentions or events. Raises
    MissingExtraError if spaCy is not installed, NotFoundError if the pipeline is not, and
    InvalidInputError if the mapping is not valid.
    """
    config.check_options("labels")
    ontology = config.ontology
    with extra("spacy"):
        import spacy  # noqa: PLC0415 (heavy and optional)
    try:
        pipeline = spacy.load(config.argument)
    except OSError as error:
        reason = str(error).partition("\n")[0]  # more lines are Python to copy
        raise NotFoundError(
            f"the spaCy pipeline {config.argument!r} cannot be loaded: {reason} Install its "
            "package and use the name that Python imports, or make it with `dateline train spacy`."
        ) from None
    found = pipeline.pipe_labels
    acts = frozenset(found.get("textcat_multilabel", ())).intersection(ontology.labels_of("claims"))
    # Claims of whole sentences have no mention as their claimer.
    claimer = ontology.claimers[0].name if acts and ontology.claimers else None
    if claimer is None:
        ontology.chosen_layers(["entities"])
    labels = [label for name in ("ner", "spancat") for label in found.get(name, ())]
    mapping = LabelMapping(config.options.get("labels", ""), ontology, labels)
    training = read_training_record(Path(pipeline.path))
    return SpacyPipeline(pipeline, mapping, acts if claimer else frozenset(), claimer, training)


class SpacyPipeline:
    """Predicts the entities and spans of a pipeline; labels that are not mapped are left out.

    With ``acts``, the pipeline gives sentences categories; those among ``acts`` become claims of
    the ``claimer``.
    """

    cost: Mapping[str, float] = {}

    def __init__(
        self,
        pipeline: Any,
        mapping: LabelMapping,
        acts: frozenset[str],
        claimer: str | None,
        training: TrainingRecord | None,
    ) -> None:
        self._pipeline = pipeline
        self._mapping = mapping
        self._acts = acts
        self._claimer = claimer
        self._training = training

    @property
    def version(self) -> str | None:
        """Version of the pipeline."""
        version = self._pipeline.meta.get("version")
        return str(version) if version else None

    @property
    def settings(self) -> Mapping[str, Any]:
        """Name of the pipeline, mapping of labels, and how it was trained if there is a record."""
        meta = self._pipeline.meta
        return {
            "pipeline": f"{meta['lang']}_{meta['name']}",
            "labels": dict(self._mapping.types),
            **training_settings(self._training),
        }

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction for each text."""
        for text in texts:
            # Categories are of sentences, as in training.
            parts = text.sentences if self._acts else ((0, len(text.text)),)
            documents = self._pipeline.pipe(text.text[start:end] for start, end in parts)
            spans: list[LabelledSpan] = []
            acts: list[tuple[Range, str, float]] = []
            for part, document in zip(parts, documents, strict=True):
                spans.extend(_labelled(document, part[0]))
                acts.extend(
                    (part, act, score)
                    for act, score in document.cats.items()
                    if act in self._acts and score >= THRESHOLD
                )
            yield self._mapping.prediction(text, spans, self._claims(text, acts))

    def _claims(
        self, text: Text, acts: Sequence[tuple[Range, str, float]]
    ) -> list[tuple[Claim, float]]:
        """A claim of the whole sentence for each act, and its score."""
        if self._claimer is None:
            return []
        return [
            (
                Claim(
                    id=f"c{number}",
                    spans=(Span(start=start, end=end, text=text.text[start:end]),),
                    act=act,
                    claimer=self._claimer,
                ),
                float(score),
            )
            for number, ((start, end), act, score) in enumerate(acts, 1)
        ]


def _labelled(document: Any, offset: int) -> Iterator[LabelledSpan]:
    """Entities, which have no scores, and spans with the scores of ``spancat``, if it gave some."""
    found = [(span, None) for span in document.ents]
    if SPANS_KEY in document.spans:
        group = document.spans[SPANS_KEY]
        found += zip(group, group.attrs.get("scores", [None] * len(group)), strict=True)
    for span, score in found:
        # spaCy counts code points, too.
        start, end = offset + span.start_char, offset + span.end_char
        yield LabelledSpan(start, end, span.label_, None if score is None else float(score))
