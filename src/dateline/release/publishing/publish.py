"""Publishes a staged release to the Hub: one commit and a tag, and only what is still missing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from semver import Version

from dateline.errors import ConflictError, ServerError
from dateline.model import Struct
from dateline.release.publishing.hub import Hub, Remote
from dateline.release.version import is_version, parse_version, tag_of


class StagedFile(Struct, frozen=True):
    """A file to publish, with both ids by which the Hub may know its content."""

    path: str
    size: int
    sha256: str
    git_id: str

    def is_in(self, remote: Mapping[str, str]) -> bool:
        """Whether a repository, given as file ids by path, has the file with this content."""
        return remote.get(self.path) in (self.sha256, self.git_id)


class PublishOptions(Struct, frozen=True):
    """How to publish: the version, and whether a new repository is private.

    ``parent`` is the commit to publish on top of if the head of the Hub is not a release.
    """

    version: Version
    private: bool = False
    parent: str | None = None


class PublishPlan(Struct, frozen=True):
    """What is left to do; all fields are empty if the Hub has the release already.

    ``create``: create the repository, then plan again. ``parent``: commit on top of this head the
    ``uploads``, without the ``deletions``, and tag that commit. ``tag_only``: tag this commit.
    """

    create: bool = False
    parent: str | None = None
    uploads: tuple[str, ...] = ()
    deletions: tuple[str, ...] = ()
    tag_only: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return self == PublishPlan()


def staged_files(folder: Path) -> list[StagedFile]:
    """Every file below a folder, sorted by path."""
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


def plan_publishing(
    hub: Hub, remote: Remote | None, files: Sequence[StagedFile], options: PublishOptions
) -> PublishPlan:
    """What is left to do to publish these files, given the present state of the repository.

    Raises ConflictError if the version's tag has other files, a later version is published, the
    head is not a release, or the repository is public and should be private.
    """
    tag = tag_of(options.version)
    if remote is None:
        return PublishPlan(create=True, uploads=tuple(file.path for file in files))
    if options.private and not remote.private:
        raise ConflictError(
            f"{hub.name} is public, and `private` applies to new repositories only. Make it "
            f"private at {hub.endpoint}/datasets/{hub.name}/settings, "
            "or do not ask for a private one."
        )
    if tag in remote.tags:
        if _are_equal(files, hub.files(remote.tags[tag])):
            return PublishPlan()
        raise ConflictError(
            f"{hub.name}: the tag {tag} has other files, and a published version never changes. "
            "Release and publish a higher version."
        )
    if _are_equal(files, remote.files):
        return PublishPlan(tag_only=remote.head)
    _check_head(hub, remote, options)
    return PublishPlan(
        parent=remote.head,
        uploads=tuple(file.path for file in files if not file.is_in(remote.files)),
        deletions=tuple(sorted(remote.files.keys() - {file.path for file in files})),
    )


def publish(hub: Hub, folder: Path, options: PublishOptions) -> str:
    """Publish a staged folder as one commit with a tag. Returns the id of the commit.

    What an interrupted run has done is not repeated. Raises ConflictError as ``plan_publishing``
    does, and ServerError if the Hub refuses; its main branch then is unchanged or has the whole
    release.
    """
    files, tag = staged_files(folder), tag_of(options.version)
    message = f"Release {options.version}"
    remote = hub.look()
    plan = plan_publishing(hub, remote, files, options)
    if plan.create:
        hub.create(private=options.private)
        remote = hub.look()
        plan = plan_publishing(hub, remote, files, options)
    if remote is None:
        raise ServerError(
            f"{hub.name}: the Hub has created the repository but does not show it yet. Run the "
            "command again."
        )
    commit = plan.tag_only
    if plan.parent is not None:
        commit = hub.commit(folder, plan.uploads, plan.deletions, plan.parent, message)
    if commit is None:
        return remote.tags[tag]
    hub.tag(tag, commit, message)
    return commit


def _check_head(hub: Hub, remote: Remote, options: PublishOptions) -> None:
    released = {parse_version(t): commit for t, commit in remote.tags.items() if is_version(t)}
    last = max(released, default=None)
    if last is not None and last > options.version:
        raise ConflictError(
            f"{hub.name} has version {last} already, and its main branch holds the newest version. "
            f"Release and publish a version above {last}."
        )
    if options.parent is not None and remote.head.startswith(options.parent):
        return
    if options.parent is None and (released[last] == remote.head if last else not remote.files):
        return
    since = f"since {tag_of(last)}" if last else "that are not a release"
    raise ConflictError(
        f"{hub.name} has commits {since}; its head is {remote.head}. Look at them at "
        f"{hub.endpoint}/datasets/{hub.name}/commits/main and copy what you want to keep into the "
        f"corpus. To publish on top of them, set `parent` to {remote.head}."
    )


def _are_equal(files: Sequence[StagedFile], remote: Mapping[str, str]) -> bool:
    return len(files) == len(remote) and all(file.is_in(remote) for file in files)
