"""Scores of corpora with other layers than this repository's: all of them, and only entities."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

import dateline
from dateline.corpus.store import Corpus
from dateline.evaluation.measures.groups import GROUPS
from dateline.evaluation.prediction_check import check_predictions
from dateline.evaluation.prompting.answer import Answer
from dateline.evaluation.prompting.asked import asked_for
from dateline.evaluation.prompting.grounding import as_prediction
from dateline.evaluation.prompting.prompt import instructions
from dateline.evaluation.prompting.schema import answer_schema
from dateline.evaluation.scoring import as_gold
from dateline.model import LAYERS
from dateline.predictions.prediction import Prediction
from dateline.predictions.reading import PredictionFile
from dateline.predictions.texts import CorpusTexts

from ..conftest import Run


def gold_of(corpus: Corpus) -> dict:
    return json.loads(
        Prediction.from_annotation(corpus.read_annotation("gold", "report")).to_json()
    )


def total(report: dateline.Report, group: str, measure: str) -> tuple[float, float, float]:
    found = report.score(group, measure).total
    return found.matched_gold, found.predicted, found.gold


def test_a_perfect_prediction_of_every_layer_is_perfect_and_clean(layered: Corpus, written):
    path = written(gold_of(layered))
    report = dateline.score(path, layered, layers=LAYERS)
    assert report.problems == ()
    assert {score.value for score in report.scores} <= {1.0, None}
    assert {score.group for score in report.scores} >= {*GROUPS} - {"ranking", "event-coreference"}
    assert check_predictions(path, layered).problems == ()


def test_a_corpus_of_entities_has_scores_of_entities_only(entities_only: Corpus, written, run: Run):
    path = str(written(gold_of(entities_only)))
    for command in (["score", path], ["score", path, "--layers", "entities"]):
        result = run(entities_only, *command, "--format", "json")
        assert result.exit_code == 0, result.output
        scores = json.loads(result.stdout)["scores"]
        measures = {(score["group"], score["measure"]) for score in scores}
        modes = ("strict", "exact", "partial", "type", "nested")
        assert measures == {("entities", mode) for mode in modes}
    result = run(entities_only, "compare", path, f"other={path}")
    assert result.exit_code == 0, result.output
    words = "event|claim|coreference|linking|relation"
    assert not re.search(words, re.sub(r"\|claims:\S+", "", result.output))
    shown = run(entities_only, "errors", path).output
    assert not re.search(words, re.sub(r"\|claims:\S+", "", shown))


@pytest.mark.parametrize("command", ["score", "errors", "curves"])
@pytest.mark.parametrize("name", ["claims", "coreference"])
def test_a_layer_that_the_ontology_does_not_declare_is_an_error(
    entities_only: Corpus, written, run: Run, command: str, name: str
):
    result = run(entities_only, command, str(written(gold_of(entities_only))), "--layers", name)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{name!r} is not declared by the ontology of the gold" in result.stderr
    assert "Allowed layers: entities. Allowed groups: entities." in result.stderr


def test_items_that_the_ontology_does_not_declare_are_ignored_with_a_warning(
    entities_only: Corpus, layered: Corpus, written
):
    prediction = gold_of(entities_only)
    prediction["events"] = gold_of(layered)["events"]
    prediction["mentions"][0]["entity"] = "e1"
    prediction["entities"] = [{"id": "e1", "type": "PERSON", "name": "Okafor"}]
    path = written(prediction)
    report = dateline.score(path, entities_only)
    assert total(report, "entities", "strict") == (3, 3, 3)
    message = "is not declared by the ontology, and is ignored"
    assert [(p.effect, p.pointer, p.message) for p in report.problems] == [
        ("warning", "/entities", message),
        ("warning", "/events", message),
    ]
    checked = check_predictions(path, entities_only)
    assert checked.is_clean
    reported = [problem.pointer for problem in checked.problems]
    assert sorted(reported) == ["/entities", "/events", "/mentions/0"]
    assert checked.items == 3


def test_documents_are_scored_if_they_are_predicted_or_named(layered: Corpus, written, run: Run):
    whole = gold_of(layered)
    path = str(written({name: found for name, found in whole.items() if name != "attributes"}))
    by_default = dateline.score(path, layered)
    assert "document" not in {score.group for score in by_default.scores}
    assert "document" not in by_default.signature.groups
    assert any("not scored: document" in note for note in by_default.notes)

    named = dateline.score(path, layered, layers="document")
    assert {s.measure for s in named.scores if s.primary} == {
        f"accuracy, {name}" for name in ("genre", "topics", "reviewed", "patients", "registry")
    }
    for score in named.scores:
        assert score.value == 0, score.measure
        assert total(named, "document", score.measure)[1] == 0, score.measure

    other = str(written(whole, name="other.jsonl"))
    result = run(layered, "compare", path, other, "--format", "json")
    assert result.exit_code == 0, result.output
    compared = json.loads(result.stdout)["measures"]
    accuracy = next(one for one in compared if one["measure"] == "accuracy, genre")
    assert (accuracy["first"], accuracy["others"][0]["value"]) == (0, 1)


def test_the_note_on_what_is_not_predicted_leaves_out_what_is(layered: Corpus, written):
    report = dateline.score(written(gold_of(layered)), layered, layers="entities")
    assert not any("not predicted" in note for note in report.notes)


def test_each_link_of_an_entity_counts(layered: Corpus):
    prediction = gold_of(layered)
    (aspirin,) = (e for e in prediction["entities"] if e["name"] == "aspirin")
    aspirin["links"] = aspirin["links"][:1]
    prediction["event_clusters"][1]["links"][0]["id"] = "other"
    report = dateline.score([prediction], layered)
    # Aspirin has two mentions and two entries, bleeding two mentions and one entry.
    assert total(report, "linking", "link") == (4, 4, 6)
    assert total(report, "linking", "nil") == (1, 1, 1)
    assert total(report, "event-linking", "link") == (2, 3, 3)


def test_predictions_of_format_1_0_are_read_as_those_of_2_0(layered: Corpus, written):
    present = gold_of(layered)
    former = json.loads(json.dumps(present))
    for prediction, is_former in ((present, False), (former, True)):
        for entity in prediction["entities"]:
            links = entity.pop("links", [])[:1]
            if is_former:
                entity["link"] = links[0] if links else None
            elif links:
                entity["links"] = links
    paths = written(present, name="present.jsonl"), written(former, name="former.jsonl")
    assert [*PredictionFile(paths[0])] == [*PredictionFile(paths[1])]
    reports = [dateline.score(path, layered) for path in paths]
    assert reports[0].scores == reports[1].scores
    assert reports[1].problems == ()
    checked = [check_predictions(path, layered) for path in paths]
    assert checked[0] == checked[1]
    assert checked[1].problems == ()


def test_the_order_of_items_and_labels_changes_neither_scores_nor_the_hash(layered: Corpus):
    def backwards(value):
        if isinstance(value, dict):
            return {name: backwards(inner) for name, inner in value.items()}
        if isinstance(value, list):
            found = [backwards(inner) for inner in value]
            is_span = found and isinstance(found[0], dict) and "start" in found[0]
            return found if is_span else found[::-1]
        return value

    items = gold_of(layered)
    items["relations"][0]["type"] = "CAUSES"
    items["mentions"][2]["attributes"]["forms"] = ["abbreviation", "plural"]
    gold = as_gold(layered)
    (document,) = gold.documents
    changed = msgspec.convert(backwards(gold_of(layered)), Prediction)
    turned = msgspec.structs.replace(
        gold, documents=(msgspec.structs.replace(document, items=changed),)
    )
    reports = [
        dateline.score([prediction], one, per_document=True)
        for prediction, one in ((items, gold), (backwards(items), turned))
    ]
    assert reports[0].signature == reports[1].signature
    assert reports[0].scores == reports[1].scores


def test_predictions_are_converted_to_layers_that_the_ontology_declares(
    entities_only: Corpus, tmp_path, run: Run
):
    document = entities_only.read_document("report")
    words = [document.text[start:end] for start, end in document.tokens]
    tags = ["B-DRUG" if word == "aspirin" else "O" for word in words]
    tagged, out = tmp_path / "report.bio", tmp_path / "out.jsonl"
    tagged.write_text("".join(f"{w}\t{tag}\n" for w, tag in zip(words, tags, strict=True)))
    command = "convert-predictions", str(tagged), "--from", "bio", "--out", str(out)
    result = run(entities_only, *command, "--layer", "events")
    assert result.exit_code == 1
    assert "events: not declared by schema/ontology.schema.json." in result.stderr
    assert not out.exists()
    assert run(entities_only, *command).exit_code == 0
    assert total(dateline.score(out, entities_only), "entities", "strict") == (1, 1, 3)


@pytest.mark.parametrize("name", ["layered", "entities_only"])
def test_a_built_dataset_has_the_same_gold(
    request: pytest.FixtureRequest, name: str, written, run: Run
):
    corpus = request.getfixturevalue(name)
    assert run(corpus, "build").exit_code == 0
    path = written(gold_of(corpus))
    of_corpus = dateline.score(path, corpus)
    of_dataset = dateline.score(path, corpus.root / "dist")
    assert of_dataset.scores == of_corpus.scores
    assert of_dataset.signature.gold == of_corpus.signature.gold
    assert check_predictions(path, corpus.root / "dist").problems == ()


@pytest.mark.parametrize("name", ["layered", "entities_only"])
def test_the_baseline_predicts_what_the_ontology_declares(
    request: pytest.FixtureRequest, name: str, tmp_path, run: Run
):
    corpus = request.getfixturevalue(name)
    split = corpus.read_document("report").split
    out = tmp_path / "out.jsonl"
    result = run(
        corpus, "predict", "--model", "baseline", "--train-split", split, "--out", str(out)
    )
    assert result.exit_code == 0, result.output
    checked = check_predictions(out, corpus)
    assert checked.problems == ()
    assert dateline.score(out, corpus).score("entities", "strict").value == 1.0
    assert ("entities" in json.loads(out.read_text())) == corpus.ontology.has_coreference


def test_the_prompt_asks_for_what_the_ontology_declares(entities_only: Corpus):
    asked = asked_for(entities_only.ontology)
    assert not re.search("EVENTS|CLAIMS|ROLES|entity`", instructions(asked))
    assert list(answer_schema(asked)["properties"]) == ["mentions"]
    answer = msgspec.convert({"mentions": [{"label": "DRUG", "text": "aspirin"}]}, Answer)
    found = as_prediction(answer, CorpusTexts(entities_only)["report"], asked).prediction
    assert (found.entities, found.mentions[0].entity) == ((), None)
    assert dateline.score([found], entities_only).problems == ()


def test_a_message_about_curves_names_only_what_the_ontology_declares(
    entities_only: Corpus, written, run: Run
):
    result = run(entities_only, "curves", str(written(gold_of(entities_only))))
    assert result.exit_code == 1
    assert 'field "confidence": mentions. Groups with curves: entities.' in result.output
