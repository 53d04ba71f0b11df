"""``dateline guidelines``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.errors import DatelineError


@click.command(cls=Command)
@click.option(
    "--write", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Bring the labels in this page up to date; the rest of it stays as it is.",
)  # fmt: skip
@click.option(
    "--check", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Exit with 1 if the labels in this page are not up to date.",
)  # fmt: skip
@pass_settings
def guidelines(settings: Settings, write: Path | None, check: Path | None) -> None:
    """Print what each label means, as Markdown.

    All of it is made from schema/ontology.schema.json. A page of guidelines, with chapters of your
    own, holds it between two marks; one that is not there yet is made with nothing else in it.

    \b
    Example:
      dateline guidelines --write docs/guidelines.md
    """
    from dateline.corpus.store import Corpus, write_if_changed
    from dateline.ontology.guidelines import BLOCK
    from dateline.ontology.guidelines import guidelines as labels
    from dateline.rendering.generated_blocks import block, marks, with_block

    body = labels(Corpus(settings.root).ontology)
    if write is None and check is None:
        click.echo(body, nl=False)
    if check is not None and block(_text(check), BLOCK, str(check)) != body.strip("\n"):
        raise DatelineError(
            f"{check}: is not what schema/ontology.schema.json says; run "
            f"`dateline guidelines --write {check}`."
        )
    if write is not None:
        page = _text(write) if write.is_file() else f"# Guidelines\n\n## Labels\n\n{marks(BLOCK)}"
        changed = write_if_changed(write, with_block(page, BLOCK, body, str(write)).encode())
        settings.say(f"{write}: {'brought up to date' if changed else 'is up to date'}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DatelineError(
            f"{path}: is not UTF-8: {error.reason} at byte {error.start}."
        ) from None
