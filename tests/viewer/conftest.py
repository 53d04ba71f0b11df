"""Sites of small corpora, and of this repository's."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.viewer.build import Options, build_site

from ..conftest import REPOSITORY
from ..corpora import TEXT, CorpusMaker, gold_of, make_annotation, make_document


@pytest.fixture(scope="session")
def site_of_corpus(tmp_path_factory):
    """The site of this repository's corpus, with all texts; read it only."""
    folder = tmp_path_factory.mktemp("view") / "site"
    build_site(Corpus(REPOSITORY), folder, Options(withhold=False))
    return folder


@pytest.fixture
def maker(tmp_path):
    return CorpusMaker(tmp_path)


@pytest.fixture
def small(maker):
    """A corpus of one document with gold, one whose text is withheld, and one without annotation."""
    return add_small_documents(maker)


def add_small_documents(maker):
    """A corpus with the documents open, closed (withheld) and plain (without annotation)."""
    corpus = maker.empty()
    for name, fields in {
        "open": {"title": "The meeting", "group": "summit", "date": "2024-11-05"},
        "closed": {"title": "Closed", "group": "summit"},
    }.items():
        text = f"{TEXT} On {name}."
        document = make_document(name, text, "validation", **fields)
        if name == "closed":
            rights = replace(document.rights, redistribute_text=False)
            document = replace(document, rights=rights)
        maker.add(corpus, document, make_annotation(document, gold_of(text)))
    maker.add(corpus, make_document("plain", "Nobody annotated this.", "test"))
    return corpus
