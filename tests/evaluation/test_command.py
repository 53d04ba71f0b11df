"""``dateline score`` and related commands, as a user calls them."""

from __future__ import annotations

import json

import pytest


def test_scoring_a_file_prints_tables_and_the_signature(five, five_predicted, written, run):
    result = run(five, "score", str(written(*five_predicted)))
    assert result.exit_code == 0, result.output
    assert "coreference" in result.stdout
    assert "offsets:code-points" in result.stdout
    assert "units:documents|runs:1" in result.stdout


def test_scores_as_json_have_everything(five, five_predicted, written, run):
    result = run(five, "score", str(written(*five_predicted)), "--format", "json", "--by-document")
    report = json.loads(result.stdout)
    assert report["signature_line"].endswith(f"dateline:{report['signature']['dateline']}")
    score = next(s for s in report["scores"] if s["measure"] == "strict")
    assert set(score["documents"]) == set(five.document_ids())
    assert score["labels"]["PERSON"]["gold"] == 15


@pytest.mark.parametrize(("shown_as", "start"), [("md", "# Scores"), ("html", "<!doctype html>")])
def test_scores_as_pages(five, five_predicted, written, run, shown_as, start):
    five_predicted[0]["mentions"][0]["type"] = "<b>|x"
    path = written(*five_predicted)
    result = run(five, "score", str(path), "--format", shown_as, "--by-label")
    assert result.stdout.startswith(start)
    assert "<b>|x" not in result.stdout
    assert "/mentions/0/type" in result.stderr


def test_a_layer_that_is_not_there_is_explained(five, five_predicted, written, run):
    result = run(five, "score", str(written(*five_predicted)), "--layers", "entity")
    assert result.exit_code == 1
    assert (
        "Allowed layers: entities, events, claims. Allowed groups: entities, linking"
        in result.stderr
    )


def test_a_line_that_is_not_a_prediction_is_named(five, five_predicted, written, run):
    path = written(five_predicted[0], {"document": 3})
    result = run(five, "score", str(path))
    assert result.exit_code == 1
    assert "predictions.jsonl, line 2: /document:" in result.stderr
    assert "check-predictions" in result.stderr


def test_gold_may_be_a_built_dataset_elsewhere(five, five_predicted, written, run, tmp_path):
    assert run(five, "build", "--out", str(tmp_path / "built")).exit_code == 0
    path = written(*five_predicted)
    one = run(five, "score", str(path), "--format", "json")
    other = run(five, "score", str(path), "--gold", str(tmp_path / "built"), "--format", "json")
    assert json.loads(one.stdout)["scores"] == json.loads(other.stdout)["scores"]


def test_problems_are_those_of_the_scored_layers_with_file_and_line(
    five, five_predicted, written, run
):
    five_predicted[1]["mentions"][0]["type"] = "SHIP"
    five_predicted[2]["events"][0]["type"] = "SAIL"
    five_predicted[3]["claims"][0]["act"] = "MUMBLE"
    path = written(*five_predicted)
    said = run(five, "score", str(path), "--layers", "entities").stderr
    assert f"{path}, line 2 /mentions/0/type" in said
    assert '"SHIP" is not a label of the ontology. Allowed: ' in said
    assert "SAIL" not in said
    assert "MUMBLE" not in said
    said = run(five, "score", str(path)).stderr
    for line, item in ((2, "mentions"), (3, "events"), (4, "claims")):
        assert f"{path}, line {line} /{item}/0/" in said


def test_a_document_that_is_predicted_twice_is_named_with_file_and_lines(
    five, five_predicted, written, run
):
    path = written(*five_predicted, five_predicted[1])
    said = run(five, "score", str(path)).stderr
    assert f"{path} cannot be used:" in said
    assert f"line {len(five_predicted) + 1} /document" in said
    assert "is already predicted on line 2" in said
