"""``dateline verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.errors import ConflictError, NotFoundError
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.release.manifest import Manifest


@click.command(cls=Command)
@click.argument("target", metavar="VERSION|DIR")
@click.option(
    "--manifest",
    "manifest_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Trusted manifest.  [default: releases/VERSION.json, or else the copy in DIR]",
)
@pass_settings
def verify(settings: Settings, target: str, manifest_file: Path | None) -> None:
    """Verify a checkout or dataset against a release.

    With VERSION, compares the files of the corpus with the manifest of that version. With DIR, a
    dataset that was built, downloaded or hydrated, compares its rows with the manifest, its texts
    with their hashes and its quotes with the text. Lists every difference and exits with 1 if there
    is one.

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
    if Path(target).is_dir():
        manifest, source = _manifest_of(corpus, Path(target), manifest_file)
        found = verify_dataset(Path(target), manifest)
        compared = (
            f"{counted(found.files, 'table')}, {counted(found.texts, 'text')}, "
            f"{found.withheld:,} withheld; manifest: {source}"
        )
    else:
        path = manifest_file or _manifest_path(corpus, target)
        manifest = read_manifest(path, corpus.schemas)
        found = verify_checkout(corpus, manifest)
        compared = f"{counted(found.files, 'file')}; manifest: {corpus.relative(path)}"
    for problem in found.problems:
        echo(problem)
    if found.problems:
        raise ConflictError(
            f"{target} differs from release {manifest.version}: "
            f"{counted(len(found.problems), 'difference')}. Check out the commit of the release "
            f"(tag v{manifest.version}) to get its files; `dateline build` builds its dataset."
        )
    settings.say(f"{target} is release {manifest.version} ({compared})")


def _manifest_of(corpus: Corpus, folder: Path, given: Path | None) -> tuple[Manifest, str]:
    """The manifest to compare a dataset with, and where it is from."""
    from dateline.dataset.load import declared_tables, declared_version
    from dateline.release.manifest import RELEASE, manifest_path, read_manifest
    from dateline.release.version import parse_version

    if given is not None:
        return read_manifest(given), str(given)
    own = folder / RELEASE
    if own.is_file():
        version: str | None = read_manifest(own).version
    else:
        declared_tables(folder)  # raises an error if the folder is not a dataset
        version = declared_version(folder)
    path = manifest_path(corpus, parse_version(version)) if version else None
    if path is not None and path.is_file():
        return read_manifest(path, corpus.schemas), corpus.relative(path)
    if own.is_file():
        return read_manifest(own), f"the dataset's own {RELEASE}, which is not independent proof"
    raise NotFoundError(
        f"{folder}: there is no manifest of {version or 'its version'} in the corpus. Pass one "
        "with --manifest."
    )


def _manifest_path(corpus: Corpus, version: str) -> Path:
    from dateline.release.manifest import manifest_path, released_versions
    from dateline.release.version import parse_version

    path = manifest_path(corpus, parse_version(version))
    if not path.is_file():
        known = ", ".join(map(str, released_versions(corpus))) or "none"
        raise NotFoundError(f"{corpus.relative(path)}: there is no such file. Releases: {known}.")
    return path
