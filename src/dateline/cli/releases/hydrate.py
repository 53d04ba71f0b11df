"""``dateline hydrate``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.rendering.listing import counted


@click.command(cls=Command)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--texts",
    "--seeds",
    "copies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="Your copies: ID.txt for each document, the text or the seed that it was made from.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="Where to write the dataset with texts; an earlier one there is replaced.",
)
@pass_settings
def hydrate(settings: Settings, folder: Path, copies: Path, out: Path) -> None:
    """Fill in the texts that a published dataset withholds.

    FOLDER is the downloaded dataset. A text is taken only if its hash is the one in the dataset.
    Documents whose text is missing or is another are named and stay as they are; the command then
    exits with 1.

    \b
    Example:
      dateline hydrate downloaded --texts my-texts --out filled-in
      dateline hydrate downloaded --seeds seeds --out filled-in
    """
    from dateline.release.hydration.dataset_folder import hydrate_folder

    found = hydrate_folder(folder, copies, out)
    settings.say(f"{out}: {found.filled:,} of {counted(found.documents, 'text')} filled in")
    if found.complaint:
        click.echo(f"Not filled in: {found.complaint}.", err=True)
        raise click.exceptions.Exit(1)
