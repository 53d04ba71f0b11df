"""``dateline carry``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from dateline.cli.gold.curator import now
from dateline.cli.shared import (
    Command,
    Settings,
    documents_option,
    dry_run_option,
    echo,
    pass_settings,
)
from dateline.errors import InvalidInputError
from dateline.model import GOLD
from dateline.rendering.listing import counted, listed

SHOWN = 20
"""Documents that were left alone, which are listed."""


@click.command(cls=Command)
@click.argument("name", metavar="NAME")
@documents_option("Only these contrasts.  [default: all without gold whose original has gold]")
@click.option(
    "--corrected-since",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder with the gold of originals before it was corrected; changes what NAME made of it "
    "as gold was changed.",
)
@dry_run_option()
@pass_settings
def carry(
    settings: Settings,
    name: str,
    documents: tuple[str, ...],
    corrected_since: Path | None,
    dry_run: bool,
) -> None:
    """Carry gold over to contrasts, to start annotating from.

    The gold of the original becomes a draft annotation of each contrast by the annotator NAME, with
    items where the edit of the text leaves them. Provenance names the gold, and that nobody has
    annotated what the edit changes. Annotations with other content are never overwritten; if there
    are any, the command lists them, writes the rest, and exits with 1.

    When the gold of originals was corrected later, --corrected-since carries the corrections to
    NAME's annotations, which differ from their originals only where the edit changes something.

    \b
    Examples:
      dateline carry carried
      dateline carry carried --documents strike-hedged --dry-run
      dateline studio push --from carried
      dateline carry carried --corrected-since former/annotations/gold
    """
    from dateline.adjudication.accept import accept
    from dateline.adjudication.carry import carried_gold, carry_corrections
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked

    if name == GOLD:
        raise InvalidInputError(f'"{GOLD}" is what is carried over. Name another annotator.')
    corpus = Corpus(settings.root)
    with nullcontext() if dry_run else locked(corpus.root):
        if corrected_since is None:
            found = accept(corpus, carried_gold(corpus, documents), name, now(), dry_run=dry_run)
        else:
            found = carry_corrections(corpus, name, corrected_since, documents, dry_run=dry_run)
    for line in listed(found.refused, SHOWN, more="more documents that were left alone"):
        echo(line, err=True)
    verb = "would be written" if dry_run else "written"
    noun = "draft" if corrected_since is None else "annotation"
    parts = [f"{counted(len(found.written), noun)} {verb}"]
    parts += [f"{len(found.unchanged):,} unchanged"] * bool(found.unchanged)
    parts += [f"{len(found.refused):,} left alone"] * bool(found.refused)
    settings.say(f"{name}: {', '.join(parts)}.")
    if found.refused:
        raise click.exceptions.Exit(1)
