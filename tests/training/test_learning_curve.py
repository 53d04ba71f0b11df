"""Learning curves, with a real trainer and few steps."""

from __future__ import annotations

import json

import pytest

import dateline
from dateline.errors import InvalidInputError
from dateline.evaluation.gold import gold_of_corpus
from dateline.training.learning_curve import read_learning_curve
from dateline.training.recipe import RecipeOptions, share_of

from ..corpora import CorpusMaker, gold_of, make_annotation


@pytest.fixture
def grouped(tmp_path):
    """Eight documents to train on, in three groups and two documents alone, and two others."""
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty("grouped")
    for group in ("a", "a", "a", "b", "b", "c", None, None):
        fields = {"group": group, "split_given": True} if group else {}
        document = maker.add_in_split(corpus, "train", **fields)
        corpus.write_annotation(make_annotation(document, gold_of(document.text)))
    for split in ("validation", "test"):
        maker.annotated(corpus, split)
    return corpus


def without_groups(signature):
    """What scores depend on."""
    return [part for part in signature.split("|") if not part.startswith("groups:")]


def test_shares_are_whole_groups_and_nested(grouped):
    gold = gold_of_corpus(grouped, "train")
    found = {}
    for seed in range(4):
        before = set()
        for share in (1, 20, 21, 50, 99, 100):
            part = share_of(gold, RecipeOptions(seed=seed, share=share))
            documents = {one.id for one in part.documents}
            units = {gold.units.get(name, name) for name in documents}
            assert documents == {
                one.id for one in gold.documents if gold.units.get(one.id, one.id) in units
            }
            assert len(units) == {1: 1, 20: 1, 21: 2, 50: 3, 99: 5, 100: 5}[share]
            assert before <= documents
            before = documents
            found.setdefault(share, set()).add(frozenset(documents))
        assert documents == {one.id for one in gold.documents}
    assert len(found[20]) > 1  # the seed chooses


def test_a_curve_has_scores_of_dateline_score_and_is_resumed(grouped, run, tmp_path):
    out = tmp_path / "curve"
    command = (
        *("learning-curve", "spacy", "--out", str(out), "--max-steps", "20"),
        *("--share", "40", "--share", "100"),
    )
    result = run(grouped, *command)
    assert result.exit_code == 0, result.output
    curve = read_learning_curve(out)
    assert [(step.share, step.groups) for step in curve.steps] == [(40, 2), (100, 5)]
    half, whole = (step.training for step in curve.steps)
    assert {*half.train.documents} < {*whole.train.documents}
    assert half.settings["share"] == 40
    for step in curve.steps:
        assert step.splits.keys() == {"validation", "test"}
        for split, found in step.splits.items():
            predictions = out / f"share-{step.share}.{split}.jsonl"
            report = dateline.score(
                predictions, grouped, split=split, layers=["entities", "events"]
            )
            given = {(one.group, one.measure): one for one in report.primary}
            assert {("entities", "strict"), ("triggers", "TC")} <= {
                (one.group, one.measure) for one in found.scores
            }
            for one in found.scores:
                same = given[one.group, one.measure]
                assert (one.value, one.interval) == (same.value, same.interval)
            assert without_groups(found.signature_line) == without_groups(str(report.signature))
            assert found.run.settings["documents"] == step.training.documents
    assert "entities: strict" in result.stdout
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/training.json")}
    (out / "share-100.test.jsonl").unlink()
    assert run(grouped, *command, "--format", "json").exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert json.loads((out / "learning-curve.json").read_bytes())["steps"][1]["share"] == 100
    changed = run(grouped, *command, "--seed", "7")
    assert changed.exit_code == 0, changed.output
    assert read_learning_curve(out).steps[0].training.settings["seed"] == 7


def test_the_training_split_is_not_scored(grouped, run, tmp_path):
    out = tmp_path / "curve"
    result = run(grouped, "learning-curve", "spacy", "--out", str(out), "--score-split", "train")
    assert result.exit_code == 1
    assert "which is the training split" in result.stderr
    assert not out.exists()


def test_a_curve_without_steps_is_refused(tmp_path):
    file = tmp_path / "learning-curve.json"
    file.write_text('{"recipe": "spacy", "steps": []}', encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"learning-curve\.json.*steps"):
        read_learning_curve(file)
