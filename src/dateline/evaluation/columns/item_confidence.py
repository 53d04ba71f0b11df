"""How sure a system is of its items, in the order of a prediction and of the columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from dateline.evaluation.columns.given_items import GivenItems
from dateline.metrics.counts import FloatArray
from dateline.model import RELATION_FIELDS
from dateline.predictions.confidence import REFERRED, confidence_of
from dateline.predictions.prediction import Prediction

ClaimScores = Mapping[tuple[str, str], FloatArray]
"""The scores of claims by attribute and value, NaN for a claim without one."""


class ItemConfidence(NamedTuple):
    """The confidence of each predicted row, infinite without one.

    That of an argument or a relation is the lowest of its own and of the items that it refers to,
    because it is left out with any of them.
    """

    mentions: FloatArray
    relations: FloatArray
    events: FloatArray
    arguments: FloatArray
    event_relations: FloatArray
    claims: FloatArray
    claim_relations: FloatArray


def certain(items: GivenItems) -> ItemConfidence:
    """The confidence of items without one."""
    sizes = {field: len(found.label) for field, found in items.relations.items()}
    sizes["arguments"] = len(items.arguments.role)
    sizes |= {field: len(getattr(items, field).label) for field in ("mentions", "events", "claims")}
    return ItemConfidence(**{field: np.full(size, math.inf) for field, size in sizes.items()})


def given_confidence(predictions: Sequence[Prediction]) -> ItemConfidence | None:
    """The confidence of the items of predictions, in their order; None if no item has one."""
    if not any(prediction.confidence for prediction in predictions):
        return None
    found = {
        field: [confidences(prediction, field) for prediction in predictions]
        for field in ("mentions", "events", "claims")
    }
    for field in RELATION_FIELDS:
        found[field] = [relation_confidences(prediction, field) for prediction in predictions]
    found["arguments"] = [
        [*chain.from_iterable(argument_confidences(prediction))] for prediction in predictions
    ]
    return ItemConfidence(
        **{name: np.array([*chain.from_iterable(some)]) for name, some in found.items()}
    )


def claim_scores(predictions: Sequence[Prediction]) -> ClaimScores:
    """The scores of the claims of predictions, in their order; of a repeated id, the first has it.

    There is a column for each attribute and value that is given, whether or not they exist.
    """
    found: dict[tuple[str, str], FloatArray] = {}
    count = sum(len(prediction.claims) for prediction in predictions)
    first = 0
    for prediction in predictions:
        rows = {claim.id: first + n for n, claim in reversed([*enumerate(prediction.claims)])}
        for attribute, by_value in prediction.scores.items():
            for value, by_claim in by_value.items():
                column = found.setdefault((attribute, value), np.full(count, np.nan))
                for name in by_claim.keys() & rows.keys():
                    column[rows[name]] = by_claim[name]
        first += len(prediction.claims)
    return found


def confidences(items: Prediction, field: str) -> Sequence[float]:
    """The confidence of the items of a field, in their order; infinite without one."""
    count = len(getattr(items, field))
    if not items.confidence:
        return [math.inf] * count
    return [confidence_of(items, field, position) for position in range(count)]


def confidence_by_id(items: Prediction, field: str) -> Mapping[str, float]:
    """The confidence of the items of a field by id; empty if no item has one."""
    if not items.confidence:
        return {}
    found: dict[str, float] = {}
    for item, number in zip(getattr(items, field), confidences(items, field), strict=True):
        found[item.id] = max(number, found.get(item.id, -math.inf))
    return found


def argument_confidences(items: Prediction) -> list[list[float]]:
    """For each event, the lower confidence of each argument and of its filler."""
    if not items.confidence:
        return [[math.inf] * len(event.arguments) for event in items.events]
    of_fillers = {name: confidence_by_id(items, field) for name, field in REFERRED.items()}
    return [
        [
            min(
                confidence_of(items, "events", number, "arguments", position),
                *(
                    found.get(getattr(argument, name), math.inf)
                    for name, found in of_fillers.items()
                ),
            )
            for position, argument in enumerate(event.arguments)
        ]
        for number, event in enumerate(items.events)
    ]


def relation_confidences(items: Prediction, field: str) -> Sequence[float]:
    """The confidence of each relation of a field, or of one of its ends if that is lower."""
    own = confidences(items, field)
    if not items.confidence:
        return own
    of_ends = confidence_by_id(items, RELATION_FIELDS[field])
    return [
        min(
            number,
            of_ends.get(relation.source, math.inf),
            of_ends.get(relation.target, math.inf),
        )
        for number, relation in zip(own, getattr(items, field), strict=True)
    ]
