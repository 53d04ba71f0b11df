"""GLiNER: mentions from the titles of the entity types, zero-shot or after training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.labelled_spans import training_settings
from dateline.evaluation.models.training_record import read_training_record
from dateline.extras import extra
from dateline.model import Mention, Span
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text
from dateline.text import redacted

THRESHOLD = 0.5
"""The lowest score of a mention, unless another is chosen."""


def make(config: ModelConfig) -> Gliner:
    """Load the model that the argument names: a folder or a name on the Hugging Face Hub.

    The option ``threshold`` is from 0 to 1. Raises MissingExtraError if GLiNER is not installed, or
    not with the versions that it needs, InvalidInputError for a wrong option, and NotFoundError if
    the model cannot be loaded.
    """
    config.check_options("threshold")
    try:
        threshold = float(config.options.get("threshold", THRESHOLD))
    except ValueError as error:
        raise InvalidInputError(f"option threshold: {error}.") from None
    types = asked_types(config.ontology)
    trained = training_settings(read_training_record(Path(config.argument)))
    return Gliner(pretrained(config.argument), config.argument, types, threshold, trained)


def asked_types(ontology: Ontology) -> dict[str, str]:
    """The titles that the model is asked for, each with its type of mentions."""
    ontology.chosen_layers(["entities"])
    return {label.title.lower(): label.name for label in ontology.layers["entities"].labels}


def pretrained(source: str) -> Any:
    """A model: ``source`` is a folder, or a name on the Hugging Face Hub.

    Raises MissingExtraError if GLiNER is not installed, or not with the versions that it needs, and
    NotFoundError if the model cannot be loaded.
    """
    with extra("gliner", checked="gliner"):
        from gliner import GLiNER  # noqa: PLC0415 (heavy and optional)
    try:
        return GLiNER.from_pretrained(source)
    except (ValueError, OSError) as error:
        raise NotFoundError(
            f"the model {source!r} cannot be loaded with GLiNER: {redacted(error, ())}"
        ) from None


class Gliner:
    """Predicts mentions sentence by sentence, because the model's input is limited.

    ``types`` maps the titles that the model is asked for to types of mentions.
    """

    cost: Mapping[str, float] = {}

    def __init__(
        self,
        model: Any,
        name: str,
        types: Mapping[str, str],
        threshold: float = THRESHOLD,
        trained: Mapping[str, object] | None = None,
    ) -> None:
        self._model = model
        self._types = types
        self._threshold = threshold
        self.settings: Mapping[str, Any] = {
            "model": name,
            "labels": list(types),
            "threshold": threshold,
            **(trained or {}),
        }

    @property
    def version(self) -> str | None:
        """Version of the library; weights have none."""
        try:
            return version("gliner")
        except PackageNotFoundError:
            return None

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction for each text."""
        for text in texts:
            found = [*self._mentions(text)]
            yield Prediction(
                document=text.id,
                text_sha256=text.text_sha256,
                mentions=tuple(mention for mention, _ in found),
                confidence={f"/mentions/{n}": score for n, (_, score) in enumerate(found)},
            )

    def _mentions(self, text: Text) -> Iterator[tuple[Mention, float]]:
        """Mentions and their scores."""
        number = 0
        for start, end in text.sentences:
            for entity in self._model.predict_entities(
                text.text[start:end], list(self._types), threshold=self._threshold
            ):
                number += 1
                first, last = start + entity["start"], start + entity["end"]
                mention = Mention(
                    id=f"m{number}",
                    spans=(Span(start=first, end=last, text=text.text[first:last]),),
                    type=self._types[entity["label"]],
                    attributes={},
                    entity=None,
                )
                yield mention, float(entity["score"])
