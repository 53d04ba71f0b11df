"""Fixtures of releases: corpora under version control, by the real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dateline.store import Corpus

from ..corpora import CorpusMaker

NAMES = ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")


def git(corpus: Corpus, *arguments: str) -> str:
    """What git prints about a corpus's repository."""
    command = ["git", "-C", str(corpus.root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(corpus: Corpus, tag: str | None = None) -> str:
    """Commit all that there is, and tag it; the commit's id."""
    git(corpus, "add", "-A")
    git(corpus, "commit", "--allow-empty", "-qm", "A state of the corpus")
    if tag is not None:
        git(corpus, "tag", tag)
    return git(corpus, "rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Who commits, and with what settings, is not the business of whoever runs the tests.
    for name in NAMES:
        monkeypatch.setenv(name, "tester@example.org" if name.endswith("EMAIL") else "Tester")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "no-such-file"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def maker(tmp_path: Path) -> CorpusMaker:
    return CorpusMaker(tmp_path)


@pytest.fixture
def corpus(maker: CorpusMaker) -> Corpus:
    """A corpus under version control: two annotated documents of train, one of test."""
    corpus = maker.empty()
    maker.annotated(corpus, "train")
    maker.annotated(corpus, "train")
    maker.annotated(corpus, "test")
    git(corpus, "init", "-q", "-b", "main")
    (corpus.root / ".gitignore").write_text("dist/\n.dist.*/\n", encoding="utf-8")
    commit(corpus)
    return corpus
