"""GLiNER: mentions by the descriptions of the labels, without training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dateline.errors import DatelineError
from dateline.evaluation.models.interface import PredictionFailedError, Setting
from dateline.model import Mention, Span
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


def make(setting: Setting) -> Gliner:
    """The model that the argument names, a folder or a name on the Hub; ``threshold`` is from 0 to
    1.

    Raises DatelineError where GLiNER or the model is not there.
    """
    setting.refuse_other_options("threshold")
    try:
        from gliner import GLiNER  # noqa: PLC0415 (heavy and optional)
    except ImportError:
        raise DatelineError("GLiNER is not installed; run `pip install gliner`.") from None
    try:
        threshold = float(setting.option("threshold", "0.5"))
        model = GLiNER.from_pretrained(setting.argument)
    except (ValueError, OSError) as error:
        raise DatelineError(f"--model gliner:{setting.argument}: {error}") from None
    titles = {
        label.title.lower(): label.name for label in setting.ontology.layers["entities"].labels
    }
    return Gliner(model, setting.argument, titles, threshold)


class Gliner:
    """Predicts mentions sentence by sentence, because the model reads a few hundred words at once.

    ``titles`` are what the model is asked for, with the labels that they stand for.
    """

    cost: Mapping[str, float] = {}

    def __init__(self, model: Any, name: str, titles: Mapping[str, str], threshold: float) -> None:
        self._model = model
        self._titles = titles
        self.settings = {"model": name, "labels": list(titles), "threshold": threshold}

    @property
    def version(self) -> str | None:
        """Version of the library; weights have none."""
        try:
            return version("gliner")
        except PackageNotFoundError:
            return None

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailedError]:
        """A prediction for each text."""
        for text in texts:
            yield Prediction(
                document=text.id,
                text_sha256=text.text_sha256,
                mentions=tuple(self._mentions(text)),
            )

    def _mentions(self, text: Text) -> Iterator[Mention]:
        number = 0
        for start, end in text.sentences:
            sentence = text.text[start:end]
            for found in self._model.predict_entities(
                sentence, list(self._titles), threshold=self.settings["threshold"]
            ):
                number += 1
                first, last = start + found["start"], start + found["end"]
                yield Mention(
                    id=f"m{number}",
                    spans=(Span(start=first, end=last, text=text.text[first:last]),),
                    type=self._titles[found["label"]],
                    attributes={},
                    entity=None,
                )
