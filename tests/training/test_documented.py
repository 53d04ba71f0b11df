"""The commands that the documentation shows for training, on a small corpus with few steps."""

from __future__ import annotations

import shlex

import pytest

from ..conftest import REPOSITORY, dateline_lines

PAGE = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
FEWER = {"spacy": ("--max-steps", "1"), "transformers": ("--epochs", "1")}
LINES = [shlex.split(line)[1:] for line in dateline_lines(PAGE)]


@pytest.mark.parametrize("library", FEWER)
def test_a_model_is_trained_and_predicts_as_shown(
    split_corpus, tiny_base, run, tmp_path, monkeypatch, library
):
    monkeypatch.chdir(tmp_path)
    (train,) = [line for line in LINES if line[:2] == ["train", library]]
    if library == "transformers":  # instead of weights from the Hub
        train[train.index("--base") + 1] = str(tiny_base)
    result = run(split_corpus, *train, *FEWER[library])
    assert result.exit_code == 0, result.output
    out = train[train.index("--out") + 1]
    (predict,) = [line for line in LINES if f"{library}:{out}" in line]
    result = run(split_corpus, *predict)
    assert result.exit_code == 0, result.output
    predictions = predict[predict.index("--out") + 1]
    assert run(split_corpus, "score", predictions, "--split", "test").exit_code == 0
