"""Calibration error and risk-coverage curves, compared with scikit-learn and with a plain count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from dateline.metrics.calibration import area_under_risk_coverage, calibration_error, coverage
from dateline.metrics.ranking import PrecisionRecall, precision_recall

ITEMS = st.lists(
    st.tuples(st.booleans(), st.floats(0.001, 1).map(lambda number: round(number, 3))), min_size=1
)


def curve_of(items: list[tuple[bool, float]]) -> PrecisionRecall:
    """The curve of different items, of which some are in gold."""
    right = np.array([one for one, _ in items])
    ids = np.arange(len(items))
    return precision_recall(ids[right], ids, np.array([confidence for _, confidence in items]))


@given(ITEMS)
def test_the_calibration_error_is_that_of_the_bins_of_scikit_learn(items):
    right, confidence = map(np.array, zip(*items, strict=True))
    share, mean = calibration_curve(right, confidence, n_bins=10, strategy="uniform")
    sizes = np.histogram(np.ceil(confidence * 10 - 1e-9), np.arange(0.5, 11))[0]
    # scikit-learn rounds the ends of its bins, so a confidence at an end may be in the next bin.
    if not np.isin(confidence * 10, np.arange(10)).any():
        expected = (np.abs(share - mean) * sizes[sizes > 0]).sum() / len(items)
        assert calibration_error(curve_of(items)) == pytest.approx(expected)


@given(ITEMS)
def test_the_area_is_the_mean_risk_of_the_items_in_their_order(items):
    ranked = sorted((confidence for _, confidence in items), reverse=True)
    risks = []
    for threshold in ranked:
        kept = [right for right, confidence in items if confidence >= threshold]
        risks.append(kept.count(False) / len(kept))
    assert area_under_risk_coverage(curve_of(items)) == pytest.approx(np.mean(risks))


@given(ITEMS)
def test_coverage_grows_to_all_items(items):
    shares = coverage(curve_of(items))
    assert (np.diff(shares) > 0).all()
    assert shares[-1] == 1


def test_right_confidence_has_no_error_and_overconfidence_has():
    half = [(number % 2 == 0, 0.5) for number in range(10)]
    assert calibration_error(curve_of(half)) == 0
    assert calibration_error(curve_of([(right, 1.0) for right, _ in half])) == 0.5


@pytest.mark.parametrize("confidence", [-0.1, 1.5])
def test_confidence_outside_0_to_1_has_an_undefined_calibration_error(confidence: float):
    curve = curve_of([(True, 0.5), (False, confidence)])
    assert math.isnan(calibration_error(curve))
    assert area_under_risk_coverage(curve) >= 0


def test_without_items_nothing_is_defined():
    none = np.array([], np.int64)
    curve = precision_recall(none, none, np.array([], np.float64))
    assert math.isnan(calibration_error(curve))
    assert math.isnan(area_under_risk_coverage(curve))
    assert coverage(curve).tolist() == []
