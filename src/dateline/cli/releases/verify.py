"""``dateline verify``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.errors import ConflictError, DatelineError, NotFoundError
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from semver import Version

    from dateline.corpus.store import Corpus
    from dateline.ontology.schemas import Schema
    from dateline.release.history import ReleasedVersion
    from dateline.release.manifest import Manifest
    from dateline.release.verify import Verification


_UNSHALLOW = (
    " This is a shallow clone, which may lack the release: run `git fetch --unshallow --tags` to "
    "verify it in the history."
)


@click.command(cls=Command)
@click.argument("target", metavar="VERSION|DIR")
@click.option(
    "--manifest",
    "manifest_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Trusted manifest.  [default: releases/VERSION.json, or else the copy in DIR]",
)
@click.option(
    "--working-tree",
    is_flag=True,
    help="With VERSION, compare the files on disk, not those in the git history.",
)
@pass_settings
def verify(settings: Settings, target: str, manifest_file: Path | None, working_tree: bool) -> None:
    """Verify a release, a checkout or a dataset.

    With VERSION, compares the files that the commit of the release has in the git history with the
    manifest of that version, and tells whether the files on disk are still the same. Without git,
    and if the history does not have the release, compares the files on disk.

    With DIR, a dataset that was built, downloaded or hydrated, compares its rows with the manifest,
    its texts with their hashes and its quotes with the text. In a corpus that withholds labels, the
    commitment of the dataset is compared with the annotations.

    Lists every difference and exits with 1 if there is one.

    \b
    Examples:
      dateline verify 1.0.0
      dateline verify 1.0.0 --working-tree
      dateline verify dist
      dateline verify downloaded --manifest releases/1.0.0.json
    """
    from dateline.corpus.store import Corpus
    from dateline.release.history import find_release, is_shallow
    from dateline.release.version import parse_version

    corpus = Corpus(settings.root)
    if Path(target).is_dir():
        if working_tree:
            raise click.UsageError("--working-tree is for a VERSION, not for a dataset.")
        _verify_dataset(settings, corpus, Path(target), manifest_file)
        return
    version = parse_version(target)
    if working_tree:
        _verify_files(settings, corpus, version, manifest_file, "")
    elif release := find_release(corpus, version):
        _verify_history(settings, corpus, release, manifest_file)
    else:
        advice = _UNSHALLOW if is_shallow(corpus) else ""
        _verify_files(settings, corpus, version, manifest_file, advice)


def _verify_dataset(
    settings: Settings, corpus: Corpus, folder: Path, manifest_file: Path | None
) -> None:
    import msgspec

    from dateline.release.verify import verify_commitment, verify_dataset

    manifest, source = _manifest_of(corpus, folder, manifest_file)
    found = verify_dataset(folder, manifest)
    if problem := verify_commitment(folder, corpus):
        found = msgspec.structs.replace(found, problems=(*found.problems, problem))
    _refuse_differences(
        found,
        f"{folder} differs from release {manifest.version}",
        f"{_check_out(manifest.version)}; `dateline build` builds its dataset. Another version of "
        f"the program than {manifest.tool} may build other columns.",
    )
    settings.say(
        f"{folder} is release {manifest.version} ({counted(found.files, 'table')}, "
        f"{counted(found.texts, 'text')}, {found.withheld:,} withheld; manifest: {source})"
    )


def _verify_history(
    settings: Settings, corpus: Corpus, release: ReleasedVersion, manifest_file: Path | None
) -> None:
    from dateline.release.manifest import manifest_path, read_manifest
    from dateline.release.verify import verify_checkout, verify_release

    path = manifest_file or manifest_path(corpus, release.version)
    # Another branch may lack the manifest.
    manifest = read_manifest(path) if path.is_file() else release.manifest
    commit, source = release.commit[:9], corpus.relative(path)
    found = verify_release(corpus, release, manifest)
    _refuse_differences(
        found,
        f"commit {commit} of release {release.version} differs from {source}",
        "Get the commit of the release from another clone."
        if manifest_file
        else f"If the manifest was changed, restore it with `git checkout {commit} -- {source}`; "
        "if the history was, get the commit of the release from another clone.",
    )
    settings.say(
        f"Release {release.version} is intact ({counted(found.files, 'file')} of commit {commit}; "
        f"manifest: {source})"
    )
    changed = verify_checkout(corpus, manifest).problems
    settings.say(
        f"The working tree differs from it in {counted(len(changed), 'file')}, such as "
        f"{changed[0].partition(': ')[0]}. `dateline verify {release.version} --working-tree` "
        "lists them."
        if changed
        else "The working tree has the same files."
    )


def _verify_files(
    settings: Settings, corpus: Corpus, version: Version, manifest_file: Path | None, advice: str
) -> None:
    from dateline.release.manifest import manifest_path, read_manifest, released_versions
    from dateline.release.verify import verify_checkout

    path = manifest_file or manifest_path(corpus, version)
    if not path.is_file():
        known = ", ".join(map(str, released_versions(corpus))) or "none"
        raise NotFoundError(
            f"{corpus.relative(path)}: there is no such file. Releases: {known}.{advice}"
        )
    manifest = read_manifest(path, _schemas(corpus))
    found = verify_checkout(corpus, manifest)
    _refuse_differences(
        found,
        f"the files on disk differ from release {manifest.version}",
        f"{_check_out(manifest.version)}.{advice}",
    )
    settings.say(
        f"The files on disk are release {manifest.version} ({counted(found.files, 'file')}; "
        f"manifest: {corpus.relative(path)})"
    )


def _refuse_differences(found: Verification, what: str, fix: str) -> None:
    for problem in found.problems:
        echo(problem)
    if found.problems:
        raise ConflictError(f"{what}: {counted(len(found.problems), 'difference')}. {fix}")


def _check_out(version: str) -> str:
    return f"Check out the commit of the release (tag v{version}) to get its files"


def _schemas(corpus: Corpus) -> Mapping[str, Schema] | None:
    """The schemas of the corpus; None if they are malformed, or in a former format."""
    try:
        return corpus.schemas
    except DatelineError:
        return None


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
        return read_manifest(path, _schemas(corpus)), corpus.relative(path)
    if own.is_file():
        return read_manifest(own), f"the dataset's own {RELEASE}, which is not independent proof"
    raise NotFoundError(
        f"{folder}: there is no manifest of {version or 'its version'} in the corpus. Pass one "
        "with --manifest."
    )
