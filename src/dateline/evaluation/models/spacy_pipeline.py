"""spaCy pipelines: their named entities as mentions, by a map of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dateline.errors import DatelineError
from dateline.evaluation.models.interface import PredictionFailedError, Setting
from dateline.evaluation.models.label_map import label_map
from dateline.model import Mention, Span
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


def make(setting: Setting) -> SpacyPipeline:
    """The installed pipeline that the argument names; ``labels`` is a file with a map of labels.

    Raises DatelineError where spaCy or the pipeline is not installed.
    """
    setting.refuse_other_options("labels")
    try:
        import spacy  # noqa: PLC0415 (heavy and optional)
    except ImportError:
        raise DatelineError(
            "spaCy is not installed; install dateline with the extra «spacy»."
        ) from None
    try:
        pipeline = spacy.load(setting.argument)
    except OSError as error:
        raise DatelineError(
            f"--model spacy:{setting.argument}: cannot be loaded: {error} Install its package, and "
            "name it as Python imports it."
        ) from None
    given = pipeline.pipe_labels.get("ner", [])
    labels = label_map(setting.option("labels", ""), setting.ontology, given)
    return SpacyPipeline(pipeline, labels)


class SpacyPipeline:
    """Predicts the named entities of a pipeline whose labels the map has."""

    cost: Mapping[str, float] = {}

    def __init__(self, pipeline: Any, labels: Mapping[str, str]) -> None:
        self._pipeline = pipeline
        self._labels = labels

    @property
    def version(self) -> str | None:
        """Version of the pipeline."""
        found = self._pipeline.meta.get("version")
        return str(found) if found else None

    @property
    def settings(self) -> Mapping[str, Any]:
        """Name of the pipeline and map of labels."""
        meta = self._pipeline.meta
        return {"pipeline": f"{meta['lang']}_{meta['name']}", "labels": dict(self._labels)}

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailedError]:
        """A prediction for each text; spaCy counts code points, as we do."""
        found = self._pipeline.pipe(text.text for text in texts)
        for text, document in zip(texts, found, strict=True):
            kept = [entity for entity in document.ents if entity.label_ in self._labels]
            yield Prediction(
                document=text.id,
                text_sha256=text.text_sha256,
                mentions=tuple(
                    Mention(
                        id=f"m{number}",
                        spans=(
                            Span(start=entity.start_char, end=entity.end_char, text=entity.text),
                        ),
                        type=self._labels[entity.label_],
                        attributes={},
                        entity=None,
                    )
                    for number, entity in enumerate(kept, 1)
                ),
            )
