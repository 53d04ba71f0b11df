"""Compares two states of a corpus."""

from __future__ import annotations

from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus
from dateline.model import Struct
from dateline.release.diff.changes import Change
from dateline.release.diff.revision import find_revision, read_both
from dateline.release.diff.snapshot_diff import snapshot_changes
from dateline.release.diff.version_bump import Bump, least_bump


class CorpusDiff(Struct, frozen=True):
    """The changes between two states of a corpus, and the version bump that they require.

    ``files`` is the number of files that differ, including those that differ in formatting only.
    ``states`` contains these files before and after.
    """

    before: str
    after: str
    files: int
    states: tuple[Snapshot, Snapshot]
    bump: Bump
    changes: tuple[Change, ...]


def diff_corpus(corpus: Corpus, before: str, after: str | None) -> CorpusDiff:
    """Compare two versions or git revisions; None is the working tree.

    Raises the errors of ``find_revision``, and InvalidInputError if a file cannot be read.
    """
    first, second = find_revision(corpus, before), find_revision(corpus, after)
    paths = first.blobs.keys() | second.blobs.keys()
    states = read_both(corpus, first, second)
    changes = tuple(snapshot_changes(*states))
    return CorpusDiff(
        before=first.name,
        after=second.name,
        files=sum(first.blobs.get(path) != second.blobs.get(path) for path in paths),
        states=states,
        bump=least_bump(changes),
        changes=changes,
    )
