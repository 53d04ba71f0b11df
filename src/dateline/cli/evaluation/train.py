"""``dateline train``: a command for each recipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from dateline.cli.shared import Group, Settings, pass_settings
from dateline.rendering.listing import counted

F = TypeVar("F", bound=Callable[..., None])


@click.group(cls=Group)
def train() -> None:
    """Train a model on gold with another library's trainer."""


def recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every recipe but ``--base``."""
    for option in (
        click.option("--seed", type=click.IntRange(0), default=13, show_default=True, help="Seed."),
        click.option(
            "--share", type=click.IntRange(1, 100), default=100, show_default=True,
            metavar="PERCENT", help="Share of the groups of the split to train on, by the seed.",
        ),
        click.option(
            "--validation-split", default="validation", show_default=True,
            help="Split that decides which weights are kept.",
        ),
        click.option("--split", default="train", show_default=True, help="Split to train on."),
        click.option(
            "--out", type=click.Path(file_okay=False, path_type=Path), required=True,
            metavar="MODEL", help="Folder for the model and training.json, the record of the run.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def trainer_options(
    base: str, *, epochs: int, batch_size: int, learning_rate: float
) -> Callable[[F], F]:
    """The options of recipes that use the Trainer of Transformers; ``base`` is what it may be."""
    options = (
        click.option("--base", required=True, metavar="MODEL", help=base),
        click.option(
            "--epochs", type=click.IntRange(1), default=epochs, show_default=True,
            help="Number of times that all examples are seen.",
        ),
        click.option(
            "--batch-size", type=click.IntRange(1), default=batch_size, show_default=True,
            help="Number of sentences in a batch.",
        ),
        click.option(
            "--learning-rate", type=click.FloatRange(0, min_open=True), default=learning_rate,
            show_default=True, help="Learning rate.",
        ),
    )  # fmt: skip

    def decorated(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


@train.command()
@recipe_options
@click.option(
    "--base", default="", metavar="PIPELINE",
    help="Installed pipeline whose layer tok2vec is trained on.  [default: random weights]",
)  # fmt: skip
@click.option(
    "--component", "components", multiple=True, default=("ner",), show_default=True,
    type=click.Choice(["ner", "spancat", "textcat_multilabel"]),
    help="Component to train; repeat it for several.",
)  # fmt: skip
@click.option(
    "--max-steps", type=click.IntRange(1), default=1000, show_default=True,
    help="Number of batches after which training stops.",
)  # fmt: skip
@click.option(
    "--patience", type=click.IntRange(1), default=400, show_default=True,
    help="Number of batches without a better score after which training stops.",
)  # fmt: skip
@pass_settings
def spacy(settings: Settings, /, out: Path, **options: Any) -> None:
    """Train a spaCy pipeline.

    It recognizes mentions and triggers, or acts of claims.

    Uses spaCy's trainer, on the CPU, with a config that spaCy generates. The same gold and options
    give the same weights. No other split is read.

    The component ner reduces overlapping mentions to the longest, spancat keeps all of them, and
    textcat_multilabel learns the acts of the claims in a sentence.

    \b
    Examples:
      dateline train spacy --out models/news
      dateline train spacy --base en_core_web_sm --out models/news
      dateline train spacy --component spancat --component textcat_multilabel --out models/news
      dateline predict --model spacy:models/news --split test --out news.jsonl
    """
    _train(settings, "spacy", out, options)


@train.command()
@recipe_options
@trainer_options(
    "Folder with a model and its tokenizer, or a name on the Hugging Face Hub.",
    epochs=10, batch_size=16, learning_rate=5e-5,
)  # fmt: skip
@click.option(
    "--max-length", type=click.IntRange(8), default=256, show_default=True,
    help="Most tokens of an input; longer sentences are cut into several.",
)  # fmt: skip
@pass_settings
def transformers(settings: Settings, /, out: Path, **options: Any) -> None:
    """Train models with Transformers.

    One classifies tokens, to find mentions and triggers; another classifies pairs of both, to find
    the roles of arguments. Uses the library's Trainer, on the fastest device. The weights of the
    epoch with the best F1 on the validation split are kept. No other split is read.

    \b
    Examples:
      dateline train transformers --base FacebookAI/roberta-base --out models/news
      dateline predict --model transformers:models/news --split test --out news.jsonl
    """
    _train(settings, "transformers", out, options)


@train.command()
@recipe_options
@trainer_options(
    "Folder with a GLiNER model, or a name on the Hugging Face Hub.",
    epochs=5, batch_size=8, learning_rate=1e-5,
)  # fmt: skip
@pass_settings
def gliner(settings: Settings, /, out: Path, **options: Any) -> None:
    """Train a GLiNER model further.

    It finds mentions by the titles of their types. Uses GLiNER's trainer, on the fastest device.
    The weights of the epoch with the lowest loss on the validation split are kept. No other split
    is read.

    \b
    Examples:
      dateline train gliner --base urchade/gliner_small-v2.1 --out models/gliner
      dateline predict --model gliner:models/gliner --split test --out gliner.jsonl
    """
    _train(settings, "gliner", out, options)


def log_of(settings: Settings) -> IO[str]:
    """Where a recipe reports its progress."""
    return io.StringIO() if settings.quiet else sys.stderr


def _train(settings: Settings, name: str, out: Path, options: Mapping[str, Any]) -> None:
    from dateline.corpus.store import Corpus
    from dateline.training.recipes import recipe_named

    recipe = recipe_named(name)
    corpus = Corpus(settings.root)
    record = recipe.train(corpus, recipe.options(**options), out, log_of(settings))
    for data in (record.train, record.validation):
        left_out = "; ".join(f"{reason}: {n}" for reason, n in data.left_out.items())
        settings.say(
            f"{data.split}: {counted(data.items, 'item')} in "
            f"{counted(len(data.documents), 'document')}. Left out: {left_out or 'none'}"
        )
    settings.say(f"{out}: trained in {record.seconds:.0f} s")
