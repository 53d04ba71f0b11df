"""What is left to do on the Hub so that it has a release, and doing it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dateline.errors import DatelineError
from dateline.model import Struct
from dateline.release.publishing.hub import Hub, Remote
from dateline.release.version import VERSION, Version, parse_version


class StagedFile(Struct, frozen=True):
    """A file to publish, with both ids that the Hub may know its content by."""

    path: str
    size: int
    sha256: str
    git_id: str

    def is_in(self, remote: Mapping[str, str]) -> bool:
        """Whether files of a repository, as ids by path, have it as it is."""
        return remote.get(self.path) in (self.sha256, self.git_id)


class Steps(Struct, frozen=True):
    """What is left to do; where nothing is, all fields are empty.

    ``create``: make the repository, then look again. ``parent``: commit onto this head what is
    ``new`` or changed, without what is ``gone``, and tag that. ``tag_only``: tag this commit.
    """

    create: bool = False
    parent: str | None = None
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    tag_only: str | None = None


def staged_files(folder: Path) -> list[StagedFile]:
    """Every file below a folder, by path."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        header = f"blob {len(content)}\0".encode()
        found.append(
            StagedFile(
                path=path.relative_to(folder).as_posix(),
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                git_id=hashlib.sha1(header + content, usedforsecurity=False).hexdigest(),
            )
        )
    return found


class Wish(Struct, frozen=True):
    """What the user wants: a version; a repository only for them, if one is made.

    ``onto`` names the head that they have looked at, where it is no release.
    """

    version: Version
    private: bool = False
    onto: str | None = None


def steps_left(hub: Hub, remote: Remote | None, files: Sequence[StagedFile], wish: Wish) -> Steps:
    """What is left to do for a release of these files, given the repository as it is.

    Raises DatelineError where the version's tag is there with other files, a later version is
    there, the head is no release, or the repository is public and should not be.
    """
    version = wish.version
    if remote is None:
        return Steps(create=True, new=tuple(file.path for file in files))
    if wish.private and not remote.private:
        raise DatelineError(
            f"{hub.name} is public, and --private only makes new ones. Make it private at "
            f"{hub.endpoint}/datasets/{hub.name}/settings, or leave out --private."
        )
    if version.tag in remote.tags:
        if _are_equal(files, hub.files(remote.tags[version.tag])):
            return Steps()
        raise DatelineError(
            f"the Hub has a tag {version.tag} with other files, and a version never changes. "
            "Release a higher version, and publish that."
        )
    if _are_equal(files, remote.files):
        return Steps(tag_only=remote.head)
    _refuse_head(hub, remote, wish)
    return Steps(
        parent=remote.head,
        new=tuple(file.path for file in files if not file.is_in(remote.files)),
        gone=tuple(sorted(remote.files.keys() - {file.path for file in files})),
    )


def publish(hub: Hub, folder: Path, wish: Wish) -> str:
    """Bring a staged folder to the Hub as a release: one commit, and its tag; the commit's id.

    What an interrupted run has done is not done again. Raises DatelineError as ``steps_left``
    does, and where the Hub refuses; its main branch is then as it was, or has the whole
    release.
    """
    version, files = wish.version, staged_files(folder)
    message = f"Release {version}"
    remote = hub.look()
    steps = steps_left(hub, remote, files, wish)
    if steps.create:
        hub.create(private=wish.private)
        remote = hub.look()
        steps = steps_left(hub, remote, files, wish)
    if remote is None:
        raise DatelineError(
            "the Hub has made the repository and does not show it; run the command again."
        )
    commit = steps.tag_only
    if steps.parent is not None:
        commit = hub.commit(folder, steps.new, steps.gone, steps.parent, message)
    if commit is None:
        return remote.tags[version.tag]
    hub.tag(version.tag, commit, message)
    return commit


def _refuse_head(hub: Hub, remote: Remote, wish: Wish) -> None:
    version, onto = wish.version, wish.onto
    released = {
        parse_version(tag): commit
        for tag, commit in remote.tags.items()
        if re.fullmatch(f"v{VERSION}", tag)
    }
    last = max(released, default=None)
    if last is not None and last > version:
        raise DatelineError(
            f"the Hub has {last} already, and its main branch holds the newest release. "
            f"Release a version after {last}, and publish that."
        )
    if onto is not None and remote.head.startswith(onto):
        return
    if onto is None and (released[last] == remote.head if last else not remote.files):
        return
    since = f"since {last.tag}" if last else "and is no release"
    raise DatelineError(
        f"the Hub has other commits {since}: its head is {remote.head}. Look at them at "
        f"{hub.endpoint}/datasets/{hub.name}/commits/main, bring what is worth it into the "
        f"corpus, and name the head that you have looked at: --onto {remote.head}."
    )


def _are_equal(files: Sequence[StagedFile], remote: Mapping[str, str]) -> bool:
    return len(files) == len(remote) and all(file.is_in(remote) for file in files)
