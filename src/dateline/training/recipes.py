"""The recipes, by the names of their commands and of the models that they make."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple

from dateline.corpus.store import Corpus
from dateline.evaluation.models.training_record import TrainingRecord
from dateline.training.recipe import RecipeOptions


class Recipe(NamedTuple):
    """A recipe: its name, which is that of its models too, the type of its options, and training.

    ``train`` has the corpus, the options, the folder to write, and a log of the progress.
    """

    name: str
    options: type[RecipeOptions]
    train: Callable[[Corpus, Any, Path, IO[str]], TrainingRecord]


def recipe_named(name: str) -> Recipe:
    """The recipe ``spacy``, ``transformers`` or ``gliner``."""
    module = import_module(f"dateline.training.{name}_recipe")
    options = getattr(module, f"{name.capitalize()}Options")
    return Recipe(name, options, getattr(module, f"train_{name}"))
