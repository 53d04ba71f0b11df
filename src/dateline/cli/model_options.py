"""The options of commands that run a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.evaluation.models.interface import Model

F = TypeVar("F", bound=Callable[..., object])


class ChosenModel(NamedTuple):
    """A model with its name, and the secrets that it was given."""

    name: str
    model: Model
    secrets: frozenset[str]


def model_options(command: F) -> F:
    """The options ``--model``, ``--option`` and ``--train-split``, for `chosen_model`."""
    options = (
        click.option(
            "--model",
            required=True,
            metavar="NAME",
            help="Model: baseline, spacy:PIPELINE, transformers:MODEL, gliner:MODEL, openai:MODEL, "
            "or one of a plug-in.",
        ),
        click.option(
            "--option",
            "options",
            multiple=True,
            metavar="NAME=VALUE",
            help="Option of the model, see `dateline docs models`. Repeatable.",
        ),
        click.option(
            "--train-split",
            default="train",
            show_default=True,
            metavar="NAME",
            help="Split that a model may learn from.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def chosen_model(
    corpus: Corpus, model: str, options: tuple[str, ...], train_split: str
) -> ChosenModel:
    """The model that the options name. Raises DatelineError if it cannot be made."""
    from dateline.evaluation.gold import gold_of_corpus
    from dateline.evaluation.models.loading import load_model
    from dateline.evaluation.models.secrets import known_secrets

    given = _by_name(options)
    loaded = load_model(model, given, corpus.ontology, lambda: gold_of_corpus(corpus, train_split))
    return ChosenModel(model, loaded, known_secrets(given))


def _by_name(options: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise click.BadParameter(f"{option!r} is not NAME=VALUE.", param_hint="--option")
        found[name] = value
    return found
