"""The rates of labelled spans, for scores during training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dateline.evaluation.report import Rates, rates
from dateline.metrics.span_matching import match_distinct
from dateline.metrics.span_scores import semeval_credit
from dateline.metrics.spans import Spans


def span_rates(gold: Spans, predicted: Spans) -> Mapping[str, Rates]:
    """The rates of strict, exact, partial and type; spans with equal place and label count once."""
    matched = match_distinct(gold, predicted)
    sizes = len(matched.gold), len(matched.predicted)
    return {
        mode: rates(np.array([left.sum(), sizes[0], right.sum(), sizes[1]], np.float64))
        for mode, (left, right) in semeval_credit(matched).items()
    }


def rates_by_name(gold: Spans, predicted: Spans, prefix: str = "") -> dict[str, float]:
    """Precision, recall and F1 of each mode by name, such as ``strict_f1``; 0 if undefined.

    Trainers compare numbers to choose a model, and cannot compare None.
    """
    return {
        f"{prefix}{mode}_{name}": getattr(found, name) or 0.0
        for mode, found in span_rates(gold, predicted).items()
        for name in ("precision", "recall", "f1")
    }
