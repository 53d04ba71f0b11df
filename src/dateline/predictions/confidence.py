"""How confident a system is of its predictions, and leaving out what it is not sure of."""

from __future__ import annotations

import math
from statistics import fmean

import msgspec

from dateline.model import ITEM_FIELDS, RELATION_FIELDS, Argument, Event
from dateline.predictions.prediction import Prediction

REFERRED = {"mention": "mentions", "event": "events", "claim": "claims"}
"""The field of the items that an argument can refer to, by the argument's own field."""


def confidence_of(prediction: Prediction, *path: str | int) -> float:
    """The confidence of an item, such as ``"mentions", 3``; infinite if it has none."""
    return prediction.confidence.get("".join(f"/{step}" for step in path), math.inf)


def mean_confidence(prediction: Prediction) -> float | None:
    """The mean confidence of the items that have one; None if none has."""
    return fmean(prediction.confidence.values()) if prediction.confidence else None


def above(prediction: Prediction, threshold: float) -> Prediction:
    """The prediction without items whose confidence is below the threshold.

    Items without a confidence are kept. Arguments, relations and factuality that refer to an item
    that is left out are left out as well; a claim stays without its claimer.
    """
    if not prediction.confidence:
        return prediction
    kept = {
        field: [
            (number, item)
            for number, item in enumerate(getattr(prediction, field))
            if confidence_of(prediction, field, number) >= threshold
        ]
        for field in ITEM_FIELDS
    }
    dropped = {
        field: {item.id for item in getattr(prediction, field)}
        - {item.id for _, item in kept[field]}
        for field in REFERRED.values()
    }

    def has_filler(argument: Argument) -> bool:
        return not any(
            getattr(argument, name) in dropped[field] for name, field in REFERRED.items()
        )

    def with_arguments(number: int, event: Event) -> Event:
        arguments = tuple(
            argument
            for position, argument in enumerate(event.arguments)
            if confidence_of(prediction, "events", number, "arguments", position) >= threshold
            and has_filler(argument)
        )
        factuality = tuple(f for f in event.factuality if f.source not in dropped["claims"])
        return msgspec.structs.replace(event, arguments=arguments, factuality=factuality)

    fields = {field: tuple(item for _, item in items) for field, items in kept.items()}
    fields["events"] = tuple(with_arguments(number, event) for number, event in kept["events"])
    for field, ends in RELATION_FIELDS.items():
        fields[field] = tuple(
            relation
            for relation in fields[field]
            if not {relation.source, relation.target} & dropped[ends]
        )
    return msgspec.structs.replace(prediction, confidence={}, **fields)
