"""``dateline predict``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.interrupts import prompt_exit
from dateline.cli.model_options import chosen_model, model_options
from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.predictions.texts import Text


@click.command(cls=Command)
@model_options
@click.option("--split", metavar="NAME", help="Only documents of this split.")
@click.option(
    "--texts", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Predict the .txt files of this folder instead of the corpus.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="Predictions to write (.jsonl); the run record is written next to it (.run.json).",
)  # fmt: skip
@click.option(
    "--batch", type=click.IntRange(1), default=16, show_default=True, help="Texts per batch."
)
@click.option("--restart", is_flag=True, help="Discard what an earlier run wrote to --out.")
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
    """Run a model over documents and record the run.

    An interrupted run is resumed, and texts that failed are tried again. The run record has the
    model, its version and settings, the duration and the cost. Exits with 1 if a text failed.

    \b
    Examples:
      dateline predict --model baseline --option learn=schema --out baseline.jsonl
      dateline predict --model spacy:en_core_web_sm --texts news/ --out spacy.jsonl
    """
    from dateline.corpus.store import Corpus
    from dateline.evaluation.models.run import record_path, run
    from dateline.predictions.texts import texts_of_corpus, texts_of_folder

    if texts is not None and split is not None:
        raise click.UsageError("--split selects documents of the corpus; omit it with --texts.")
    corpus = Corpus(settings.root)
    chosen = chosen_model(corpus, model, options, train_split)
    selected = texts_of_folder(texts) if texts is not None else texts_of_corpus(corpus, split)
    source = texts.name if texts is not None else f"corpus, split {split or 'all'}"
    if restart:
        out.unlink(missing_ok=True)
        record_path(out).unlink(missing_ok=True)

    ids: set[str] = set()

    def watch(items: Iterable[Text]) -> Iterable[Text]:
        for text in settings.progress(items, "Predicting"):
            ids.add(text.id)
            yield text

    record = run(model, chosen.model, selected, source, out, batch, watch, chosen.secrets)
    for name, reason in record.failed.items():
        echo(f"{name}: {reason}")
    cost = "".join(f", {key.replace('_', ' ')}: {n:,.0f}" for key, n in record.cost.items())
    settings.say(
        f"{out}: {record.predicted} predicted, {len(record.failed)} failed, "
        f"{record.seconds:.1f} s{cost}"
    )
    seen = ids & set(record.settings.get("documents", ()))
    if seen:
        settings.say(
            f"Warning: the model learnt from {len(seen)} of these {counted(len(ids), 'text')}; "
            "scores on those are not meaningful."
        )
    if record.failed:
        raise click.exceptions.Exit(1)
