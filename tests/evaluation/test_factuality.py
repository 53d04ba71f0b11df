"""Scores of factuality by source, and of attributes of arguments."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.corpus.store import Corpus
from dateline.evaluation.gold import Gold, GoldDocument
from dateline.evaluation.prediction_check import check_predictions
from dateline.model import LAYERS
from dateline.ontology.reading import read_ontology
from dateline.predictions.prediction import Prediction
from dateline.text import sha256_of_text

from ..conftest import Run
from ..layered import ONTOLOGY

TEXT = "ab cd ef gh ij kl mn op"
PLACES = [(n, n + 2) for n in range(0, 12, 3)]
VALUES = ("certain", "possible", "denied")
LAYERED = read_ontology({"ontology": ONTOLOGY})


def gold_of(corpus: Corpus) -> dict[str, Any]:
    return json.loads(
        Prediction.from_annotation(corpus.read_annotation("gold", "report")).to_json()
    )


def total(report: dateline.Report, measure: str, group: str = "factuality") -> tuple[float, ...]:
    found = report.score(group, measure).total
    return found.matched_gold, found.predicted, found.gold


def test_each_source_is_compared_with_its_own(layered: Corpus):
    predicted = gold_of(layered)
    predicted["events"][1]["factuality"] = [
        {"source": "AUTHOR", "value": "possible"},
        {"source": "c1", "value": "denied"},
    ]
    predicted["events"][2]["factuality"] = []
    report = dateline.score([predicted], layered, layers="factuality")
    assert total(report, "joint, AUTHOR") == (3, 3, 4)
    assert total(report, "joint, claims") == (0, 1, 2)
    assert total(report, "matched only, AUTHOR") == (3, 4, 4)
    assert report.score("factuality", "matched only, AUTHOR").value == 0.75
    assert report.score("factuality", "matched only, claims").value == 0
    labels = report.score("factuality", "joint, AUTHOR").labels
    assert (labels["denied"].matched_gold, labels["denied"].gold) == (0, 1)
    assert (labels["certain"].f1, labels["possible"].f1) == (1, 1)


def test_values_of_events_and_claims_that_are_not_found_are_missed(layered: Corpus):
    predicted = gold_of(layered)
    predicted["claims"] = []
    predicted["claim_relations"] = []
    for event in predicted["events"]:
        event["factuality"] = event["factuality"][:1]
    predicted["events"].pop(3)
    predicted["event_relations"] = []
    report = dateline.score([predicted], layered, layers="factuality")
    assert total(report, "joint, AUTHOR") == (3, 3, 4)
    assert total(report, "matched only, AUTHOR") == (3, 3, 3)
    # Nothing is predicted for claims.
    assert {s.measure for s in report.scores} == {"joint, AUTHOR", "matched only, AUTHOR"}


def test_claims_are_matched_as_in_their_own_layer(layered: Corpus):
    predicted = gold_of(layered)
    (span,) = predicted["claims"][0]["spans"]
    span |= {"start": span["start"] + 4, "text": span["text"][4:]}
    report = dateline.score([predicted], layered, layers="factuality")
    assert total(report, "joint, claims") == (2, 2, 2)
    span |= {"start": span["end"] - 6, "text": span["text"][-6:]}
    report = dateline.score([predicted], layered, layers="factuality")
    assert total(report, "joint, claims") == (0, 2, 2)
    assert report.score("factuality", "matched only, claims").value is None


def test_the_primary_measures_are_those_of_the_sources(layered: Corpus):
    report = dateline.score([gold_of(layered)], layered, layers="factuality")
    assert {s.measure for s in report.scores if s.primary} == {"joint, AUTHOR", "joint, claims"}


def test_attributes_of_arguments_are_scored_on_matched_arguments(layered: Corpus):
    predicted = gold_of(layered)
    giver, dose = (
        next(a for a in predicted["events"][0]["arguments"] if a["role"] == role)
        for role in ("giver", "dose")
    )
    giver["attributes"] = {"scope": "document"}
    dose["attributes"] |= {"readings": ["literal", "metonymic"], "share": 50}
    report = dateline.score([predicted], layered, layers="arguments")
    assert report.score("arguments", "AC+").value == 1
    assert report.score("arguments", "implicit, matched only").value == 1
    # The others have no scope, in gold and prediction.
    assert total(report, "scope, matched only", "arguments") == (7, 8, 8)
    assert total(report, "readings, matched only", "arguments") == (1, 2, 1)
    assert total(report, "share, matched only", "arguments") == (7, 8, 8)
    giver["mention"] = "m8"
    report = dateline.score([predicted], layered, layers="arguments")
    assert total(report, "scope, matched only", "arguments") == (7, 7, 7)
    assert total(report, "scope, joint", "arguments") == (7, 8, 8)


@pytest.mark.parametrize(
    ("change", "pointer", "message"),
    [
        (lambda e: e["factuality"][0].update(value="sure"), "/events/1/factuality/0/value",
         '"sure" is not a label of the ontology'),
        (lambda e: e["factuality"][1].update(source="c7"), "/events/1/factuality/1/source",
         '"c7" is not a claim, nor a claimer of the ontology'),
        (lambda e: e["arguments"][0].update(attributes={"scope": "page"}),
         "/events/1/arguments/0/attributes/scope", '"scope" cannot be "page"'),
        (lambda e: e["arguments"][0].update(attributes={"size": 1}),
         "/events/1/arguments/0/attributes/size", '"size" is not an attribute of the ontology'),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_and_counts_against_precision(
    layered: Corpus, change, pointer: str, message: str
):
    predicted = gold_of(layered)
    change(predicted["events"][1])
    report = dateline.score([predicted], layered, layers=["factuality", "arguments"])
    (problem,) = report.problems
    assert (problem.effect, problem.pointer) == ("wrong", pointer)
    assert problem.message.startswith(message)
    if "/size" not in pointer:
        assert {score.value for score in report.scores} != {1.0}


def test_check_predictions_reports_a_source_that_is_not_about_the_event(layered: Corpus, written):
    predicted = gold_of(layered)
    predicted["events"][3]["factuality"].append({"source": "c1", "value": "denied"})
    (problem,) = check_predictions(written(predicted), layered).problems
    assert problem.pointer == "/events/3/factuality/1/source"
    assert 'the claim "c1" is not about the event "v4"' in problem.message


def test_factuality_that_the_ontology_does_not_declare_is_ignored(article, perfect):
    perfect["events"][0]["factuality"] = [{"source": "AUTHOR", "value": "certain"}]
    report = dateline.score([perfect], article)
    (problem,) = report.problems
    assert (problem.effect, problem.pointer) == ("warning", "/events/0/factuality")
    assert {s.value for s in report.scores if s.group in ("triggers", "arguments")} == {1.0}


def test_a_threshold_leaves_out_what_a_dropped_claim_says(layered: Corpus):
    predicted = gold_of(layered)
    predicted["claims"][0]["confidence"] = 0.1
    predicted["claim_relations"] = []
    options = dateline.MatchingOptions(threshold=0.5)
    report = dateline.score([predicted], layered, layers="factuality", options=options)
    assert {s.measure for s in report.scores} == {"joint, AUTHOR", "matched only, AUTHOR"}


def test_errors_count_values_by_source(layered: Corpus, run: Run, written):
    predicted = gold_of(layered)
    predicted["events"][1]["factuality"][0]["value"] = "denied"
    predicted["events"][2]["factuality"].pop(1)
    result = run(layered, "errors", str(written(predicted)), "--format", "json")
    assert result.exit_code == 0, result.output
    layers = {found["layer"]: found for found in json.loads(result.stdout)["errors"]["layers"]}
    assert layers["factuality, AUTHOR"]["confusions"]["possible"] == {"denied": 1}
    kinds = layers["factuality, claims"]["kinds"]["certain"]
    assert (kinds["correct"], kinds["missed"]) == (1, 1)


def span(place: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"start": place[0], "end": place[1], "text": TEXT[slice(*place)]}]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Events at distinct places, claims at distinct places, and what they say of the events."""
    events = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=4))
    claims = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=3))
    sources = ["AUTHOR", *(f"c{start}" for start, _ in claims)]
    value = st.sampled_from(VALUES)
    return {
        "document": "d",
        "events": [
            {
                "id": f"v{place[0]}",
                "trigger": span(place),
                "type": draw(st.sampled_from(["GIVE", "STOP"])),
                "factuality": [
                    {"source": source, "value": draw(value)}
                    for source in draw(st.lists(st.sampled_from(sources), unique=True))
                ],
            }
            for place in events
        ],
        "claims": [
            {
                "id": f"c{place[0]}",
                "spans": span(place),
                "act": "ASSERT",
                "claimer": "AUTHOR",
                "events": [f"v{start}" for start, _ in events],
            }
            for place in claims
        ],
    }


def pairs(found: dict[str, Any]) -> dict[str, dict[tuple[str, str, str], str]]:
    """The values by event and source; ids are those of places, so that equal ones are matched."""
    sides: dict[str, dict[tuple[str, str, str], str]] = {"AUTHOR": {}, "claims": {}}
    for event in found["events"]:
        for given_ in event["factuality"]:
            side = "AUTHOR" if given_["source"] == "AUTHOR" else "claims"
            sides[side][event["id"], event["type"], given_["source"]] = given_["value"]
    return sides


def reversed_with_other_ids(found: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(found)
    for start, _ in PLACES:
        text = text.replace(f'"v{start}"', f'"x{start}y"').replace(f'"c{start}"', f'"z{start}"')
    found = json.loads(text)
    for event in found["events"]:
        event["factuality"].reverse()
    return {**found, "events": found["events"][::-1], "claims": found["claims"][::-1]}


@given(documents(), documents())
def test_values_are_counted_as_sets_of_pairs(first: dict[str, Any], second: dict[str, Any]):
    gold = Gold(
        name="Made up", version=None, split=None, ontology=LAYERED,
        documents=(
            GoldDocument(
                id="d", text=TEXT, text_sha256=sha256_of_text(TEXT), sentences=((0, len(TEXT)),),
                tokens=tuple((n, n + 2) for n in range(0, len(TEXT), 3)), split="test",
                layers=LAYERS, items=msgspec.convert(first, Prediction),
            ),
        ),
    )  # fmt: skip
    report = dateline.score([second], gold, layers="factuality")
    other = dateline.score([reversed_with_other_ids(second)], gold, layers="factuality")
    events = {(event["id"], event["type"]) for event in first["events"]} & {
        (event["id"], event["type"]) for event in second["events"]
    }
    claims = {claim["id"] for claim in first["claims"]} & {c["id"] for c in second["claims"]}
    sides, predicted = pairs(first), pairs(second)
    for source in ("AUTHOR", "claims"):
        if not predicted[source] and second["events"]:
            assert f"joint, {source}" not in {score.measure for score in report.scores}
            continue
        gold_values, values = sides[source], predicted[source]
        same = sum(values.get(key) == value for key, value in gold_values.items())
        assert total(report, f"joint, {source}") == (same, len(values), len(gold_values))
        matched = [
            key
            for key in {*gold_values, *values}
            if key[:2] in events and key[2] in {"AUTHOR", *claims}
        ]
        assert total(report, f"matched only, {source}") == (same, len(matched), len(matched))
        by_label = Counter(gold_values.values())
        labels = report.score("factuality", f"joint, {source}").labels
        assert {name: labels[name].gold for name in by_label} == by_label
        for measure in (f"joint, {source}", f"matched only, {source}"):
            assert (
                report.score("factuality", measure).total
                == other.score("factuality", measure).total
            )
