"""Attributes that only items with some labels have, from the page to the scores."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

import dateline
from dateline.agreement.measure import measure_agreement
from dateline.corpus.store import Corpus
from dateline.evaluation.prediction_check import check_predictions
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.convert.to_result import to_result
from dateline.model import LAYERS
from dateline.validation.engine import check_corpus
from tests.conftest import Run
from tests.corpora import make_annotation, write_ontology
from tests.evaluation.conftest import predicted, write_lines
from tests.layered import TEXT, limited_attributes, limited_items

RULES = {"A213"}
"""The rule that is tested here."""

Items = dict[str, Any]


@pytest.fixture
def corpus(layered: Corpus) -> Corpus:
    write_ontology(layered, limited_attributes())
    corpus = Corpus(layered.root)
    annotate(corpus, "gold", limited_items(TEXT))
    return corpus


def annotate(corpus: Corpus, annotator: str, items: Items) -> None:
    document = corpus.read_document("report")
    corpus.write_annotation(make_annotation(document, items, annotator, LAYERS))


def problems(corpus: Corpus) -> list[tuple[str, str, str, str]]:
    incidents = [i for checked in check_corpus(corpus) for i in checked.incidents]
    return [(i.code, i.pointer, i.message, i.hint) for i in incidents if i.code != "A205"]


def test_items_whose_label_has_the_attribute_may_have_it(corpus: Corpus):
    assert [found for found in problems(corpus) if found[0] == "A213"] == []


@pytest.mark.parametrize(
    ("field", "position", "label"),
    [("mentions", 2, "CHEMICAL"), ("entities", 0, "PERSON"), ("relations", 0, "WORKS_FOR"),
     ("events", 1, "HARM"), ("claims", 0, "ASSERT")],
)  # fmt: skip
def test_the_attribute_of_another_label_is_an_error(
    corpus: Corpus, field: str, position: int, label: str
):
    items = limited_items(TEXT)
    attributes = items[field][position].setdefault("attributes", {})
    attributes["only"] = "one"
    annotate(corpus, "gold", items)
    ((_, pointer, message, hint),) = [p for p in problems(corpus) if p[0] == "A213"]
    assert pointer.startswith(f"/{field}/")
    assert pointer.endswith("/attributes/only")
    assert message.startswith(f'{label} has no attribute "only"; ')
    assert hint == "Remove the attribute, or correct the label."


def test_an_attribute_that_a_label_requires_is_missed(corpus: Corpus):
    items = limited_items(TEXT)
    del items["mentions"][1]["attributes"]["only"], items["events"][0]["attributes"]["only"]
    annotate(corpus, "gold", items)
    assert [p[1:3] for p in problems(corpus) if p[0] == "A213"] == [
        ("/mentions/1/attributes", 'the attribute "only" is missing; ORGANIZATION requires it')
    ]


def test_the_page_asks_for_it_where_the_label_has_it(corpus: Corpus):
    page = ElementTree.fromstring(labelling_config(corpus.ontology))
    control = page.find(".//Choices[@name='mention_only']")
    around = page.find(".//Choices[@name='mention_only']/..")
    for tag in (control, around):
        assert tag.get("visibleWhen") == "region-selected"
        assert tag.get("whenTagName") == "entity"
        assert tag.get("whenLabelValue") == "ORGANIZATION,PERSON"
    assert control.get("required") == "true"
    assert page.find(".//Choices[@name='mention_level']").get("whenLabelValue") is None
    assert page.find(".//Choices[@name='event_only']").get("required") is None


def test_an_answer_left_of_another_label_is_not_pulled(corpus: Corpus):
    document, gold = corpus.read_document("report"), corpus.read_annotation("gold", "report")
    rows = to_result(gold, corpus.ontology)
    for row in rows:
        if row.get("id") in ("m2", "v1", "c2") and "labels" in row["value"]:
            row["value"]["labels"] = {"m2": ["DISEASE"], "v1": ["STOP"], "c2": ["ASSERT"]}[
                row["id"]
            ]
    pulled, _ = from_result(rows, document, header_of(gold), corpus.ontology)
    items = [*pulled.mentions, *pulled.events, *pulled.claims]
    with_it = {item.id for item in items if "only" in item.attributes}
    assert with_it == {"m1", "m8"}


def test_people_are_told_which_labels_have_it(corpus: Corpus, run: Run):
    shown = " ".join(run(corpus, "ontology").stdout.split())
    assert "one label; required of ORGANIZATION, PERSON" in shown
    assert "one label; only of GIVE" in shown
    page = run(corpus, "guidelines").stdout
    assert "| Only (of ORGANIZATION, PERSON) | one |" in page
    assert "| Only (of GIVE; may be left out) | one |" in page


def test_scores_count_the_items_whose_label_has_it(corpus: Corpus):
    prediction = predicted(corpus.read_annotation("gold", "report"))
    prediction["mentions"][7]["attributes"]["only"] = "other"
    report = dateline.score([prediction], corpus)
    found = report.score("entities", "only, joint").total
    # Two persons and an organization; the other six mentions do not have the attribute.
    assert (found.matched_gold, found.predicted, found.gold) == (2, 3, 3)
    found = report.score("claims", "only, matched only").total
    assert (found.matched_gold, found.predicted, found.gold) == (1, 1, 1)


def test_agreement_counts_the_items_whose_label_has_it(corpus: Corpus):
    items = limited_items(TEXT)
    annotate(corpus, "ana", items)
    items["mentions"][1]["type"] = "DISEASE"
    items["entities"][1]["type"] = "DISEASE"
    del items["mentions"][1]["attributes"]["only"]
    items["relations"].pop(0)
    annotate(corpus, "bo", items)
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    assert pair.layers["entities"].attributes["only"].units == 2


def test_predictions_with_the_attribute_of_another_label_are_reported(
    corpus: Corpus, tmp_path, run: Run
):
    prediction = predicted(corpus.read_annotation("gold", "report"))
    prediction["mentions"][2]["attributes"]["only"] = "one"
    path = write_lines(tmp_path / "predictions.jsonl", prediction)
    (problem,) = check_predictions(path, corpus).problems
    assert 'CHEMICAL has no attribute "only"; ORGANIZATION, PERSON have it' in str(problem)


def test_adjudication_asks_for_the_attributes_of_the_label(corpus: Corpus, run: Run):
    items = limited_items(TEXT)
    annotate(corpus, "ana", items)
    items["events"][0]["type"], items["events"][0]["arguments"] = "STOP", []
    del items["events"][0]["attributes"]["only"], items["events"][0]["cluster"]
    del items["event_clusters"][0]
    annotate(corpus, "bo", items)
    corpus.annotation_path("gold", "report").unlink()
    for name in ("ana", "bo"):
        run(corpus, "annotators", "add", name, "--kind", "human")
    result = run(corpus, "adjudicate", "ana", "bo", "--strategy", "prefer:bo")
    assert result.exit_code == 0, result.output
    (event,) = [e for e in corpus.read_annotation("gold", "report").events if e.type == "STOP"][:1]
    assert "only" not in event.attributes


def test_renaming_a_label_renames_it_in_the_attribute(corpus: Corpus, run: Run):
    assert run(corpus, "rename", "entity:PERSON=HUMAN").exit_code == 0
    assert run(corpus, "rename", "act:ADVISE=TELL").exit_code == 0
    schema = json.loads((corpus.root / "schema" / "ontology.schema.json").read_bytes())
    items = schema["$defs"]
    for item, labels in (("mention", ["ORGANIZATION", "HUMAN"]), ("claim", ["TELL"])):
        only = items[item]["properties"]["attributes"]["properties"]["only"]
        assert only["x-labels"] == labels
    page = ElementTree.fromstring(labelling_config(Corpus(corpus.root).ontology))
    control = page.find(".//Choices[@name='mention_only']")
    assert control.get("whenLabelValue") == "ORGANIZATION,HUMAN,PERSON"
