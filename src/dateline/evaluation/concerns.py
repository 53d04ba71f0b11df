"""Which problems of predictions concern the layers that are scored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dateline.model import FIELD_LAYERS
from dateline.predictions.problems import PredictionProblem

_REFERRED: Mapping[str, tuple[str, ...]] = {
    "relations": ("entities",),
    "events": ("entities", "claims"),
    "claims": ("entities", "events"),
}
"""The layers whose items the items of a layer may refer to."""

_LAYERS = {**FIELD_LAYERS, "scores": "claims"}


def concerning(
    problems: Iterable[PredictionProblem], layers: Collection[str], declared: Collection[str]
) -> Iterator[PredictionProblem]:
    """The problems without those of other layers that the ontology declares.

    The layers that are scored and those they refer to are not others. Problems of whole predictions
    and of layers that the ontology does not declare concern all.
    """
    others = {*declared}.difference(layers, *(_REFERRED.get(layer, ()) for layer in layers))
    for problem in problems:
        field = problem.pointer.strip("/").partition("/")[0]
        if _LAYERS.get(field) not in others:
            yield problem
