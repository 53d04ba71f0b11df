"""The interface of models, for those that are built in and for plug-ins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from dateline.errors import InvalidInputError
from dateline.evaluation.gold import Gold
from dateline.model import Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


class PredictionFailure(Struct, frozen=True):
    """Why a model has no prediction for a text; the run continues with the next text."""

    reason: str


class Model(Protocol):
    """A model that predicts annotations of texts."""

    @property
    def version(self) -> str | None:
        """Version of the model, if it has one."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything that changes the predictions, as JSON values, without secrets.

        A model that learns lists the ids of its training documents as ``documents``.
        """

    @property
    def cost(self) -> Mapping[str, float]:
        """Resources used so far, such as tokens; may be empty."""

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction or a failure for each text, in their order."""


class ModelConfig(Struct, frozen=True):
    """What a model is made from.

    ``argument`` is the part of its name after the colon; ``options`` are given by the user.
    ``training_gold`` returns the gold of the training split; it raises NotFoundError if there is
    none.
    """

    argument: str
    options: Mapping[str, str]
    ontology: Ontology
    training_gold: Callable[[], Gold]

    def check_options(self, *allowed: str) -> None:
        """Raise InvalidInputError if an option is not one of ``allowed``."""
        for name in sorted(set(self.options) - set(allowed)):
            raise InvalidInputError(
                f"option {name!r} is unknown. Allowed: {', '.join(allowed) or 'none'}."
            )


ModelFactory: TypeAlias = Callable[[ModelConfig], Model]
