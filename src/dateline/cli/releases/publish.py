"""``dateline publish``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.errors import DatelineError
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.release.manifest import Manifest
    from dateline.release.publishing.hub import Hub
    from dateline.release.publishing.publish import Wish
    from dateline.release.publishing.staging import Staged

SHOWN = 10


@click.command(cls=Command)
@click.argument("repository", metavar="ORG/NAME")
@click.option("--send", is_flag=True, help="Send it. Without this, only show what would be sent.")
@click.option("--private", is_flag=True, help="Where the repository is new, let only you see it.")
@click.option(
    "--include-text",
    multiple=True,
    metavar="DOC",
    help="Publish the text of this document although its rights forbid it. Repeatable.",
)
@click.option(
    "--onto", metavar="COMMIT", help="Head of the Hub that you have looked at, if it is no release."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep what is sent in this folder, to look at.  [default: a temporary folder]",
)
@pass_settings
def publish(
    settings: Settings,
    repository: str,
    send: bool,
    private: bool,
    include_text: tuple[str, ...],
    onto: str | None,
    out: Path | None,
) -> None:
    """Publish the last release on the Hugging Face Hub.

    Texts that may not be passed on are withheld. Shows every file, its size and its hash; with
    --send, sends these in one commit and tags it. Nothing but these files is ever sent. A run that
    was interrupted is repeated by the same command, which sends nothing twice.

    The token is taken from HF_TOKEN, or asked for.

    \b
    Example:
      dateline publish my-org/my-corpus --out staged
      dateline publish my-org/my-corpus --send
    """
    from dateline.corpus.store import Corpus
    from dateline.release.publishing.hub import Hub
    from dateline.release.publishing.publish import Wish
    from dateline.release.publishing.publish import publish as publish_release
    from dateline.release.publishing.staging import stage
    from dateline.release.version import parse_version

    corpus = Corpus(settings.root)
    manifest = _released(corpus)
    version = parse_version(manifest.version)
    wish = Wish(version=version, private=private, onto=onto)
    total = len(manifest.documents) + 1
    with nullcontext(out) if out else tempfile.TemporaryDirectory() as made:
        folder = Path(made) if out else Path(made) / "dist"
        staged = stage(
            corpus,
            manifest,
            folder,
            include_text,
            lambda bundles: settings.progress(bundles, "Staging", total),
        )
        _show(folder, staged)
        token = os.environ.get("HF_TOKEN")
        if not send:
            _tell_steps(Hub(repository, token), folder, wish)
            settings.say("Nothing was sent. Add --send to send it.")
            return
        token = token or click.prompt("Token", hide_input=True, err=True)
        commit = publish_release(Hub(repository, token), folder, wish)
    settings.say(f"{repository} has {version.tag}: commit {commit}")
    settings.say(f'load_dataset("{repository}", revision="{version.tag}")')


def _released(corpus: Corpus) -> Manifest:
    """The manifest of the last release, which the corpus must be as it lies here."""
    from dateline.dataset.description.citation import read_citation
    from dateline.release.manifest import manifest_path, read_manifest, released_versions
    from dateline.release.verify import verify_checkout

    versions = released_versions(corpus)
    if not versions:
        raise DatelineError(
            f"{corpus.root}: there is no release to publish; `dateline release` cuts one."
        )
    manifest = read_manifest(manifest_path(corpus, versions[-1]))
    problems = verify_checkout(corpus, manifest).problems
    if problems or read_citation(corpus.root).version != manifest.version:
        first = problems[0] if problems else "CITATION.cff: has another version"
        raise DatelineError(
            f"the corpus is not release {manifest.version} as it lies here: {first}. Release what "
            f"has changed, or go back with `git switch --detach v{manifest.version}`."
        )
    return manifest


def _show(folder: Path, staged: Staged) -> None:
    from dateline.release.publishing.publish import staged_files

    for file in staged_files(folder):
        click.echo(f"{file.sha256[:12]}  {file.size:>12,}  {file.path}")
    click.echo(f"texts withheld: {_some(staged.withheld)}")
    if staged.included:
        click.echo(f"texts included by --include-text: {_some(staged.included)}")
    for wording in staged.lost:
        click.echo(f"null, and not brought back by a text: {wording}")


def _tell_steps(hub: Hub, folder: Path, wish: Wish) -> None:
    from dateline.release.publishing.hub import HubUnreachableError
    from dateline.release.publishing.publish import staged_files, steps_left

    try:
        steps = steps_left(hub, hub.look(), staged_files(folder), wish)
    except HubUnreachableError as fault:
        click.echo(f"What the Hub has is not known: {fault}", err=True)
        return
    if steps.create:
        kind = "private" if wish.private else "public"
        click.echo(f"{hub.name} is not there, or not for you to see: would be made, {kind}")
    if steps.new:
        click.echo(f"would be sent, in one commit: {counted(len(steps.new), 'file')}")
    for path in steps.gone:
        click.echo(f"would be removed: {path}")
    if steps == type(steps)():
        click.echo(f"{hub.name} has {wish.version.tag} already, with just these files")
    else:
        click.echo(f"would be tagged: {wish.version.tag}")


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return (", ".join(names[:SHOWN]) or "none") + (f" and {more:,} more" if more > 0 else "")
