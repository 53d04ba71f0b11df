"""``dateline errors``: kinds of errors, lost arguments, and annotator agreement."""

from __future__ import annotations

import json

import msgspec
import pytest

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.error_analysis import analyze_errors
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.scoring import as_predictions
from dateline.evaluation.tables.errors import tables
from tests.corpora import make_annotation

from .conftest import predicted


def found_in(corpus, predictions, **options):
    gold = gold_of_corpus(corpus)
    return analyze_errors(
        gold, ScoringInput(gold, as_predictions(predictions, gold.ontology)), **options
    )


def test_gold_has_no_errors(article, perfect):
    found = found_in(article, [perfect])
    for layer in found.layers:
        for kinds in layer.kinds.values():
            assert kinds["correct"] == sum(kinds.values())
        assert layer.examples == ()
    assert found.waterfall["gold arguments"] == found.waterfall["correct"] > 100


def test_every_kind_of_error_is_counted(five, five_predicted):
    mentions = five_predicted[0]["mentions"]
    by_id = {m["id"]: m for m in mentions}
    by_id["m2"]["type"] = "GPE"
    for id_ in ("m1", "m4"):
        (span,) = by_id[id_]["spans"]
        by_id[id_]["spans"] = [span | {"end": span["end"] - 1, "text": span["text"][:-1]}]
    by_id["m4"]["type"] = "LOCATION"
    mentions.remove(by_id["m6"])
    (cue,) = five_predicted[0]["claims"][0]["cue"]
    mentions.append(by_id["m9"] | {"id": "new", "spans": [cue]})
    layer = found_in(five, five_predicted).layers[0]
    assert layer.kinds["PERSON"]["type"] == layer.kinds["PERSON"]["boundary"] == 1
    assert layer.kinds["GPE"]["boundary and type"] == 1
    assert layer.kinds["DATE"]["missed"] == 1
    assert layer.kinds["GROUP"]["spurious"] == 1
    assert layer.confusions["PERSON"] == {"PERSON": 14, "GPE": 1}
    total = sum(sum(kinds.values()) for kinds in layer.kinds.values())
    assert total == 45 + 1
    boundary = next(e for e in layer.examples if e.kind == "boundary")
    assert boundary.context.startswith("[Kim Jong Un] met Putin")
    assert boundary.predicted == "PERSON: Kim Jong U"


def test_examples_come_from_all_kinds_and_places(five, five_predicted):
    for one in five_predicted:
        for mention in one["mentions"][1::2]:
            mention["type"] = "GPE" if mention["type"] != "GPE" else "PERSON"
        one["mentions"] = one["mentions"][1:]
        one["events"] = one["claims"] = one["event_relations"] = []
    analysis = found_in(five, five_predicted, examples=5)
    layer = next(one for one in analysis.layers if one.layer == "entities")
    for kind in ("type", "missed"):
        shown = [example.document for example in layer.examples if example.kind == kind]
        assert shown == five.document_ids()
    lost = [example.document for example in analysis.arguments if example.kind == "trigger missed"]
    assert lost == five.document_ids()
    counts = [sum(kinds.values()) - kinds["correct"] for kinds in layer.kinds.values()]
    first = next(tables(analysis))
    assert [label for label, *_ in first.rows] == [
        label for _, label in sorted(zip(counts, layer.kinds, strict=True), key=lambda x: -x[0])
    ]


def test_each_gold_argument_is_counted_at_the_first_step_that_went_wrong(five, five_predicted):
    one, two, three, four, _ = five_predicted
    one["events"] = [e for e in one["events"] if e["id"] != "v1"]
    one["event_relations"] = []
    two["events"][0]["type"] = "FIGHT"
    three["events"][0]["arguments"][0]["role"] = "place"
    four["events"][0]["arguments"] = four["events"][0]["arguments"][1:]
    found = found_in(five, five_predicted)
    assert dict(found.waterfall) == {
        "gold arguments": 20,
        "trigger missed": 3,
        "wrong event type": 3,
        "argument missed": 1,
        "wrong role": 1,
        "correct": 12,
    }
    lost = next(e for e in found.arguments if e.kind == "wrong role")
    assert lost.gold == "MEET, party: Kim Jong Un"


@pytest.mark.parametrize("shown_as", ["text", "json", "md", "html"])
def test_the_command_shows_errors_in_context(five, five_predicted, written, run, shown_as):
    five_predicted[0]["mentions"][0]["type"] = "GPE"
    path = written(*five_predicted)
    result = run(five, "errors", str(path), "--format", shown_as, "--layers", "entities")
    assert result.exit_code == 0, result.output
    assert "PERSON" in result.stdout
    assert ("arguments" in result.stdout) == (shown_as == "json")


def test_the_agreement_of_two_annotators_is_shown(five, five_predicted, written, run):
    name = five.document_ids()[0]
    document = five.read_document(name)
    items = {k: v for k, v in five_predicted[0].items() if k not in ("document", "text_sha256")}
    ana = make_annotation(document, items, annotator="ana")
    five.write_annotation(ana)
    bo = msgspec.structs.replace(ana, annotator="bo", mentions=ana.mentions[:-1], events=())
    five.write_annotation(bo)
    path = written(*five_predicted)
    result = run(five, "errors", str(path), "--annotators", "ana,bo", "--format", "json")
    agreement = json.loads(result.stdout)["agreement"]
    assert agreement["entities: strict"] == pytest.approx(2 * 8 / (8 + 9))
    assert agreement["triggers: TC"] == 0
    shown = run(five, "errors", str(path), "--annotators", "ana,bo", "--format", "md")
    assert "| entities: strict | 100.0 | 94.1 |" in shown.stdout
    nobody = run(five, "errors", str(path), "--annotators", "ana,nobody")
    assert nobody.exit_code == 1
    assert "ana and nobody have no annotated document in common" in nobody.stderr


def test_errors_of_relations_are_counted_by_kind(layered, written, run):
    prediction = predicted(layered.read_annotation("gold", "report"))
    relations = {relation["type"]: relation for relation in prediction["relations"]}
    works, dose = relations["WORKS_FOR"], relations["DOSE_OF"]
    prediction["relations"] = [works | {"type": "DOSE_OF"}, relations["CAUSES"]]
    (layer,) = found_in(layered, [prediction], layers=["relations"]).layers
    assert layer.confusions == {"WORKS_FOR": {"DOSE_OF": 1}, "CAUSES": {"CAUSES": 1}}
    assert (layer.kinds["WORKS_FOR"]["type"], layer.kinds["DOSE_OF"]["missed"]) == (1, 1)

    elsewhere = next(m["id"] for m in prediction["mentions"] if m["id"] != works["source"])
    prediction["relations"] = [works | {"source": elsewhere}, dose | {"target": "m99"}]
    prediction["relations"] += [dose | {"source": "m98", "target": "m99"}]
    result = run(layered, "errors", str(written(prediction)), "--layers", "relations")
    assert result.exit_code == 0, result.output
    assert "relations: errors by kind" in result.stdout
    (layer,) = found_in(layered, [prediction], layers=["relations"]).layers
    assert layer.kinds["WORKS_FOR"]["ends"] == 1
    assert layer.kinds["DOSE_OF"] == {
        "correct": 0, "type": 0, "ends": 1, "missed": 0, "spurious": 1,
    }  # fmt: skip


def test_errors_of_documents_are_counted_by_attribute(layered, written, run):
    right = predicted(layered.read_annotation("gold", "report"))["attributes"]
    genre = next(name for name in ("news", "trial") if name != right["genre"])
    prediction = {"document": "report", "attributes": {**right, "genre": genre}}
    del prediction["attributes"]["reviewed"]
    found = {one.layer: one for one in found_in(layered, [prediction]).layers}
    assert found["document, genre"].confusions == {right["genre"]: {genre: 1}}
    assert found["document, genre"].kinds[right["genre"]]["value"] == 1
    assert found["document, reviewed"].kinds[str(right["reviewed"]).lower()]["missed"] == 1
    assert found["document, patients"].kinds["(value)"]["correct"] == 1
    result = run(layered, "errors", str(written(prediction)), "--layers", "document")
    assert "document, genre: confusions" in result.stdout
