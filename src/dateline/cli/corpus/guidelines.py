"""``dateline guidelines``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.errors import DatelineError, InvalidInputError


@click.command(cls=Command)
@click.option(
    "--write", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Update the label section of this page, or create the page.",
)  # fmt: skip
@click.option(
    "--check", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Exit with 1 if the label section of this page is out of date.",
)  # fmt: skip
@pass_settings
def guidelines(settings: Settings, write: Path | None, check: Path | None) -> None:
    """Print the definitions of all labels, as Markdown.

    They are generated from schema/ontology.schema.json. In a page of guidelines, they are between
    two comments, and the rest of the page is never changed.

    \b
    Example:
      dateline guidelines --write docs/guidelines.md
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked, remove_leftovers_of, write_if_changed
    from dateline.ontology.guidelines import BLOCK
    from dateline.ontology.guidelines import guidelines as labels
    from dateline.rendering.generated_blocks import block, marks, with_block

    corpus = Corpus(settings.root)
    body = labels(corpus.ontology)
    if write is None and check is None:
        echo(body, nl=False)
    if check is not None and block(_text(check), BLOCK, str(check)) != body.strip("\n"):
        raise DatelineError(
            f"{check}: is out of date with schema/ontology.schema.json; run "
            f"`dateline guidelines --write {check}`."
        )
    if write is not None:
        with locked(corpus.root):
            remove_leftovers_of(write)
            page = (
                _text(write) if write.is_file() else f"# Guidelines\n\n## Labels\n\n{marks(BLOCK)}"
            )
            changed = write_if_changed(write, with_block(page, BLOCK, body, str(write)).encode())
        settings.say(f"{write}: {'updated' if changed else 'unchanged'}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{path}: is not UTF-8: {error.reason} at byte {error.start}."
        ) from None
