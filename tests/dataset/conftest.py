"""Fixtures of the dataset: a corpus with gold, one of chemistry, builds, and a cache apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import datasets
import pytest

from dateline.corpus.store import Corpus
from dateline.dataset.build import build

from ..chemistry import ONTOLOGY, annotated_reaction
from ..corpora import CorpusMaker, make_annotation, write_ontology

Load = Callable[..., Any]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Nothing here may ask a server, and progress bars would fill the log.
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


@pytest.fixture
def maker(tmp_path: Path) -> CorpusMaker:
    return CorpusMaker(tmp_path)


@pytest.fixture
def corpus(maker: CorpusMaker) -> Corpus:
    """In train two annotated documents and one that is not; one annotated in test; no other."""
    corpus = maker.empty()
    first = maker.annotated(corpus, "train")
    maker.annotated(corpus, "train", kind="model")
    maker.add_in_split(corpus, "train", "Nobody has looked at this Monday.")
    maker.annotated(corpus, "test")
    corpus.write_annotation(make_annotation(first, {}, annotator="alice", layers=["entities"]))
    return corpus


@pytest.fixture
def chemistry(maker: CorpusMaker) -> Corpus:
    """A corpus with labels of its own: other names, an attribute fewer, a layer without any."""
    corpus = maker.empty("chemistry")
    write_ontology(corpus, ONTOLOGY)
    document, annotation = annotated_reaction(corpus)
    maker.add(corpus, document, annotation)
    return corpus


@pytest.fixture
def dist(corpus: Corpus) -> Path:
    """The dataset of `corpus`."""
    out = corpus.root / "dist"
    build(corpus, out)
    return out


@pytest.fixture
def load_dataset(tmp_path: Path) -> Load:
    """The real `load_dataset`, with a cache that only this test has, shared by its calls."""

    real = datasets.load_dataset

    def load(path: Path, *arguments: Any, **options: Any) -> Any:
        return real(str(path), *arguments, cache_dir=str(tmp_path / "cache"), **options)

    return load
