"""Scores of attributes of every kind."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.corpus.store import Corpus
from dateline.evaluation.prediction_check import check_predictions
from dateline.ontology.labels import Attribute, Label
from dateline.predictions.label_index import AttributeIndex

from ..conftest import Run
from .conftest import predicted


def total(report: dateline.Report, group: str, measure: str) -> tuple[float, float, float]:
    found = report.score(group, measure).total
    return found.matched_gold, found.predicted, found.gold


@pytest.fixture
def report_of(layered: Corpus):
    """Score the gold after a change of it."""

    def of(change) -> dateline.Report:
        prediction = predicted(layered.read_annotation("gold", "report"))
        change(prediction)
        return dateline.score([prediction], layered)

    return of


def test_labels_are_compared_as_sets_and_one_by_one(report_of):
    def change(prediction):
        prediction["mentions"][4]["attributes"]["forms"] = ["plural", "abbreviation"]

    report = report_of(change)
    # Gold: generic for m3, generic and plural for m5.
    assert total(report, "entities", "forms, joint") == (2, 3, 3)
    assert total(report, "entities", "forms, same set, joint") == (8, 9, 9)
    labels = report.score("entities", "forms, joint").labels
    assert {name: (r.matched_gold, r.predicted, r.gold) for name, r in labels.items()} == {
        "abbreviation": (0, 1, 0),
        "plural": (1, 1, 1),
        "generic": (1, 1, 2),
    }


def test_the_order_of_labels_does_not_matter(report_of):
    report = report_of(lambda p: p["mentions"][4]["attributes"]["forms"].reverse())
    assert report.score("entities", "forms, same set, joint").value == 1.0


@pytest.mark.parametrize(
    ("field", "name", "value", "is_same"),
    [
        ("mentions", "amount", 81.0, True),
        ("mentions", "amount", 81.5, False),
        ("mentions", "amount", True, False),
        ("mentions", "day", "P1D", True),
        ("mentions", "day", "p1d", False),
        ("mentions", "negated", True, False),
        ("relations", "cases", 4, False),
        ("events", "grade", 2, False),
        ("events", "serious", "true", False),
        ("claims", "check_worthy", False, False),
    ],
)
def test_a_value_is_right_if_it_is_equal(
    report_of, field: str, name: str, value: object, is_same: bool
):
    def change(prediction):
        item = next(i for i in prediction[field] if name in i.get("attributes", {}))
        item["attributes"][name] = value

    group = {"mentions": "entities", "events": "triggers"}.get(field, field)
    found, _, gold = total(report_of(change), group, f"{name}, joint")
    assert found == gold - (not is_same)


def test_document_attributes_are_scored_as_text_classification(report_of):
    def change(prediction):
        prediction["attributes"] = {
            "genre": "news",
            "topics": ["safety"],
            "reviewed": True,
            "patients": 12,
            "registry": "NCT0042 ",
        }

    report = report_of(change)
    assert {score.measure: score.value for score in report.scores if score.group == "document"} == {
        "accuracy, genre": 0.0,
        "accuracy, topics": 0.0,
        "labels, topics": pytest.approx(2 / 3),
        "accuracy, reviewed": 1.0,
        "accuracy, patients": 1.0,
        "accuracy, registry": 0.0,
    }
    assert all(
        score.primary == score.measure.startswith("accuracy")
        for score in report.scores
        if score.group == "document"
    )


def test_attributes_of_entities_are_those_of_their_mentions(report_of):
    def change(prediction):
        (aspirin,) = (e for e in prediction["entities"] if e["name"] == "aspirin")
        aspirin["attributes"] = {"approved": False, "uses": ["fever"]}

    report = report_of(change)
    assert total(report, "entities", "entity approved, joint") == (7, 9, 9)
    assert total(report, "entities", "entity uses, joint") == (2, 2, 4)


def test_values_that_an_attribute_cannot_have_are_named(layered: Corpus, written):
    prediction = predicted(layered.read_annotation("gold", "report"))
    prediction["attributes"]["genre"] = "poem"
    prediction["mentions"][0]["attributes"] |= {"amount": "much", "level": "name"}
    prediction["entities"][0]["attributes"] = {"uses": ["luck"]}
    prediction["relations"][0]["attributes"] = {"certainty": "none"}
    path = written(prediction)
    places = {
        "/attributes/genre",
        "/mentions/0/attributes/amount",
        "/entities/0/attributes/uses",
        "/relations/0/attributes/certainty",
    }
    problems = dateline.score(path, layered).problems
    assert {(p.pointer, p.effect) for p in problems} == {(place, "wrong") for place in places}
    assert {(p.message, p.hint) for p in problems} >= {
        ('"genre" cannot be "poem"', "Allowed: case_report, news, trial."),
        ('"amount" cannot be "much"', "Allowed: number, in mg."),
        ('"uses" cannot be ["luck"]', "Allowed: pain, fever, prevention."),
    }
    checked = check_predictions(path, layered).problems
    assert {p.pointer for p in checked if p.effect == "wrong"} == places


@pytest.mark.parametrize(
    ("attributes", "message", "hint"),
    [
        (
            {"patients": "12"},
            '"patients" cannot be "12"',
            "Allowed: whole number from 0, in persons.",
        ),
        (
            {"registry": "X1"},
            '"registry" cannot be "X1"',
            "Allowed: text that matches ^NCT[0-9]{4}$.",
        ),
        (
            {"gener": "news"},
            '"gener" is not an attribute of the ontology',
            'Did you mean "genre"? Allowed: genre, ',
        ),
    ],
)
def test_wrong_attributes_of_documents_are_among_the_items(
    layered: Corpus, written, run: Run, attributes, message, hint
):
    path = written({"document": "report", "attributes": {"genre": "news", **attributes}})
    result = run(layered, "check-predictions", str(path))
    assert f"wrong: {message}\n    {hint}" in result.stdout
    assert "2 items counted, 1 of them wrong" in result.stderr


LABELS = tuple(Label(name=name, title=name, description="") for name in "abc")


def index_of(kind: str) -> AttributeIndex:
    return AttributeIndex(
        Attribute(name="x", title="", description="", required=False, kind=kind, values=LABELS)
    )


VALUES = {
    "label": st.sampled_from("abc"),
    "labels": st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple),
    "boolean": st.booleans(),
    "number": st.one_of(
        st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
    ),
    "text": st.text(max_size=5),
}
SAME = {
    "labels": Counter,
    "text": lambda value: unicodedata.normalize("NFC", value),
}


@given(st.data())
def test_values_have_the_same_integer_if_they_are_equal(data: st.DataObject):
    kind = data.draw(st.sampled_from(sorted(VALUES)))
    first, second = data.draw(VALUES[kind]), data.draw(VALUES[kind])
    index, same = index_of(kind), SAME.get(kind, lambda value: value)
    assert first in index
    assert (index.number(first) == index.number(second)) == (same(first) == same(second))
    for other in ({"number": "1", "text": 1}.get(kind, 7), None, ()):
        assert index.number(first) != index.number(other)


def test_texts_are_equal_in_normal_form():
    index = index_of("text")
    assert index.number("Zu\u0308rich") == index.number("Z\u00fcrich") != index.number("Zurich")
