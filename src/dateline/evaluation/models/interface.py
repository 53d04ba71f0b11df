"""What a model is to the benchmark, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, TypeAlias

from dateline.errors import DatelineError
from dateline.evaluation.gold import Gold
from dateline.model import Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

ENTRY_POINTS = "dateline.models"
"""The group of entry points by which other packages bring models."""

_HERE = "dateline.evaluation.models"
BUILT_IN: Mapping[str, str] = {
    "baseline": f"{_HERE}.baseline:make",
    "spacy": f"{_HERE}.spacy_pipeline:make",
    "gliner": f"{_HERE}.gliner:make",
    "openai": f"{_HERE}.openai:make",
}


class PredictionFailedError(Exception):
    """A model could not predict a text; the message says why. The run goes on without it."""


class Model(Protocol):
    """A model that predicts.

    ``settings`` is all that changes what it predicts, as values that JSON can hold, with no secret
    in it. ``cost`` counts what was used so far, such as tokens; it may be empty.
    """

    @property
    def version(self) -> str | None:
        """Version of the model, where it has one."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that changes what it predicts."""

    @property
    def cost(self) -> Mapping[str, float]:
        """What was used so far."""

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailedError]:
        """A prediction for each text, in their order, or why there is none."""


class Setting(Struct, frozen=True):
    """What a model may know when it is made.

    ``argument`` is what follows the colon of its name; ``options`` are the user's. ``training``
    gives the gold of the training split, and raises DatelineError where there is none.
    """

    argument: str
    options: Mapping[str, str]
    ontology: Ontology
    training: Callable[[], Gold]

    def option(self, name: str, default: str) -> str:
        """An option, or its default."""
        return self.options.get(name, default)

    def refuse_other_options(self, *known: str) -> None:
        """Raise DatelineError where an option is not among the known ones."""
        for name in sorted(set(self.options) - set(known)):
            raise DatelineError(
                f"--option {name}: the model knows {', '.join(known) or 'no options'}."
            )


Maker: TypeAlias = Callable[[Setting], Model]


def make_model(
    name: str, options: Mapping[str, str], ontology: Ontology, training: Callable[[], Gold]
) -> Model:
    """The model of a name such as «baseline» or «spacy:PIPELINE».

    Raises DatelineError where no model has this name, or it cannot be made so.
    """
    kind, _, argument = name.partition(":")
    found = _entry_points()
    if kind not in found:
        raise DatelineError(
            f"--model {name}: there is no such model. There are {', '.join(sorted(found))}; "
            "docs/models.md says how to add one."
        )
    maker: Maker = found[kind].load()
    return maker(Setting(argument=argument, options=options, ontology=ontology, training=training))


def _entry_points() -> dict[str, EntryPoint]:
    found = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    return found | {name: EntryPoint(name, value, ENTRY_POINTS) for name, value in BUILT_IN.items()}
