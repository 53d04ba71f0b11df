"""``dateline diff``: what changed between two states of a corpus."""

from __future__ import annotations

import click

from dateline.cli.base import Command, Settings, pass_settings


@click.command(cls=Command)
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option(
    "--format",
    "shown_as",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
@pass_settings
def diff(settings: Settings, before: str, after: str | None, shown_as: str) -> None:
    """Show what changed from A to B, item by item.

    A and B are released versions or git revisions; without B it is the working tree. Items are
    told apart by their ids, so the order and the form of the files do not matter. Says which
    version the changes make at least: a patch, a minor or a major one.

    \b
    Example:
      dateline diff 1.0.0
      dateline diff HEAD~1 HEAD --format markdown
    """
    from dateline.release.compare import compare
    from dateline.release.report import as_json, as_markdown, as_text
    from dateline.store import Corpus

    comparison = compare(Corpus(settings.root), before, after)
    if shown_as == "json":
        click.echo(as_json(comparison))
        return
    for line in as_markdown(comparison) if shown_as == "markdown" else as_text(comparison):
        click.echo(line)
