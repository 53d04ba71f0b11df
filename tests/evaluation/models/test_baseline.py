"""The baseline learns from gold or from the schema, with any ontology."""

from __future__ import annotations

import json

import dateline
from tests.chemistry import ONTOLOGY, annotated_reaction
from tests.corpora import write_ontology


def predict(run, corpus, out, *options):
    return run(corpus, "predict", "--model", "baseline", "--out", str(out), *options)


def test_words_seen_in_training_are_found_in_a_new_text(five, run, tmp_path):
    out = tmp_path / "baseline.jsonl"
    result = predict(run, five, out, "--split", "test")
    assert result.exit_code == 0, result.output
    assert "learnt from" not in result.stderr
    assert run(five, "check-predictions", str(out)).exit_code == 0
    report = dateline.score(out, five, split="test")
    strict = report.score("entities", "strict").total
    # All but the mention in two pieces, and those inside others.
    assert (strict.matched_gold, strict.predicted) == (7, 7)
    assert report.score("triggers", "TC").value == 1
    assert report.score("claims", "sentence").total.matched_predicted == 1
    record = json.loads(out.with_suffix(".run.json").read_bytes())
    train = [n for n in five.document_ids() if five.read_document(n).split == "train"]
    assert record["settings"] == {"learn": "training", "documents": train}
    assert record["predicted"] == 1


def test_the_examples_of_the_schema_are_enough_to_start(real_corpus, run, tmp_path):
    out = tmp_path / "schema.jsonl"
    assert predict(run, real_corpus, out, "--option", "learn=schema").exit_code == 0
    assert run(real_corpus, "check-predictions", str(out)).exit_code == 0
    report = dateline.score(out, real_corpus)
    assert 0.1 < report.score("entities", "strict").value < 1
    assert report.score("arguments", "AC+").value > 0


def test_predicting_training_documents_is_reported(five, run, tmp_path):
    result = predict(run, five, tmp_path / "all.jsonl")
    assert "learnt from 4 of these 5 texts" in result.stderr


def test_another_ontology(empty_corpus, run, tmp_path):
    write_ontology(empty_corpus, ONTOLOGY)
    document, annotation = annotated_reaction(empty_corpus)
    empty_corpus.write_document(document)
    empty_corpus.write_annotation(annotation)
    out = tmp_path / "out.jsonl"
    result = predict(run, empty_corpus, out, "--train-split", document.split)
    assert result.exit_code == 0, result.output
    report = dateline.score(out, empty_corpus)
    assert report.score("arguments", "AC+").value == 1


def test_no_training_documents_and_wrong_options_are_explained(empty_corpus, run, tmp_path):
    out = tmp_path / "out.jsonl"
    assert (
        "there is no gold in annotations/gold/ in the split 'train'"
        in predict(run, empty_corpus, out).stderr
    )
    wrong = predict(run, empty_corpus, out, "--option", "learn=books")
    assert "option learn is 'books'. Allowed: training, schema." in wrong.stderr
    unknown = predict(run, empty_corpus, out, "--option", "depth=3")
    assert "option 'depth' is unknown. Allowed: learn." in unknown.stderr
    assert "is not NAME=VALUE" in predict(run, empty_corpus, out, "--option", "learn").stderr
    assert not out.exists()
