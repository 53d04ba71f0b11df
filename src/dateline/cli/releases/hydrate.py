"""``dateline hydrate``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.rendering.listing import counted


@click.command(cls=Command)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="Folder with your copies: ID.txt for each document, its text or its seed.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="Output folder; an earlier dataset there is replaced.",
)
@pass_settings
def hydrate(settings: Settings, folder: Path, texts: Path, out: Path) -> None:
    """Restore withheld texts from your own copies.

    FOLDER is a downloaded dataset. A copy is accepted only if its hash is the one in the dataset.
    Documents whose copy is missing or does not match are listed and left as they are; the command
    then exits with 1.

    \b
    Example:
      dateline hydrate downloaded --texts my-texts --out restored
    """
    from dateline.release.hydration.hydrate_folder import hydrate_folder

    result = hydrate_folder(folder, texts, out)
    settings.say(f"{out}: restored {result.restored:,} of {counted(result.documents, 'text')}")
    if result.problem:
        echo(f"Not restored: {result.problem}.", err=True)
        raise click.exceptions.Exit(1)
