"""The small corpus with two annotators who disagree."""

from __future__ import annotations

import pytest

from dateline.corpus.store import Corpus
from tests.adjudication.annotators import two, write
from tests.small_corpus import Files


@pytest.fixture
def corpus(files: Files) -> Corpus:
    """A corpus with gold, and two annotators who differ from it and from each other."""
    assert files.check() == []
    write(files.corpus, *two(files))
    return files.corpus
