"""``dateline diff`` and ``dateline release``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from dateline.cli.corpus.stats import datasheet
from dateline.cli.corpus.validate import show_incident
from dateline.cli.shared import Command, Settings, pass_settings

if TYPE_CHECKING:
    from dateline.release.plan import Plan


@click.command(cls=Command)
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
@pass_settings
def diff(settings: Settings, before: str, after: str | None, output_format: str) -> None:
    """Show what changed from A to B, item by item.

    A and B are released versions or git revisions; without B it is the working tree. Items are
    told apart by their ids, so the order and the form of the files do not matter. Says which
    version the changes make at least: a patch, a minor or a major one.

    \b
    Example:
      dateline diff 1.0.0
      dateline diff HEAD~1 HEAD --format markdown
    """
    from dateline.corpus.store import Corpus
    from dateline.release.diff.comparison import compare
    from dateline.release.diff.rendering import as_json, as_markdown, as_text

    comparison = compare(Corpus(settings.root), before, after)
    if output_format == "json":
        click.echo(as_json(comparison))
        return
    for line in as_markdown(comparison) if output_format == "markdown" else as_text(comparison):
        click.echo(line)


@click.command(cls=Command)
@click.argument("version", required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be released, and write nothing.")
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Day of the release.  [default: today, UTC]",
)
@pass_settings
@click.pass_context
def release(
    ctx: click.Context,
    settings: Settings,
    version: str | None,
    dry_run: bool,
    date: datetime | None,
) -> None:
    """Cut a release of the corpus.

    Compares what is committed with the release before, and takes the least version that the
    changes allow, or VERSION where it is no smaller. Builds the dataset, checks the rules for
    releases and the datasheet, writes releases/VERSION.json, CHANGELOG.md and CITATION.cff, commits
    these and tags the commit. Nothing is sent anywhere.

    \b
    Example:
      dateline release --dry-run
      dateline release 1.2.0
    """
    from dateline.corpus.store import Corpus
    from dateline.release.cut import cut_release
    from dateline.release.plan import plan_release

    corpus = Corpus(settings.root)
    if (corpus.root / "DATASHEET.md").is_file():
        ctx.invoke(datasheet, task="check")
    day = (date or datetime.now(UTC)).date().isoformat()
    total = len(corpus.document_ids()) + 1
    plan = plan_release(
        corpus, version, day, lambda bundles: settings.progress(bundles, "Building", total)
    )
    for incident in plan.warnings:
        show_incident(incident)
    _show(plan)
    if dry_run:
        settings.say("Nothing was written. Leave out --dry-run to cut it.")
        return
    commit = cut_release(corpus, plan)
    settings.say(
        f"Released {plan.version}: commit {commit[:9]}, tag {plan.version.tag}. "
        f"`git push --follow-tags` brings it to others."
    )


def _show(plan: Plan) -> None:
    since = f" after {plan.manifest.previous}" if plan.manifest.previous else ", the first"
    click.echo(f"Version {plan.version}{since}")
    if plan.comparison is not None:
        from dateline.release.diff.rendering import summary

        click.echo(f"  at least a {plan.comparison.bump.level} version")
        for line in summary(plan.comparison.changes):
            click.echo(f"  {line}")
    for kind, number in plan.manifest.counts.items():
        click.echo(f"  {kind.replace('_', ' ')}: {number:,}")
    for path in plan.files:
        click.echo(f"  writes {path}")
