"""Counts that tell contrasts from other documents."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from dateline.agreement.measure import measure_agreement
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.errors import NotFoundError
from dateline.reports.datasheet import counts
from dateline.reports.statistics import statistics_of

from .conftest import Run
from .corpora import make_annotation, make_document
from .layered import TEXT, items_of

SAID = TEXT.replace("she said", "as she said")


@pytest.fixture
def corpus(layered: Corpus) -> Corpus:
    """A document and a contrast of it; each has been annotated by two of three annotators."""
    original = msgspec.structs.replace(layered.read_document("report"), group="report")
    layered.write_document(original)
    contrast = {"of": "report", "kind": "paraphrase"}
    said = make_document("said", SAID, original.split, group="report", contrast=contrast)
    layered.write_document(said)
    (layered.seeds / "said.txt").write_text(SAID, encoding="utf-8", newline="")
    given = {"gold": [said], "ana": [original], "bo": [original, said], "cy": [said]}
    for annotator, document in ((name, one) for name, some in given.items() for one in some):
        items = items_of(document.text)
        layers = layered.ontology.layer_names
        layered.write_annotation(make_annotation(document, items, annotator, layers))
    return layered


def test_statistics_leave_contrasts_out_and_count_them(corpus: Corpus):
    found, alone = statistics_of(corpus), statistics_of(corpus, of_contrasts=True)
    assert (list(found.documents), list(alone.documents)) == (["report"], ["said"])
    assert found.tokens + 1 == alone.tokens
    assert found.contrasts is not None
    assert (found.contrasts.kinds, found.contrasts.originals) == ({"paraphrase": 1}, 1)
    assert alone.contrasts is None
    assert "| contrasts | 1 of 1 documents" in counts(found, corpus.ontology)


def test_stats_shows_how_many_contrasts_there_are(corpus: Corpus, run: Run):
    assert "1 document and 1 contrast; contrasts by kind" in run(corpus, "stats").stdout
    shown = json.loads(run(corpus, "stats", "--contrasts", "--format", "json").stdout)
    assert list(shown["gold"]["documents"]) == ["said"]


def test_agreement_is_measured_where_documents_are_shared(corpus: Corpus, run: Run):
    report = measure_agreement(corpus, ["ana", "bo", "cy"])
    assert [(pair.first, pair.second, pair.contrasts) for pair in report.pairs] == [
        ("ana", "bo", 0), ("bo", "cy", 1)
    ]  # fmt: skip
    assert report.apart == (("ana", "cy"),)
    with pytest.raises(NotFoundError, match="no two of them share a document"):
        measure_agreement(corpus, ["ana", "cy"])
    for form in ("text", "md", "html"):
        result = run(corpus, "agree", "ana", "bo", "cy", "--format", form)
        assert result.exit_code == 0, result.output
        assert "No documents are shared by ana and cy" in result.stdout
    assert "1 contrast" in run(corpus, "agree", "bo", "cy").stdout


def test_the_card_tells_contrasts_from_documents(corpus: Corpus, tmp_path: Path):
    build(corpus, tmp_path / "dist")
    card = (tmp_path / "dist" / "README.md").read_text(encoding="utf-8")
    assert "1 document and 1 contrast, annotated with" in card
    assert "1 of the 2 documents are contrasts" in card
