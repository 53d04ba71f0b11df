"""How sure a system is of its items, in the order of a prediction and of the columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dateline.metrics.counts import FloatArray
from dateline.model import RELATION_FIELDS
from dateline.predictions.confidence import REFERRED, confidence_of
from dateline.predictions.prediction import Prediction


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
