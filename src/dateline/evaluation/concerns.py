"""Which problems of predictions concern the layers that are scored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dateline.model import LAYER_FIELDS
from dateline.predictions.problems import PredictionProblem

_REFERRED: Mapping[str, tuple[str, ...]] = {
    "relations": ("entities",),
    "events": ("entities", "claims"),
    "claims": ("entities", "events"),
}
"""The layers whose items the items of a layer may refer to."""

_LAYERS = {field: layer for layer, fields in LAYER_FIELDS.items() for field in fields}
_LAYERS["scores"] = "claims"


def concerning(
    problems: Iterable[PredictionProblem], layers: Collection[str]
) -> Iterator[PredictionProblem]:
    """The problems of items of these layers or of those they refer to, and of whole predictions."""
    concerned = {*layers}.union(*(_REFERRED.get(layer, ()) for layer in layers))
    for problem in problems:
        field = problem.pointer.strip("/").partition("/")[0]
        if field not in _LAYERS or _LAYERS[field] in concerned:
            yield problem
