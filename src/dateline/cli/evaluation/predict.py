"""``dateline predict``: a model over the texts of a corpus or a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.interrupts import prompt_exit
from dateline.cli.shared import Command, Settings, pass_settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.predictions.texts import Text


@click.command(cls=Command)
@click.option(
    "--model", required=True, metavar="NAME",
    help="baseline, spacy:PIPELINE, gliner:MODEL, openai:MODEL, or one that a plug-in brings.",
)  # fmt: skip
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE",
    help="Something the model can be told; docs/models.md lists what.",
)  # fmt: skip
@click.option("--split", metavar="NAME", help="Predict documents of this split only.")
@click.option(
    "--texts", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Predict the .txt files of this folder instead of the corpus.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="Where to write predictions (.jsonl); the record of the run lies beside it.",
)  # fmt: skip
@click.option("--batch", type=click.IntRange(1), default=16, show_default=True)
@click.option("--train-split", default="train", show_default=True, help="What a model may learn.")
@click.option("--restart", is_flag=True, help="Throw away what an earlier run wrote to --out.")
@pass_settings
@prompt_exit()
def predict(
    settings: Settings,
    /,
    model: str,
    options: tuple[str, ...],
    split: str | None,
    texts: Path | None,
    out: Path,
    batch: int,
    train_split: str,
    restart: bool,
) -> None:
    """Let a model predict, and keep a record of the run.

    An interrupted run goes on where it stopped; texts that failed are tried again. The record says
    which model, version and settings it was, how long it took and what it cost.

    \b
    Example:
      dateline predict --model baseline --option learn=schema --out baseline.jsonl
      dateline predict --model spacy:en_core_web_sm --texts news/ --out spacy.jsonl
    """
    from dateline.corpus.store import Corpus
    from dateline.evaluation.gold import gold_of_corpus
    from dateline.evaluation.models.interface import make_model
    from dateline.evaluation.models.run import record_path, run
    from dateline.predictions.texts import texts_of_corpus, texts_of_folder

    corpus = Corpus(settings.root)
    made = make_model(
        model, _read(options), corpus.ontology, lambda: gold_of_corpus(corpus, train_split)
    )
    if texts is not None and split is not None:
        raise DatelineError(
            "--split names a part of the corpus, and --texts another folder; say one."
        )
    found = texts_of_folder(texts) if texts is not None else texts_of_corpus(corpus, split)
    source = texts.name if texts is not None else f"corpus, split {split or 'all'}"
    if restart:
        out.unlink(missing_ok=True)
        record_path(out).unlink(missing_ok=True)

    ids: set[str] = set()

    def watch(items: Iterable[Text]) -> Iterable[Text]:
        for text in settings.progress(items, "Predicting"):
            ids.add(text.id)
            yield text

    record = run(model, made, found, source, out, batch, watch)
    for name, reason in record.failed.items():
        click.echo(f"{name}: {reason}")
    spent = "".join(f", {key.replace('_', ' ')}: {n:,.0f}" for key, n in record.cost.items())
    settings.say(
        f"{out}: {record.predicted} predicted, {len(record.failed)} failed, "
        f"{record.seconds:.1f} s{spent}"
    )
    seen = ids & set(record.settings.get("documents", ()))
    if seen:
        settings.say(
            f"Note: the model learnt from {len(seen)} of these {len(ids)} texts; a score on those "
            "says nothing."
        )
    if record.failed:
        raise click.exceptions.Exit(1)


def _read(options: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise DatelineError(f"--option {option}: write NAME=VALUE.")
        found[name] = value
    return found
