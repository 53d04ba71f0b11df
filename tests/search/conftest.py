"""A few documents of this repository's corpus, as a corpus and as a built dataset."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from tests.conftest import REPOSITORY
from tests.search.plain_loop import Plain

NAMES = (
    "000_debecc4f8dbd1735",
    "serrat-ridge-herald",
    "serrat-ridge-wire",
    "serrat-ridge-wire-roles",
)
"""The ids of the documents: an article, and two of a story with a contrast."""


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus of one article and one story, with contrasts and annotations of several annotators."""
    root = tmp_path_factory.mktemp("few") / "few"
    for folder in ("schema", "docs"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    for path in ("CITATION.cff", "annotations/annotators.json", "annotations/waivers.toml"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / path, root / path)
    for pattern in ("seeds/*", "corpus/*", "annotations/*/*"):
        for file in REPOSITORY.glob(pattern):
            if file.name.partition(".")[0] in NAMES:
                (root / file.parent.relative_to(REPOSITORY)).mkdir(parents=True, exist_ok=True)
                shutil.copy(file, root / file.relative_to(REPOSITORY))
    return Corpus(root)


@pytest.fixture(scope="session")
def dist(few: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset that is built from it."""
    folder: Path = tmp_path_factory.mktemp("few-dist") / "dist"
    build(few, folder)
    return folder


@pytest.fixture(scope="session")
def plain(dist: Path) -> Plain:
    """The rows of the dataset, as a plain loop needs them."""
    return Plain(dist)
