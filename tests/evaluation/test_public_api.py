"""``import dateline``: what is public, and that it works with plain values."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import dateline
from dateline.corpus.store import Corpus

from .conftest import predicted

PUBLIC = [name for name in dir(dateline) if name != "__version__"]


def test_the_public_names():
    functions = {"build", "compare", "hydrate", "load", "query", "score", "validate"}
    functions |= {"score_mentions", "score_triggers", "trainer_metrics"}
    assert {name for name in PUBLIC if inspect.isfunction(getattr(dateline, name))} == functions
    assert {"Corpus", "Document", "Annotation", "Prediction", "Report", "Incident"} <= set(PUBLIC)
    assert set(dir(dateline)) == set(dateline.__all__)
    assert dateline.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="nothing"):
        dateline.nothing  # noqa: B018


@pytest.mark.parametrize("name", PUBLIC)
def test_type_hints_resolve_and_names_are_documented(name: str):
    public = getattr(dateline, name)
    assert public.__name__ == name
    assert public.__doc__
    typing.get_type_hints(public)
    if inspect.isclass(public):
        for attribute, member in inspect.getmembers(public):
            if not attribute.startswith("_") and inspect.isfunction(member):
                typing.get_type_hints(member)


def test_importing_dateline_imports_nothing_else():
    code = "import dateline, sys; print([m for m in sys.modules if m.startswith('dateline.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_type_checkers_see_the_public_names_where_they_are_defined():
    tree = ast.parse(Path(dateline.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.asname: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert seen == {name: f"{getattr(dateline, name).__module__}.{name}" for name in PUBLIC}


def test_validate_takes_paths_and_returns_incidents(layered: Corpus):
    assert dateline.validate(str(layered.root)) == []
    (document,) = layered.document_ids()
    path = layered.document_path(document)
    path.write_text("{", encoding="utf-8")
    (incident,) = dateline.validate(layered, paths=f"corpus/{document}.json")
    assert isinstance(incident, dateline.Incident)
    assert incident.file == f"corpus/{document}.json"
    with pytest.raises(dateline.NotFoundError, match="no documents or annotations"):
        dateline.validate(layered, paths=["nowhere"])


def test_build_takes_paths_and_counts_rows(real_corpus: Corpus, tmp_path):
    rows = dateline.build(str(real_corpus.root), out=str(tmp_path / "built"))
    assert rows["documents"] == {"train": 1}
    assert len(dateline.load(split="train", path=tmp_path / "built")) == 1


def test_a_string_is_one_layer(five, five_predicted):
    one = dateline.score(five_predicted, five, layers="entities")
    assert one.scores == dateline.score(five_predicted, five, layers=["entities"]).scores
    with pytest.raises(dateline.InvalidInputError, match="'entity' is neither a layer nor a group"):
        dateline.score(five_predicted, five, layers="entity")


def test_reports_print_as_tables(five, five_predicted):
    five_predicted[0]["mentions"][0]["type"] = "<b>"
    report = dateline.score(five_predicted, five, layers="entities")
    first, blank, title, header, *_ = str(report).splitlines()
    assert "on 5 documents of five" in first
    assert (blank, title) == ("", "entities")
    assert header.split()[:4] == ["measure", "TP", "predicted", "gold"]
    assert repr(report) == f"<Report: {first}>"
    assert report.to_dict()["signature_line"] == str(report.signature)
    labels = dateline.score(five_predicted, five, layers="entities", per_document=True)
    assert "<table" in labels._repr_html_()
    assert "<b>" not in labels._repr_html_()


def test_compare_takes_predictions_and_reports(five, five_predicted, tmp_path):
    worse = [p | {"mentions": p["mentions"][:3]} for p in five_predicted]
    report = dateline.compare({"worse": worse, "better": five_predicted}, gold=five.root)
    assert str(report).startswith("better compared with worse on 5 documents of five")
    assert "<table" in report._repr_html_()
    layers = ["entities", "events", "claims"]
    scored = {
        name: dateline.score(found, five, layers=layers, per_document=True)
        for name, found in {"worse": worse, "better": five_predicted}.items()
    }
    from_reports = dateline.compare(scored)
    entities = [m for m in report.measures if m.group == "entities"]
    assert [m for m in from_reports.measures if m.group == "entities"] == entities
    with pytest.raises(dateline.InvalidInputError, match="gold is missing"):
        dateline.compare({"worse": worse, "better": five_predicted})


def test_predictions_can_be_made_of_annotations(five):
    annotations = [five.read_annotation("gold", name) for name in five.document_ids()]
    report = dateline.score(map(dateline.Prediction.from_annotation, annotations), five)
    assert report.scores == dateline.score(map(predicted, annotations), five).scores
