"""Confidence of predicted items: thresholds, precision-recall curves and average precision."""

from __future__ import annotations

import copy
import json
import math
import random

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve

import dateline
from dateline.errors import InvalidInputError
from dateline.evaluation.columns.scoring_input import MatchingOptions
from dateline.evaluation.curves import curves
from dateline.metrics.ranking import precision_recall
from dateline.predictions.reading import as_prediction


def rated(prediction, generator):
    """The prediction with wrong items among its own, and a confidence for most of them."""
    found = copy.deepcopy(prediction)
    for number, mention in enumerate(found["mentions"]):
        mention["type"] = "ORGANIZATION" if number % 4 == 1 else mention["type"]
    found["mentions"] += [m | {"id": f"x{n}"} for n, m in enumerate(found["mentions"][:3])]
    found["claims"] += [c | {"id": f"y{n}"} for n, c in enumerate(found["claims"][:1])]
    for event in found["events"]:
        event["arguments"] = event["arguments"][::-1]
        for argument in event["arguments"]:
            argument["confidence"] = round(generator.random(), 1)
    for field in ("mentions", "events", "claims", "event_relations", "claim_relations"):
        for item in found[field]:
            # Few values, so that there are ties; some items have none.
            item["confidence"] = generator.choice([None, 0.1, 0.2, 0.5, 0.9, -3, 7])
    return found


@pytest.mark.parametrize("seed", range(4))
def test_each_point_of_a_curve_is_the_score_at_its_threshold(article, perfect, seed):
    prediction = rated(perfect, random.Random(seed))
    report = curves([prediction], article)
    assert {curve.group for curve in report.curves} == {
        "entities", "triggers", "arguments", "event-relations", "claims", "claim-relations",
    }  # fmt: skip
    for threshold in (-3.0, 0.2, 0.5, 7.0):
        options = MatchingOptions(threshold=threshold)
        scored = dateline.score(
            [prediction], article, layers=["entities", "events", "claims"], options=options
        )
        for curve in report.curves:
            at = [point for point in curve.points if point.threshold >= threshold]
            if at:
                total = scored.score(curve.group, curve.measure).total
                assert (at[-1].matched, at[-1].predicted, curve.gold) == (
                    total.matched_predicted,
                    total.predicted,
                    total.gold,
                ), (curve.group, threshold)
                assert at[-1].f1 == pytest.approx(total.f1)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.5, 0.5, 0.7, 2.0])), min_size=1),
    st.integers(0, 5),
)
def test_average_precision_is_that_of_scikit_learn(items, missed):
    right = np.array([is_right for is_right, _ in items])
    confidence = np.array([number for _, number in items])
    predicted = np.arange(len(items))
    gold = np.concatenate((predicted[right], 1000 + np.arange(missed)))
    found = precision_recall(gold, predicted, confidence)
    if not len(gold):
        assert math.isnan(found.average_precision)
        return
    # Scikit-learn knows no gold that is never predicted: recall is over fewer items there.
    share = right.sum() / len(gold)
    if not right.any():
        assert found.average_precision == 0
        return
    expected = average_precision_score(right, confidence) * share
    assert found.average_precision == pytest.approx(expected)
    precision, recall, thresholds = precision_recall_curve(right, confidence)
    assert found.threshold.tolist() == thresholds[::-1].tolist()
    assert found.precision == pytest.approx(precision[:-1][::-1])
    assert found.recall == pytest.approx(recall[:-1][::-1] * share)


def test_items_that_refer_to_a_dropped_item_are_dropped(five, five_predicted):
    first = five_predicted[0]
    event = next(e for e in first["events"] if e["arguments"])
    event["confidence"] = 0.4
    options = MatchingOptions(threshold=0.5)
    before, after = (
        dateline.score(five_predicted, five, options=o).score("arguments", "AC+").total
        for o in (None, options)
    )
    assert before.predicted - after.predicted == len(event["arguments"])
    report = dateline.score(five_predicted, five, options=options)
    assert report.problems == ()
    assert "threshold:0.5" in str(report.signature)
    assert "threshold" not in str(dateline.score(five_predicted, five).signature)


def test_predictions_without_confidence_are_not_affected(five, five_predicted):
    plain = dateline.score(five_predicted, five)
    high = dateline.score(five_predicted, five, options=MatchingOptions(threshold=99))
    assert high.scores == plain.scores
    with pytest.raises(InvalidInputError, match="has a confidence"):
        curves(five_predicted, five)


def test_confidence_is_written_where_it_was_read(five_predicted):
    first = five_predicted[0]
    first["mentions"][1]["confidence"] = 0.25
    event = next(n for n, e in enumerate(first["events"]) if e["arguments"])
    first["events"][event]["arguments"][0]["confidence"] = 3.0
    (read,) = as_prediction(first, 0)
    assert read.confidence == {"/mentions/1": 0.25, f"/events/{event}/arguments/0": 3.0}
    (again,) = as_prediction(msgspec.json.decode(read.to_json()), 0)
    assert again == read


def test_the_command_shows_and_exports_curves(five, five_predicted, written, run):
    for prediction in five_predicted:
        for number, mention in enumerate(prediction["mentions"]):
            mention["confidence"] = number / 20
    five_predicted[0]["mentions"][0]["type"] = "GPE"
    path = str(written(*five_predicted))
    shown = run(five, "curves", path)
    assert shown.exit_code == 0, shown.output
    assert "entities: strict" in shown.stdout
    found = json.loads(run(five, "curves", path, "--format", "json").stdout)
    # Arguments are as sure as the mentions that fill them.
    curve, of_arguments = found["curves"]
    assert of_arguments["group"] == "arguments"
    assert curve["points"][-1]["predicted"] == 45
    assert 0.9 < curve["average_precision"] < 1
    scored = run(five, "score", path, "--threshold", "0.2", "--format", "json")
    total = next(s for s in json.loads(scored.stdout)["scores"] if s["measure"] == "strict")[
        "total"
    ]
    at = next(p for p in curve["points"] if p["threshold"] == 0.2)
    assert (total["predicted"], total["f1"]) == (at["predicted"], pytest.approx(at["f1"]))
