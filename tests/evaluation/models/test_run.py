"""Runs are resumable and recorded, and work on any folder of texts."""

from __future__ import annotations

import json
import sys

import pytest

import dateline
from tests.conftest import REPOSITORY, code_blocks

PLUGIN = '''
"""A model that predicts nothing, and fails on one text as long as a file is there."""
from pathlib import Path

from dateline.evaluation.models.interface import PredictionFailure
from dateline.predictions.prediction import Prediction


def make(config):
    return Silent(config)


class Silent:
    version = "2.0"

    def __init__(self, config):
        self.settings = {"word": config.argument}
        self.cost = {"texts": 0}
        self.trap = Path(config.options["trap"])

    def predict(self, texts):
        for text in texts:
            self.cost["texts"] += 1
            trap = self.trap.read_text() if self.trap.exists() else ""
            if trap == text.id:
                yield PredictionFailure(reason="stepped into the trap")
            elif trap == f"kill {text.id}":
                raise KeyboardInterrupt
            elif trap.startswith("raise "):
                raise RuntimeError(trap)
            elif trap == "another text":
                yield Prediction(document="other")
            else:
                yield Prediction(document=text.id, text_sha256=text.text_sha256)
'''


def install(packages, name, code):
    """A package with a model, found as an installed package's is."""
    info = packages / f"{name}-2.0.dist-info"
    info.mkdir(parents=True)
    (packages / f"{name}.py").write_text(code, encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text(f"[dateline.models]\n{name} = {name}:make\n")


@pytest.fixture
def silent(tmp_path, monkeypatch):
    """A plug-in model; the path of the file that makes it fail."""
    install(tmp_path / "packages", "silent", PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    yield tmp_path / "trap"
    sys.modules.pop("silent", None)


@pytest.fixture
def predict(run, five, silent, tmp_path):
    def call(*more, model="silent:hush"):
        arguments = ("--model", model, "--option", f"trap={silent}", "--batch", "1")
        return run(five, "predict", *arguments, "--out", str(tmp_path / "out.jsonl"), *more)

    return call


def lines(tmp_path):
    content = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["document"] for line in content.splitlines()]


def record(tmp_path):
    return json.loads((tmp_path / "out.run.json").read_bytes())


def test_a_plug_in_predicts_and_is_recorded(predict, five, tmp_path):
    result = predict()
    assert result.exit_code == 0, result.output
    assert lines(tmp_path) == five.document_ids()
    found = record(tmp_path)
    assert (found["model"], found["version"]) == ("silent:hush", "2.0")
    assert found["settings"] == {"word": "hush"}
    assert found["cost"] == {"texts": 5}
    assert found["ended"] >= found["started"]


def test_an_interrupted_run_is_resumed(predict, five, silent, tmp_path):
    third = five.document_ids()[2]
    silent.write_text(f"kill {third}")
    assert predict().exit_code != 0
    assert lines(tmp_path) == five.document_ids()[:2]
    assert record(tmp_path)["ended"] is None
    with (tmp_path / "out.jsonl").open("a") as file:
        file.write('{"document": "cut o')
    silent.unlink()
    assert predict().exit_code == 0
    assert lines(tmp_path) == five.document_ids()
    assert record(tmp_path)["cost"] == {"texts": 5}


def test_a_failed_text_is_reported_and_retried(predict, five, silent, tmp_path):
    first = five.document_ids()[0]
    silent.write_text(first)
    result = predict()
    assert result.exit_code == 1
    assert f"{first}: stepped into the trap" in result.stdout
    assert record(tmp_path)["failed"] == {first: "stepped into the trap"}
    assert first not in lines(tmp_path)
    silent.unlink()
    assert predict().exit_code == 0
    assert sorted(lines(tmp_path)) == five.document_ids()
    assert record(tmp_path)["failed"] == {}


def test_another_run_s_file_is_not_added_to(predict, tmp_path):
    assert predict().exit_code == 0
    other = predict(model="silent:shout")
    assert other.exit_code == 1
    assert "is from another run (silent:hush, corpus, split all)" in other.stderr
    (tmp_path / "out.run.json").unlink()
    assert "is not a valid record of its run" in predict().stderr
    assert predict("--restart", model="silent:shout").exit_code == 0
    assert record(tmp_path)["model"] == "silent:shout"


def test_an_exception_of_a_plug_in_is_explained_without_secrets(
    predict, silent, tmp_path, monkeypatch
):
    monkeypatch.setenv("SILENT_API_KEY", "a-plug-in-s-key")
    silent.write_text("raise \x1b[31m with a-plug-in-s-key and another-key " + "x" * 10_000)
    result = predict("--option", "token=another-key")
    assert result.exit_code == 1
    assert "the model silent:hush failed: RuntimeError: raise \\u001b[31m with" in result.stderr
    assert "silent.py, line" in result.stderr
    assert len(result.stderr) < 1000
    stored = "".join(path.read_text() for path in tmp_path.glob("out.*")) + result.output
    assert "a-plug-in-s-key" not in stored
    assert "another-key" not in stored
    silent.write_text("another text")
    assert "for doc0000. Expected a Prediction of this document" in predict().stderr
    silent.unlink()
    assert predict().exit_code == 0


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("self.settings = {", "self.settings = {'it': object(), "),
        ("self.cost = {", "self.cost = {'it': 'much', "),
    ],
)
def test_settings_and_costs_that_cannot_be_recorded_are_explained(
    run, five, tmp_path, monkeypatch, line, broken
):
    install(tmp_path / "packages", "odd", PLUGIN.replace(line, broken))
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    out = str(tmp_path / "out.jsonl")
    trap = ("--option", f"trap={tmp_path / 'trap'}")
    result = run(five, "predict", "--model", "odd:x", "--out", out, *trap)
    sys.modules.pop("odd", None)
    assert result.exit_code == 1
    assert "the model odd:x failed: " in result.stderr


def test_a_plug_in_that_cannot_be_loaded_is_explained(run, five, tmp_path, monkeypatch):
    install(tmp_path / "packages", "broken", "raise ZeroDivisionError('no model')")
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    out = tmp_path / "new" / "out.jsonl"
    result = run(five, "predict", "--model", "broken:x", "--out", str(out))
    assert "the model broken:x failed: ZeroDivisionError: no model" in result.stderr
    assert not out.parent.exists()


@pytest.mark.parametrize("end", [b"", b'{"document": "cut', b"\0\0\0", b"\xf0\x9f"])
def test_a_torn_last_line_is_cut(predict, five, tmp_path, end):
    assert predict().exit_code == 0
    out = tmp_path / "out.jsonl"
    whole = out.read_bytes()
    out.write_bytes(whole[: whole.rfind(b"\n", 0, -1) + 1] + end)
    assert predict().exit_code == 0
    assert out.read_bytes() == whole
    assert record(tmp_path)["predicted"] == 5


def test_a_broken_line_is_named_and_nothing_is_lost(predict, tmp_path):
    assert predict().exit_code == 0
    out = tmp_path / "out.jsonl"
    broken = out.read_bytes().replace(b'{"document"', b'{"dokument"', 1)
    out.write_bytes(broken)
    result = predict()
    assert result.exit_code == 1
    assert "out.jsonl, line 1: is not a prediction" in result.stderr
    assert out.read_bytes() == broken


def test_two_runs_do_not_write_one_file(predict, tmp_path):
    import fcntl

    assert predict().exit_code == 0
    with (tmp_path / "out.jsonl").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "another run is writing it" in predict().stderr


def test_a_folder_of_texts(predict, tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "one.txt").write_text("A text. Another 🏙️ sentence.", encoding="utf-8")
    (folder / "two.txt").write_text("More.", encoding="utf-8")
    assert predict("--texts", str(folder)).exit_code == 0
    assert lines(tmp_path) == ["one", "two"]
    assert record(tmp_path)["source"] == "news"
    assert "omit it with --texts" in predict("--texts", str(folder), "--split", "test").stderr
    (folder / "two.txt").write_bytes(b"\xff")
    assert "two.txt: line 1: byte 0xff" in predict("--texts", str(folder), "--restart").stderr


def test_an_unknown_model_is_explained(predict):
    result = predict(model="oracle")
    assert (
        "there is no model 'oracle'. Available: baseline, gliner, openai, silent, spacy, "
        "transformers." in result.stderr
    )


def test_the_model_that_the_documentation_shows(real_corpus, run, tmp_path, monkeypatch):
    page = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
    (code,) = code_blocks(page, "python")
    install(tmp_path / "packages", "shout", code)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    out = tmp_path / "shout.jsonl"
    result = run(real_corpus, "predict", "--model", "shout:ORGANIZATION", "--out", str(out))
    sys.modules.pop("shout", None)
    assert result.exit_code == 0, result.output
    assert run(real_corpus, "check-predictions", str(out)).exit_code == 0
    total = dateline.score(out, real_corpus).score("entities", "strict").total
    assert total.predicted > 0
