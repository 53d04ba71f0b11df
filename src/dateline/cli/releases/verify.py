"""``dateline verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.errors import DatelineError
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.release.manifest import Manifest


@click.command(cls=Command)
@click.argument("what", metavar="VERSION|DIR")
@click.option(
    "--manifest",
    "manifest_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The manifest to trust.  [default: releases/VERSION.json, else the one in DIR]",
)
@pass_settings
def verify(settings: Settings, what: str, manifest_file: Path | None) -> None:
    """Prove a checkout or a dataset against a release.

    VERSION compares the corpus as it lies here with the manifest of that version. DIR is a dataset:
    built, downloaded, or downloaded and filled in; its rows are compared with the manifest, and its
    texts and quotes with their hashes and offsets. Exits with 1 and says what differs.

    \b
    Example:
      dateline verify 1.0.0
      dateline verify dist
      dateline verify downloaded --manifest releases/1.0.0.json
    """
    from dateline.corpus.store import Corpus
    from dateline.release.manifest import read_manifest
    from dateline.release.verify import verify_checkout, verify_dataset

    corpus = Corpus(settings.root)
    if Path(what).is_dir():
        manifest, trusted = _manifest_of(corpus, Path(what), manifest_file)
        verdict = verify_dataset(Path(what), manifest)
        proved = (
            f"{counted(verdict.files, 'table')}; {counted(verdict.texts, 'text')}, "
            f"{verdict.withheld} withheld; against {trusted}"
        )
    else:
        path = manifest_file or _manifest_path(corpus, what)
        manifest = read_manifest(path)
        verdict = verify_checkout(corpus, manifest)
        proved = f"{counted(verdict.files, 'file')}, against {corpus.relative(path)}"
    for problem in verdict.problems:
        click.echo(problem)
    if verdict.problems:
        raise DatelineError(
            f"{what} is not release {manifest.version}: "
            f"{counted(len(verdict.problems), 'difference')}. "
            f"`git switch --detach v{manifest.version}` brings the released files, and "
            "`dateline build` makes the dataset from them."
        )
    settings.say(f"{what} is release {manifest.version}: {proved}")


def _manifest_path(corpus: Corpus, version: str) -> Path:
    from dateline.release.manifest import manifest_path, released_versions
    from dateline.release.version import parse_version

    path = manifest_path(corpus, parse_version(version))
    if not path.is_file():
        known = ", ".join(map(str, released_versions(corpus))) or "none yet"
        raise DatelineError(f"{corpus.relative(path)}: there is no such file. Releases: {known}.")
    return path


def _manifest_of(corpus: Corpus, folder: Path, named: Path | None) -> tuple[Manifest, str]:
    """The manifest to compare a dataset with, and its name."""
    from dateline.dataset.load import declared_tables, declared_version
    from dateline.release.manifest import RELEASE, manifest_path, read_manifest
    from dateline.release.version import parse_version

    if named is not None:
        return read_manifest(named), str(named)
    own = folder / RELEASE
    if own.is_file():
        version: str | None = read_manifest(own).version
    else:
        declared_tables(folder)  # which refuses what is no dataset
        version = declared_version(folder)
    path = manifest_path(corpus, parse_version(version)) if version else None
    if path is not None and path.is_file():
        return read_manifest(path), corpus.relative(path)
    if own.is_file():
        return read_manifest(own), f"its own {RELEASE}, which whoever made it may have written"
    of = version or "its version"
    raise DatelineError(f"{folder}: there is no manifest of {of} here; name it with --manifest.")
