"""Whether confidence is right: calibration, and risk at each coverage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import FloatArray, IntArray
from dateline.metrics.ranking import PrecisionRecall

BINS = 10
"""The number of bins of confidence, of equal width."""


class Bins(NamedTuple):
    """The predicted items of each bin of confidence that has any: sums and counts."""

    confidence: FloatArray
    right: FloatArray
    items: FloatArray


def binned(curve: PrecisionRecall, bins: int = BINS) -> Bins | None:
    """The items with a confidence, in bins of equal width; None if one is not from 0 to 1.

    A bin includes its upper end, and the first also 0.
    """
    rated = np.isfinite(curve.threshold)
    confidence = curve.threshold[rated]
    if len(confidence) and (confidence.min() < 0 or confidence.max() > 1):
        return None
    items, right = (_at_threshold(column)[rated] for column in (curve.predicted, curve.matched))
    number = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)

    def summed(weights: FloatArray | IntArray) -> FloatArray:
        return np.asarray(np.bincount(number, weights, minlength=bins), np.float64)

    total = summed(items)
    used = total > 0
    return Bins(summed(confidence * items)[used], summed(right)[used], total[used])


def calibration_error(curve: PrecisionRecall, bins: int = BINS) -> float:
    """The expected calibration error of the items with a confidence.

    The mean, over items, of the difference between the mean confidence and the precision of the
    items in the same bin of confidence: Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated
    Probabilities Using Bayesian Binning", AAAI 2015; Guo et al., "On Calibration of Modern Neural
    Networks", ICML 2017. NaN if a confidence is not from 0 to 1, or there is none.
    """
    found = binned(curve, bins)
    if found is None or not len(found.items):
        return np.nan
    return float(np.abs(found.confidence - found.right).sum() / found.items.sum())


def coverage(curve: PrecisionRecall) -> FloatArray:
    """The share of predicted items whose confidence is not below each threshold."""
    total = curve.predicted[-1] if len(curve.predicted) else np.nan
    return np.asarray(curve.predicted / total, np.float64)


def area_under_risk_coverage(curve: PrecisionRecall) -> float:
    """The area under the risk-coverage curve (AURC); lower is better.

    The risk at a threshold is the share of wrong items among those whose confidence is not below
    it; the area is its mean over all predicted items: Geifman, Uziel and El-Yaniv, "Bias-Reduced
    Uncertainty Estimation for Deep Neural Classifiers", ICLR 2019. Items with equal confidence have
    the risk of all of them. NaN without items.
    """
    if not len(curve.predicted):
        return np.nan
    return float(np.diff(coverage(curve), prepend=0.0) @ (1 - curve.precision))


def _at_threshold(total: IntArray) -> IntArray:
    """The counts of the items that have exactly each threshold."""
    return np.diff(total, prepend=0)
