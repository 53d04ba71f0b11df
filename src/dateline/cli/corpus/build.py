"""``dateline build``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, pass_settings


@click.command(cls=Command)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Output folder; an earlier build there is replaced.  [default: dist in the corpus]",
)
@pass_settings
def build(settings: Settings, out: Path | None) -> None:
    """Build the Hugging Face dataset.

    Writes Parquet files, a dataset card and Croissant metadata. Validates the corpus first: if it
    has errors, nothing is written and an earlier build is kept. The same corpus always gives the
    same bytes. The dataset contains every text; do not publish it, use `dateline publish`.

    \b
    Examples:
      dateline build --out dist
      python -c 'import dateline; print(dateline.load("claims", path="dist"))'
    """
    from dateline.corpus.store import Corpus
    from dateline.dataset.build import build as build_dataset

    corpus = Corpus(settings.root)
    target = out or corpus.root / "dist"
    built = build_dataset(corpus, target, lambda ids: settings.progress(ids, "Building"))
    if settings.quiet:
        return
    from dateline.rendering.tables import Table, print_tables

    rows = [
        (config, split, f"{written.rows:,}")
        for config, splits in built.tables.items()
        for split, written in splits.items()
    ]
    columns = ("config", "split", "rows")
    print_tables([Table(f"Built {target}", columns, rows, texts=2)], stderr=True)
    folder = json.dumps(str(target), ensure_ascii=False)
    settings.say(f"Load it in Python: from datasets import load_dataset; load_dataset({folder})")
    tags = built.tags
    if tags.untagged or tags.widened:
        settings.say(
            f"BIO tags in entities: {tags.untagged:,} of {tags.mentions:,} mentions have none of "
            f"their own, and {tags.widened:,} have tags that are wider than the mention; the "
            'columns "untagged" and "widened" list them.'
        )
