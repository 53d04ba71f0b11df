"""Cuts a planned release: writes its files, commits and tags them."""

from __future__ import annotations

from dateline.corpus.store import Corpus
from dateline.files.writing import write_atomically
from dateline.release.git import Git
from dateline.release.plan import ReleasePlan
from dateline.release.version import tag_of


def cut_release(corpus: Corpus, plan: ReleasePlan) -> str:
    """Write, commit and tag a release. Returns the id of the commit.

    Raises DatelineError with git's message if git refuses; files and history are then restored.
    """
    git = Git(corpus.root)
    head = git.run("rev-parse", "HEAD").decode().strip()
    before = {
        path: (corpus.root / path).read_bytes() if (corpus.root / path).is_file() else None
        for path in plan.files
    }
    message = f"Release {plan.version}"
    try:
        for path, content in plan.files.items():
            write_atomically(corpus.root / path, content)
        git.run("add", "--force", "--", *plan.files)
        git.run("commit", "--quiet", "--message", message, "--only", "--", *plan.files)
        git.run("tag", "--annotate", "--message", message, tag_of(plan.version))
    except BaseException:
        git.run("reset", "--quiet", "--soft", head)
        git.run("reset", "--quiet", "--", *plan.files)
        for path, old in before.items():
            if old is None:
                (corpus.root / path).unlink(missing_ok=True)
            else:
                write_atomically(corpus.root / path, old)
        raise
    return git.run("rev-parse", "HEAD").decode().strip()
