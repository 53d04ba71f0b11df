"""``dateline publish``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    dry_run_option,
    echo,
    names_option,
    pass_settings,
)
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.rendering.listing import counted, listed
from dateline.rendering.printable import printable

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.release.manifest import Manifest
    from dateline.release.publishing.hub import Hub
    from dateline.release.publishing.publish import PublishOptions, PublishPlan, StagedFile
    from dateline.release.publishing.staging import StagedTexts


@click.command(cls=Command)
@click.argument("repository", metavar="ORG/NAME")
@dry_run_option("Show what would be published, and publish nothing.")
@click.option("--yes", "-y", is_flag=True, help="Publish without asking for confirmation.")
@click.option("--private", is_flag=True, help="Make the repository private if it is new.")
@names_option("--include-text", "ID", "Publish these documents' texts although rights forbid it.")
@click.option(
    "--allow-phrases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Phrases of withheld texts, one a line, that may be published.",
)
@click.option(
    "--parent",
    metavar="COMMIT",
    help="Publish on top of this head of the Hub, although it is not a release.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the published files in this folder.  [default: a temporary folder]",
)
@click.option(
    "--site",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also write the site of `dateline view` here, as the folder of a static Space.",
)
@pass_settings
def publish(
    settings: Settings,
    repository: str,
    dry_run: bool,
    yes: bool,
    private: bool,
    include_text: tuple[str, ...],
    allow_phrases: Path | None,
    parent: str | None,
    out: Path | None,
    site: Path | None,
) -> None:
    """Publish a release to the Hugging Face Hub.

    Publishes the latest release, without texts that must not be shared, and without the labels of
    splits that annotations/withheld.toml names (`dateline docs releasing`). Shows every file with
    its size and hash and asks for confirmation; then uploads these files in one commit and tags it.
    If a run is interrupted, run the command again: nothing is uploaded twice.

    The token is read from HF_TOKEN, or asked for.

    \b
    Examples:
      dateline publish my-org/my-corpus --dry-run --out staged
      dateline publish my-org/my-corpus
    """
    from dateline.corpus.store import Corpus
    from dateline.release.publishing.hub import Hub
    from dateline.release.publishing.publish import PublishOptions, staged_files
    from dateline.release.publishing.publish import publish as publish_release
    from dateline.release.publishing.staging import stage
    from dateline.release.version import parse_version, tag_of

    if not (dry_run or yes or sys.stdin.isatty()):
        raise InvalidInputError(
            "publishing needs a terminal to ask for confirmation. Pass --yes to publish without "
            "asking, or --dry-run to only show what would be published."
        )
    corpus = Corpus(settings.root)
    manifest = _latest_release(corpus)
    version = parse_version(manifest.version)
    options = PublishOptions(version=version, private=private, parent=parent)
    with nullcontext(out) if out else tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) if out else Path(temporary) / "dist"
        texts = stage(
            corpus,
            manifest,
            folder,
            include_text,
            lambda ids: settings.progress(ids, "Staging"),
            _phrases(allow_phrases),
        )
        if site is not None:
            _write_site(settings, corpus, site, include_text)
        files = staged_files(folder)
        _show_files(files, texts)
        hub = Hub(repository, _token(dry_run))
        plan = _plan(hub, files, options, dry_run)
        if plan is not None:
            _show_plan(hub, plan, options)
        if dry_run:
            settings.say("Nothing was published (--dry-run).")
            return
        if plan is not None and plan.is_empty:
            return
        if not yes and not click.confirm(printable(f"Publish to {repository}?"), err=True):
            settings.say("Nothing was published.")
            return
        commit = publish_release(hub, folder, options)
    settings.say(f"Published {tag_of(version)} to {repository}: commit {commit}")
    settings.say(f'Load it with load_dataset("{repository}", revision="{tag_of(version)}")')


def _write_site(settings: Settings, corpus: Corpus, site: Path, include: Sequence[str]) -> None:
    from dateline.cli.corpus.site_reports import site_reports
    from dateline.corpus.withheld_labels import withheld_labels, without_labels
    from dateline.viewer.build import Options, build_site

    options = Options(include_text=include, as_space=True)
    with without_labels(corpus, withheld_labels(corpus)) as seen:
        reports = site_reports(settings, seen)
        build_site(seen, site, options, lambda ids: settings.progress(ids, "Writing"), reports)
    settings.say(f"Wrote the site to {site}; upload this folder to a Space of the Hub.")


def _phrases(path: Path | None) -> list[str]:
    from dateline.files.lines import lines_of
    from dateline.files.reading import read_text

    if path is None:
        return []
    lines = (line.strip() for _, line in lines_of(read_text(path)))
    return [line for line in lines if line and not line.startswith("#")]


def _latest_release(corpus: Corpus) -> Manifest:
    """The manifest of the latest release. Raises ConflictError if the corpus differs from it."""
    from dateline.dataset.description.citation import read_citation
    from dateline.release.manifest import manifest_path, read_manifest, released_versions
    from dateline.release.verify import verify_checkout

    versions = released_versions(corpus)
    if not versions:
        raise NotFoundError(
            f"{corpus.root}: there is no release to publish. Cut one with `dateline release`."
        )
    manifest = read_manifest(manifest_path(corpus, versions[-1]), corpus.schemas)
    problems = verify_checkout(corpus, manifest).problems
    if problems or read_citation(corpus.root).version != manifest.version:
        first = problems[0] if problems else "CITATION.cff: has another version"
        raise ConflictError(
            f"the corpus differs from release {manifest.version}: {first}. Cut a new release, or "
            f"check out the commit of the release (tag v{manifest.version})."
        )
    return manifest


def _token(dry_run: bool) -> str | None:
    token = os.environ.get("HF_TOKEN")
    if token or dry_run:
        return token
    if not sys.stdin.isatty():
        raise InvalidInputError("HF_TOKEN is not set. Set it to a token with write access.")
    return str(click.prompt("Token", hide_input=True, err=True))


def _plan(
    hub: Hub, files: list[StagedFile], options: PublishOptions, dry_run: bool
) -> PublishPlan | None:
    """What is left to do; None if the Hub cannot be reached, which only a dry run allows."""
    from dateline.release.publishing.hub import HubUnreachableError
    from dateline.release.publishing.publish import plan_publishing

    try:
        return plan_publishing(hub, hub.look(), files, options)
    except HubUnreachableError as error:
        if not dry_run:
            raise
        echo(f"Cannot compare with the Hub: {error}", err=True)
        return None


def _show_files(files: list[StagedFile], texts: StagedTexts) -> None:
    for file in files:
        echo(f"{file.sha256[:12]}  {file.size:>12,}  {file.path}")
    echo(f"Texts withheld: {_listed(texts.withheld)}")
    if texts.commitment is not None:
        splits = ", ".join(texts.commitment.splits)
        echo(f"Labels withheld: {splits}; commitment: {texts.commitment.sha256}")
    if texts.included:
        echo(f"Texts included by --include-text: {_listed(texts.included)}")
    for phrase in texts.allowed:
        echo(f"Phrase of a withheld text, allowed by --allow-phrases: {phrase}")
    for wording in texts.not_restorable:
        echo(f"Set to null, and not restorable from the text: {wording}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(listed(names, 10)) or "none"


def _show_plan(hub: Hub, plan: PublishPlan, options: PublishOptions) -> None:
    from dateline.release.version import tag_of

    tag = tag_of(options.version)
    if plan.is_empty:
        echo(f"{hub.name} has {tag} already, with exactly these files.")
        return
    if plan.create:
        kind = "private" if options.private else "public"
        echo(f"Create {kind} repository {hub.name} (it does not exist or is not visible)")
    if plan.uploads:
        echo(f"Upload {counted(len(plan.uploads), 'file')} in one commit")
    for path in plan.deletions:
        echo(f"Delete {path}")
    echo(f"Tag the commit {tag}")
