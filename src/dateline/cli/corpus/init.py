"""``dateline init``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, layers_option, pass_settings

STANDARD = ("entities",)
"""The layers of a new corpus if none are named."""


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@layers_option("Layers of the new ontology.  [default: entities]")
@click.option("--language", metavar="TAG", help="Language of the texts, such as en or zh-Hant.")
@click.option(
    "--example",
    type=click.Choice(["news"]),
    help="Start with the ontology of this example: entities, events and claims in news.",
)
@pass_settings
def init(
    settings: Settings,
    folder: Path,
    layers: tuple[str, ...],
    language: str | None,
    example: str | None,
) -> None:
    """Create an empty corpus in FOLDER.

    Writes an ontology with some labels for each layer, for you to change, and the other schemas;
    also a README, a citation, a datasheet, an empty list of annotators, and a file for the metadata
    that all texts have in common. Existing files are never overwritten.

    \b
    Examples:
      dateline init my-corpus --layers entities,relations --language en
      dateline init news --example news
    """
    from dateline.corpus.create import create_corpus, starting_pages

    if example and layers:
        raise click.UsageError("--example has its own layers; leave out --layers.")
    named = () if example else layers or STANDARD
    kept = create_corpus(folder, named, starting_pages(folder, named, language))
    for path in kept:
        settings.say(f"{path}: exists, and is kept")
    settings.say(
        f"Created a corpus in {folder}. Its labels are in schema/ontology.schema.json.\n"
        f"Next: put texts into {folder / 'seeds'} as NAME.txt, then run: {_ingest(folder)}"
    )


def _ingest(folder: Path) -> str:
    if folder.resolve() == Path.cwd():
        return "dateline ingest"
    return f"cd {shlex.quote(str(folder))} && dateline ingest"
