"""Cuts a planned release: writes its files, commits and tags them.

The steps are: a note of the release and of the files before it, the files, the commit, the tag, and
removing the note. An interrupted run leaves the note, and `resume_release` then finishes the
release if it was committed, or else undoes it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.reading import MalformedError, decode_json_as, read_bytes
from dateline.files.writing import NOTES, sha256, write_atomically, write_together
from dateline.model import Struct
from dateline.release.git import Git
from dateline.release.manifest import FOLDER
from dateline.release.plan import ReleasePlan
from dateline.release.version import parse_version, tag_of

NOTE = f"{NOTES}/release.json"
"""The note of a release that is being cut, relative to the corpus root."""


class CutRelease(Struct, frozen=True):
    """A release that was committed and tagged."""

    version: str
    commit: str


class _Replaced(Struct, frozen=True):
    """A file that a release replaces: its content before, if any, and the hash of the new one."""

    before: str | None
    sha256: str


class _Note(Struct, frozen=True):
    version: str
    files: Mapping[str, _Replaced]


def cut_release(corpus: Corpus, plan: ReleasePlan) -> CutRelease:
    """Write, commit and tag a release, while holding the corpus's lock.

    Raises DatelineError with git's message if git refuses; files and history are then restored.
    """
    git = Git(corpus.root)
    head = git.run("rev-parse", "HEAD").decode().strip()
    note = _Note(
        version=str(plan.version),
        files={
            path: _Replaced(before=_content(corpus, path), sha256=sha256(content))
            for path, content in plan.files.items()
        },
    )
    message = f"Release {plan.version}"
    try:
        write_atomically(corpus.root / NOTE, msgspec.json.encode(note))
        write_together(corpus.root, {corpus.root / p: c for p, c in plan.files.items()})
        git.run("add", "--force", "--", *plan.files)
        git.run("commit", "--quiet", "--message", message, "--only", "--", *plan.files)
        git.run("tag", "--annotate", "--message", message, tag_of(plan.version))
        commit = git.run("rev-parse", "HEAD").decode().strip()
    except BaseException:
        git.run("reset", "--quiet", "--soft", head)
        _undo(corpus, note)
        raise
    (corpus.root / NOTE).unlink()
    return CutRelease(version=note.version, commit=commit)


def resume_release(corpus: Corpus) -> CutRelease | None:
    """Finish an interrupted release and return it; None if there is none, or it was undone.

    Call it while holding the corpus's lock. Raises ConflictError if files were changed since.
    """
    path = corpus.root / NOTE
    try:
        note = decode_json_as(read_bytes(path), _Note)
        tag = tag_of(parse_version(note.version))
    except NotFoundError:
        return None
    except (MalformedError, InvalidInputError):
        raise InvalidInputError(
            f"{path}: is not a note of `dateline release`. Remove it, and check `git status`."
        ) from None
    git = Git(corpus.root)
    manifest = f"{FOLDER}/{note.version}.json"
    commit = git.commits_that_added(manifest).get(manifest)
    if commit is None:
        _undo(corpus, note)
        return None
    tagged = git.commit_of(f"refs/tags/{tag}")
    if tagged is None:
        git.run("tag", "--annotate", "--message", f"Release {note.version}", tag, commit)
    elif tagged != commit:
        raise ConflictError(
            f"the tag {tag} is on commit {tagged[:9]}, but the interrupted release is commit "
            f"{commit[:9]}. Move the tag with `git tag --force {tag} {commit[:9]}`."
        )
    path.unlink()
    return CutRelease(version=note.version, commit=commit)


def _undo(corpus: Corpus, note: _Note) -> None:
    """Restore the files of a release that was not committed."""
    for path, replaced in note.files.items():
        now = _content(corpus, path)
        if now is not None and now != replaced.before and sha256(now.encode()) != replaced.sha256:
            raise ConflictError(
                f"{corpus.root / path}: was changed after `dateline release` was interrupted. "
                f"Keep your change elsewhere, run `git checkout HEAD -- {path}`, and run the "
                "command again."
            )
    Git(corpus.root).run("reset", "--quiet", "--", *note.files)
    before = {path: replaced.before for path, replaced in note.files.items()}
    write_together(
        corpus.root,
        {corpus.root / p: None if b is None else b.encode() for p, b in before.items()},
    )
    (corpus.root / NOTE).unlink(missing_ok=True)


def _content(corpus: Corpus, path: str) -> str | None:
    try:
        return read_bytes(corpus.root / path).decode()
    except NotFoundError:
        return None
