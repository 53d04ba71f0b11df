"""``dateline reopen``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    annotators_option,
    documents_option,
    echo_json,
    format_option,
    layers_option,
    names_option,
    pass_settings,
)
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dateline.adjudication.reopening import Reopened

_NEXT = """\
Next:
  - Correct gold in annotations/gold/ by hand, then log the corrections by running the command that
    made it with --curator and --reason: dateline adjudicate ANNOTATORS --curator NAME --reason WHY
  - Or give annotations out to be corrected: dateline studio push --project TITLE --from NAME. The
    pull records the guidelines of that project.
  - When annotations were checked: dateline reopen --checked --annotators NAME --documents IDS"""


@click.command(cls=Command)
@annotators_option('Only annotations of these annotators, or "gold".  [default: all]')
@documents_option()
@layers_option("Only rules about these layers.  [default: all]")
@names_option("--labels", "LABEL", "Only these labels or rules, such as entity:PERSON.")
@click.option(
    "--checked",
    is_flag=True,
    help="Record that the annotations follow the current guidelines; needs --annotators.",
)
@format_option("text", "json")
@pass_settings
def reopen(
    settings: Settings,
    annotators: tuple[str, ...],
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    labels: tuple[str, ...],
    checked: bool,
    output_format: str,
) -> None:
    """List the items to check after a rule has changed.

    Compares the guidelines that each annotation was made by with the current ones, by the versions
    in schema/rules.json. Items that all annotators agree on are listed too. With --checked, nothing
    is listed: the annotations are marked as checked by the current guidelines.

    \b
    Examples:
      dateline reopen --annotators gold
      dateline reopen --labels event:ATTACK,entity:WEAPON --format json
      dateline reopen --checked --annotators gold --documents a,b
    """
    from dateline.adjudication.reopening import TEXT, check_off, reopened
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked

    corpus = Corpus(settings.root)
    if checked:
        if not annotators or layers or labels:
            raise click.UsageError(
                "--checked needs --annotators, and is about all layers and labels."
            )
        with locked(corpus.root):
            files = check_off(corpus, annotators, documents)
        for path in files:
            settings.say(f"{corpus.relative(path)}: marked as checked")
        if not files:
            settings.say("Nothing to mark: all of these follow the current guidelines.")
        return
    found = [*reopened(corpus, annotators, documents, layers, labels)]
    if output_format == "json":
        echo_json(found)
    else:
        _print(found)
    whole = sum(entry.kind == TEXT for entry in found)
    items, texts = counted(len(found) - whole, "item"), counted(whole, "whole text")
    settings.say(f"{items} and {texts} to look at again.")
    if found:
        settings.say(_NEXT)


def _print(found: Sequence[Reopened]) -> None:
    from dateline.rendering.tables import Table, print_tables

    by_change: dict[str, list[tuple[str, ...]]] = {}
    for entry in found:
        title = f"{entry.rule or 'All rules'}: {entry.before or 'unknown'} → {entry.after}"
        place = (entry.annotator, entry.document, entry.kind, entry.id or "")
        row = (*place, entry.label, entry.quote)
        by_change.setdefault(f"{title}, {entry.reason}", []).append(row)
    columns = ("annotator", "document", "kind", "id", "label", "quote")
    print_tables(Table(title, columns, rows, texts=6) for title, rows in by_change.items())
