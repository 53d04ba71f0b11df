"""Sites of small corpora, and of this repository's."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.viewer.build import Options, build_site

from ..conftest import REPOSITORY
from ..corpora import (
    TEXT,
    CorpusMaker,
    gold_of,
    make_annotation,
    make_document,
    new_corpus,
    quote,
    write_ontology,
)
from ..own_corpora.arabic import ARABIC, BRIDGE


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


def add_reports(corpus, run):
    """The corpus with a datasheet, the annotations of ana and bo, and a leaderboard."""
    document = corpus.read_document("open")
    items = gold_of(document.text)
    corpus.write_annotation(make_annotation(document, items, annotator="ana"))
    items["mentions"][0]["attributes"] = {"level": "nominal"}
    corpus.write_annotation(make_annotation(document, items, annotator="bo"))
    sheet = "# Datasheet of news\n\n[Plan](docs/plan.md)\n\n| a | b |\n|---|---:|\n| x | 1 |\n"
    (corpus.root / "DATASHEET.md").write_text(sheet, encoding="utf-8")
    kim = {"id": "m1", "type": "PERSON", "spans": quote(document.text, "Kim Jong Un")}
    predictions = corpus.root / "predictions.jsonl"
    predictions.write_text(
        "".join(
            f"{json.dumps({'document': name, 'mentions': mentions})}\n"
            for name, mentions in (("open", [kim]), ("closed", []))
        ),
        encoding="utf-8",
    )
    done = run(corpus, "leaderboard", "--add", str(predictions), "--name", "kim")
    assert done.exit_code == 0, done.output
    return corpus


def arabic_corpus(root):
    """A corpus with one text, which runs from right to left."""
    corpus = new_corpus(root)
    write_ontology(corpus, ARABIC.ontology)
    document = make_document("bridge", BRIDGE, "train", language="ar", title="الجسر")
    items = {k: v for k, v in ARABIC.predictions[0].items() if k != "document"}
    for one in items["mentions"]:
        one.setdefault("entity", None)
    corpus.write_document(document)
    (corpus.seeds / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    corpus.write_annotation(make_annotation(document, items, layers=("entities", "claims")))
    return corpus
