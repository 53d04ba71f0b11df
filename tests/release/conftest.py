"""Fixtures of releases: corpora under version control, by the real git."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dateline.cli.main import main
from dateline.corpus.store import Corpus
from dateline.model import Document

from ..conftest import REPOSITORY, Run, copy_repository
from ..corpora import TEXT, CorpusMaker, gold_of, make_annotation

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


def clone(corpus: Corpus, folder: Path, *options: str) -> Corpus:
    source = corpus.root.resolve().as_uri()
    subprocess.run(["git", "clone", "-q", *options, source, str(folder)], check=True)
    return Corpus(folder)


def unreleased_copy(root: Path) -> Corpus:
    """This repository's corpus under version control, as if there had been no release yet."""
    corpus = copy_repository(root)
    shutil.copytree(REPOSITORY / "docs", root / "docs", dirs_exist_ok=True)
    for name in ("CITATION.cff", "DATASHEET.md"):
        shutil.copy(REPOSITORY / name, root / name)
    write = ["--root", str(root), "datasheet", "--write"]
    assert CliRunner().invoke(main, write).exit_code == 0
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    commit(corpus)
    return corpus


def edit_manifest(path: Path, pointer: tuple[str | int, ...], value: object) -> None:
    content = json.loads(path.read_bytes())
    node = content
    for step in pointer[:-1]:
        node = node[step]
    node[pointer[-1]] = value
    path.write_text(json.dumps(content))


BOUND = {"license": "LicenseRef-All-Rights-Reserved", "holder": None, "redistribute_text": False}
CITATION = """cff-version: 1.2.0
message: "Cite it."
title: "News of War"  # a working title
authors:
  - given-names: Ana
    family-names: Ruiz
version: "0.1.0"
license: CC-BY-4.0
"""


def source(published: str | None) -> dict[str, str | None]:
    return {"publisher": None, "url": None, "published": published}


def story(maker: CorpusMaker, corpus: Corpus, split: str, **fields: Any) -> Document:
    """Add a document with gold, whose text has little in common with that of others."""
    chance = random.Random(len(corpus.document_ids()))
    said = " ".join("".join(chance.choices("aeioubdgklmnrst", k=6)) for _ in range(80))
    document = maker.add_in_split(corpus, split, f"{TEXT}\n{said.capitalize()}.", **fields)
    corpus.write_annotation(make_annotation(document, gold_of(document.text)))
    return document


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Do not depend on the git settings of the user who runs the tests.
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
    story(maker, corpus, "train", source=source("2024-11-03"))
    story(maker, corpus, "train", source=source("2024-11-04"))
    story(maker, corpus, "test", source=source("2024-11-05"))
    git(corpus, "init", "-q", "-b", "main")
    (corpus.root / ".gitignore").write_text("dist/\n.dist.*/\n", encoding="utf-8")
    (corpus.root / "CITATION.cff").write_text(CITATION, encoding="utf-8")
    commit(corpus)
    return corpus


@pytest.fixture
def released(corpus: Corpus, maker: CorpusMaker, run: Run) -> Corpus:
    """A release of four documents, one of which may not be passed on."""
    story(maker, corpus, "train", rights=BOUND, source=source(None), title="Kim met Putin")
    commit(corpus)
    result = run(corpus, "release", "--date", "2026-11-30")
    assert result.exit_code == 0, result.output
    return corpus
