"""GLiNER: zero-shot mentions, from the titles of the entity types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dateline.errors import InvalidInputError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.extras import extra
from dateline.model import Mention, Span
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


def make(config: ModelConfig) -> Gliner:
    """Load the model that the argument names: a folder or a name on the Hugging Face Hub.

    The option ``threshold`` is from 0 to 1. Raises MissingExtraError if GLiNER is not installed,
    and InvalidInputError if the model cannot be loaded.
    """
    config.check_options("threshold")
    with extra("gliner"):
        from gliner import GLiNER  # noqa: PLC0415 (heavy and optional)
    try:
        threshold = float(config.options.get("threshold", "0.5"))
        model = GLiNER.from_pretrained(config.argument)
    except (ValueError, OSError) as error:
        raise InvalidInputError(f"gliner:{config.argument}: {error}") from None
    config.ontology.chosen_layers(["entities"])
    labels = config.ontology.layers["entities"].labels
    types = {label.title.lower(): label.name for label in labels}
    return Gliner(model, config.argument, types, threshold)


class Gliner:
    """Predicts mentions sentence by sentence, because the model's input is limited.

    ``types`` maps the titles that the model is asked for to types of mentions.
    """

    cost: Mapping[str, float] = {}

    def __init__(self, model: Any, name: str, types: Mapping[str, str], threshold: float) -> None:
        self._model = model
        self._types = types
        self.settings = {"model": name, "labels": list(types), "threshold": threshold}

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
                text.text[start:end], list(self._types), threshold=self.settings["threshold"]
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
