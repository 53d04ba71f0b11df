"""spaCy pipelines: their named entities as mentions and triggers, with a mapping of labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.training_record import TrainingRecord, read_training_record
from dateline.extras import extra
from dateline.files.reading import read_toml
from dateline.model import Event, Mention, Span
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


def make(config: ModelConfig) -> SpacyPipeline:
    """Load the pipeline that the argument names: an installed one, or a folder.

    The option ``labels`` is a TOML file that maps its labels to types of mentions or events. Raises
    MissingExtraError if spaCy is not installed, NotFoundError if the pipeline is not, and
    InvalidInputError if the mapping is not valid.
    """
    config.check_options("labels")
    config.ontology.chosen_layers(["entities"])
    mentions = config.ontology.labels_of("entities")
    events = [name for name in config.ontology.labels_of("events") if name not in mentions]
    with extra("spacy"):
        import spacy  # noqa: PLC0415 (heavy and optional)
    try:
        pipeline = spacy.load(config.argument)
    except OSError as error:
        raise NotFoundError(
            f"the spaCy pipeline {config.argument!r} cannot be loaded: {error} Install its package "
            "and use the name that Python imports, or make it with `dateline train spacy`."
        ) from None
    pipeline_labels = pipeline.pipe_labels.get("ner", [])
    labels = _label_mapping(config.options.get("labels", ""), [*mentions, *events], pipeline_labels)
    training = read_training_record(Path(pipeline.path))
    return SpacyPipeline(pipeline, labels, frozenset(events), training)


class SpacyPipeline:
    """Predicts the named entities of a pipeline; labels that are not mapped are left out.

    ``labels`` maps them to types of mentions or, for the triggers of events, to ``events``.
    """

    cost: Mapping[str, float] = {}

    def __init__(
        self,
        pipeline: Any,
        labels: Mapping[str, str],
        events: Collection[str],
        training: TrainingRecord | None,
    ) -> None:
        self._pipeline = pipeline
        self._labels = labels
        self._events = events
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
        found = {"pipeline": f"{meta['lang']}_{meta['name']}", "labels": dict(self._labels)}
        if self._training is None:
            return found
        return found | {
            "training": self._training.origin,
            "documents": self._training.documents,
        }

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction for each text."""
        documents = self._pipeline.pipe(text.text for text in texts)
        for text, document in zip(texts, documents, strict=True):
            found = [
                # spaCy counts code points, too.
                (Span(start=e.start_char, end=e.end_char, text=e.text), self._labels[e.label_])
                for e in document.ents
                if e.label_ in self._labels
            ]
            mentions = [(span, type_) for span, type_ in found if type_ not in self._events]
            triggers = [(span, type_) for span, type_ in found if type_ in self._events]
            yield Prediction(
                document=text.id,
                text_sha256=text.text_sha256,
                mentions=tuple(
                    Mention(id=f"m{number}", spans=(span,), type=type_, attributes={}, entity=None)
                    for number, (span, type_) in enumerate(mentions, 1)
                ),
                events=tuple(
                    Event(id=f"e{number}", trigger=(span,), type=type_)
                    for number, (span, type_) in enumerate(triggers, 1)
                ),
            )


def _label_mapping(
    path: str, types: Sequence[str], pipeline_labels: Iterable[str]
) -> Mapping[str, str]:
    """The table ``labels`` of a TOML file; without a file, labels map to the types of that name."""
    if not path:
        return {label: label for label in pipeline_labels if label in types}
    content = read_toml(Path(path))
    mapping = content.get("labels")
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        raise InvalidInputError(
            f'{path}: expected a table [labels] with lines such as NORP = "LABEL".'
        )
    for label, type_ in mapping.items():
        if type_ not in types:
            raise InvalidInputError(
                f'{path}: "{label}" is mapped to "{type_}", which is not a type of mention '
                f"or event. Allowed: {', '.join(types)}."
            )
    return mapping
