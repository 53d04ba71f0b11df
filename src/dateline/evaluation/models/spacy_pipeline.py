"""spaCy pipelines: their named entities as mentions, with a mapping of labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.extras import extra
from dateline.files.reading import read_toml
from dateline.model import Mention, Span
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


def make(config: ModelConfig) -> SpacyPipeline:
    """Load the installed pipeline that the argument names.

    The option ``labels`` is a TOML file that maps its labels to types of mentions. Raises
    MissingExtraError if spaCy is not installed, NotFoundError if the pipeline is not, and
    InvalidInputError if the mapping is not valid.
    """
    config.check_options("labels")
    config.ontology.chosen_layers(["entities"])
    types = config.ontology.labels_of("entities")
    with extra("spacy"):
        import spacy  # noqa: PLC0415 (heavy and optional)
    try:
        pipeline = spacy.load(config.argument)
    except OSError as error:
        raise NotFoundError(
            f"the spaCy pipeline {config.argument!r} cannot be loaded: {error} Install its package "
            "and use the name that Python imports."
        ) from None
    pipeline_labels = pipeline.pipe_labels.get("ner", [])
    labels = _label_mapping(config.options.get("labels", ""), types, pipeline_labels)
    return SpacyPipeline(pipeline, labels)


class SpacyPipeline:
    """Predicts the named entities of a pipeline; labels that are not mapped are left out."""

    cost: Mapping[str, float] = {}

    def __init__(self, pipeline: Any, labels: Mapping[str, str]) -> None:
        self._pipeline = pipeline
        self._labels = labels

    @property
    def version(self) -> str | None:
        """Version of the pipeline."""
        version = self._pipeline.meta.get("version")
        return str(version) if version else None

    @property
    def settings(self) -> Mapping[str, Any]:
        """Name of the pipeline and mapping of labels."""
        meta = self._pipeline.meta
        return {"pipeline": f"{meta['lang']}_{meta['name']}", "labels": dict(self._labels)}

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction for each text."""
        documents = self._pipeline.pipe(text.text for text in texts)
        for text, document in zip(texts, documents, strict=True):
            entities = [entity for entity in document.ents if entity.label_ in self._labels]
            yield Prediction(
                document=text.id,
                text_sha256=text.text_sha256,
                mentions=tuple(
                    Mention(
                        id=f"m{number}",
                        # spaCy counts code points, too.
                        spans=(
                            Span(start=entity.start_char, end=entity.end_char, text=entity.text),
                        ),
                        type=self._labels[entity.label_],
                        attributes={},
                        entity=None,
                    )
                    for number, entity in enumerate(entities, 1)
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
                f'{path}: "{label}" is mapped to "{type_}", which is not a type of mention. '
                f"Allowed: {', '.join(types)}."
            )
    return mapping
