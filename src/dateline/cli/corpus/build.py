"""`dateline build`: the corpus as a dataset."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, pass_settings


@click.command(cls=Command)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write it; an earlier build there is replaced.  [default: dist in the corpus]",
)
@pass_settings
def build(settings: Settings, out: Path | None) -> None:
    """Write the corpus as a Hugging Face dataset.

    It is a folder of Parquet files and their card.

    The corpus is validated on the way. Where it has an error nothing is written, and an earlier
    build stays as it is. The same corpus always gives the same bytes.

    \b
    Example:
      dateline build --out dist
      python -c 'import dateline; print(dateline.load("claims", path="dist"))'
    """
    from dateline.corpus.store import Corpus
    from dateline.dataset.build import build as build_dataset

    corpus = Corpus(settings.root)
    target = out or corpus.root / "dist"
    total = len(corpus.document_ids()) + 1
    files = build_dataset(
        corpus, target, lambda bundles: settings.progress(bundles, "Building", total)
    )
    if settings.quiet:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("config", "split", "rows", title=f"Built {target}", title_justify="left")
    for config, splits in files.items():
        for split, written in splits.items():
            table.add_row(config, split, f"{written.rows:,}")
    Console(stderr=True).print(table)
