"""Finding a model by its name, among those that are built in and those of plug-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points

from dateline.errors import NotFoundError
from dateline.evaluation.gold import Gold
from dateline.evaluation.models.interface import Model, ModelConfig, ModelFactory
from dateline.evaluation.models.secrets import failure_of, known_secrets
from dateline.ontology.labels import Ontology

ENTRY_POINTS = "dateline.models"
"""The entry point group of plug-ins."""

BUILT_IN: Mapping[str, str] = {
    name: f"dateline.evaluation.models.{module}:make"
    for name, module in {
        "baseline": "baseline",
        "spacy": "spacy_pipeline",
        "gliner": "gliner",
        "openai": "openai",
        "transformers": "transformers.model",
    }.items()
}


def load_model(
    name: str, options: Mapping[str, str], ontology: Ontology, training_gold: Callable[[], Gold]
) -> Model:
    """Make a model from a name such as ``baseline`` or ``spacy:PIPELINE``.

    Raises NotFoundError if there is no such model; the model raises InvalidInputError for wrong
    options, and MissingExtraError if it needs a package that is not installed. Whatever else it
    raises becomes a DatelineError.
    """
    kind, _, argument = name.partition(":")
    models = _entry_points()
    if kind not in models:
        raise NotFoundError(
            f"there is no model {name!r}. Available: {', '.join(sorted(models))}. To add a model, "
            "see `dateline docs models`."
        )
    config = ModelConfig(
        argument=argument, options=options, ontology=ontology, training_gold=training_gold
    )
    try:
        make: ModelFactory = models[kind].load()
        return make(config)
    except Exception as error:  # a plug-in may raise anything
        raise failure_of(name, error, known_secrets(options)) from None


def _entry_points() -> dict[str, EntryPoint]:
    plug_ins = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    return plug_ins | {
        name: EntryPoint(name, value, ENTRY_POINTS) for name, value in BUILT_IN.items()
    }
