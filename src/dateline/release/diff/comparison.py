"""Two states of a corpus, compared."""

from __future__ import annotations

from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus
from dateline.model import Struct
from dateline.release.diff.changes import Change
from dateline.release.diff.differ import diff
from dateline.release.diff.revision import find_revision, read_both
from dateline.release.diff.version_bump import Bump, least_bump


class Comparison(Struct, frozen=True):
    """What changed from one state of a corpus to another, and what version that makes at least.

    ``files`` is how many files differ, if only in how they are written; ``states`` has those.
    """

    before: str
    after: str
    files: int
    states: tuple[Snapshot, Snapshot]
    bump: Bump
    changes: tuple[Change, ...]


def compare(corpus: Corpus, before: str, after: str | None) -> Comparison:
    """Compare two states, each a version or a git revision; None is the working tree.

    Raises DatelineError where one of them is not there or holds a file that cannot be read.
    """
    first, second = find_revision(corpus, before), find_revision(corpus, after)
    paths = first.blobs.keys() | second.blobs.keys()
    states = read_both(corpus, first, second)
    changes = tuple(diff(*states))
    return Comparison(
        before=first.name,
        after=second.name,
        files=sum(first.blobs.get(path) != second.blobs.get(path) for path in paths),
        states=states,
        bump=least_bump(changes),
        changes=changes,
    )
