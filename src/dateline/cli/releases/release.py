"""``dateline diff`` and ``dateline release``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from dateline.cli.corpus.datasheet import datasheet
from dateline.cli.corpus.validate import show_incident
from dateline.cli.shared import (
    Command,
    Settings,
    dry_run_option,
    echo,
    format_option,
    pass_settings,
)
from dateline.errors import ConflictError

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.release.plan import ReleasePlan


@click.command(cls=Command)
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@format_option("text", "md", "json")
@pass_settings
def diff(settings: Settings, before: str, after: str | None, output_format: str) -> None:
    """Show what changed between two versions.

    A and B are released versions or git revisions; without B, A is compared with the working tree.
    Items are compared by id, so the order and the formatting of the files do not matter. Also shows
    the version bump that the changes require: patch, minor or major.

    \b
    Examples:
      dateline diff 1.0.0
      dateline diff HEAD~1 HEAD --format md
    """
    from dateline.corpus.store import Corpus
    from dateline.release.diff.corpus_diff import diff_corpus
    from dateline.release.diff.formats import as_json, as_markdown, as_text

    difference = diff_corpus(Corpus(settings.root), before, after)
    if output_format == "json":
        echo(as_json(difference))
        return
    for line in as_markdown(difference) if output_format == "md" else as_text(difference):
        echo(line)


@click.command(cls=Command)
@click.argument("version", required=False)
@dry_run_option("Show what would be released, and write nothing.")
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Release date.  [default: today, UTC]",
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
    """Cut a release.

    Compares the committed corpus with the previous release and uses the lowest version that the
    changes allow, or VERSION if it is high enough. Builds the dataset, checks the release rules and
    the datasheet, writes releases/VERSION.json, CHANGELOG.md and CITATION.cff, commits these files
    and tags the commit. Nothing is uploaded. If a run is interrupted, run the command again.

    \b
    Examples:
      dateline release --dry-run
      dateline release 1.2.0
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked
    from dateline.release.cut import NOTE, cut_release, resume_release

    corpus = Corpus(settings.root)
    day = (date or datetime.now(UTC)).date().isoformat()
    if dry_run:
        if (corpus.root / NOTE).is_file():
            raise ConflictError(
                f"{corpus.root / NOTE}: a release was interrupted. Run `dateline release` without "
                "--dry-run; it finishes or undoes that release first."
            )
        _plan(ctx, settings, corpus, version, day)
        settings.say("Nothing was written (--dry-run).")
        return
    with locked(corpus.root):
        found = resume_release(corpus)
        if found is None or version not in (None, found.version, f"v{found.version}"):
            found = cut_release(corpus, _plan(ctx, settings, corpus, version, day))
        else:
            settings.say("Finished the release that was interrupted.")
    settings.say(
        f"Released {found.version}: commit {found.commit[:9]}, tag v{found.version}. "
        "Run `git push --follow-tags` to share it."
    )


def _plan(
    ctx: click.Context, settings: Settings, corpus: Corpus, version: str | None, day: str
) -> ReleasePlan:
    from dateline.release.plan import plan_release

    if (corpus.root / "DATASHEET.md").is_file():
        ctx.invoke(datasheet, task="check")
    plan = plan_release(corpus, version, day, lambda ids: settings.progress(ids, "Building"))
    for incident in plan.warnings:
        show_incident(incident)
    _show(plan)
    return plan


def _show(plan: ReleasePlan) -> None:
    previous = plan.manifest.previous
    echo(f"Version {plan.version}" + (f" (previous: {previous})" if previous else " (first)"))
    if plan.difference is not None:
        from dateline.release.diff.formats import summary

        echo(f"  {plan.difference.bump.level} changes")
        for line in summary(plan.difference.changes):
            echo(f"  {line}")
    for kind, number in plan.manifest.counts.items():
        echo(f"  {kind.replace('_', ' ')}: {number:,}")
    for path in plan.files:
        echo(f"  writes {path}")
