"""``dateline accept``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.gold.curator import now
from dateline.cli.shared import (
    Command,
    Settings,
    documents_option,
    dry_run_option,
    echo,
    layers_option,
    pass_settings,
)
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import GOLD
from dateline.rendering.listing import counted, listed

if TYPE_CHECKING:
    from dateline.adjudication.accept import Candidate
    from dateline.corpus.store import Corpus

SHOWN = 20
"""Documents that were left alone, which are listed."""


@click.command(cls=Command)
@click.argument("source", metavar="ANNOTATOR|PREDICTIONS")
@click.option(
    "--as",
    "target",
    metavar="NAME",
    help='With predictions: the annotator to write, or "gold".  [default for an annotator: gold]',
)
@documents_option("Only these documents.  [default: all that the source has]")
@layers_option("Only these layers.  [default: all that the source has]")
@dry_run_option()
@pass_settings
def accept(
    settings: Settings,
    source: str,
    target: str | None,
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Make gold from one annotation or from predictions.

    An annotator's annotations become gold, without adjudication. The predictions of a file become
    the annotations of an annotator, or gold. The result is checked first. Its provenance and the
    decision log state the source, and that nobody adjudicated it. Gold that was adjudicated or
    corrected, gold of another source, and annotations with other content are never overwritten;
    if there are any, the command lists them, accepts the rest, and exits with 1.

    \b
    Examples:
      dateline accept ana
      dateline accept ana --documents a,b --layers entities --dry-run
      dateline accept predictions.jsonl --as tagger-1
      dateline accept predictions.jsonl --as gold
    """
    from dateline.adjudication.accept import accept as write_accepted
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked

    corpus = Corpus(settings.root)
    with nullcontext() if dry_run else locked(corpus.root):
        candidates, target = _candidates(corpus, source, target, documents, layers)
        found = write_accepted(corpus, candidates, target, now(), layers, dry_run=dry_run)
    for line in listed(found.refused, SHOWN, more="more documents that were left alone"):
        echo(line, err=True)
    verb = "would be accepted" if dry_run else "accepted"
    parts = [f"{counted(len(found.written), 'document')} {verb} from {source}"]
    parts += [f"{len(found.unchanged):,} unchanged"] * bool(found.unchanged)
    parts += [f"{len(found.refused):,} left alone"] * bool(found.refused)
    settings.say(f"{target}: {', '.join(parts)}. Nobody adjudicated them.")
    if found.refused:
        raise click.exceptions.Exit(1)


def _candidates(
    corpus: Corpus,
    source: str,
    target: str | None,
    documents: tuple[str, ...],
    layers: tuple[str, ...],
) -> tuple[list[Candidate], str]:
    """The annotations to accept, and whose they become."""
    from dateline.adjudication.accept import annotations_of, predictions_of

    known = corpus.annotators()
    if source in (*known, GOLD):
        if target not in (None, GOLD):
            raise InvalidInputError(
                f'--as {target}: the annotations of "{source}" can only become gold. Omit --as.'
            )
        return annotations_of(corpus, source, documents, layers), GOLD
    path = Path(source)
    if not path.is_file():
        names = ", ".join(name for name in known if name != GOLD) or "none"
        raise NotFoundError(
            f"{source}: is neither an annotator nor a predictions file. Annotators: {names}."
        )
    if target is None:
        raise InvalidInputError(
            f"{source}: name the annotator whose annotations the predictions become, as in --as "
            f"tagger-1, or use --as {GOLD}."
        )
    return predictions_of(corpus, path, documents, layers), target
