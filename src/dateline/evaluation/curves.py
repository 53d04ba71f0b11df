"""Precision and recall at every confidence threshold, and whether confidence is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from dateline.errors import InvalidInputError
from dateline.evaluation.columns.annotation_columns import CLAIM, EVENT, AnnotationColumns
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.columns.shared_ids import (
    argument_ids,
    event_ids,
    mention_ids,
    relation_ids,
)
from dateline.evaluation.measures.groups import GROUPS
from dateline.evaluation.scoring import (
    GoldSource,
    OntologySource,
    PredictionSource,
    as_gold,
    as_predictions,
    select_groups,
)
from dateline.evaluation.signature import Signature, sign
from dateline.metrics.calibration import (
    area_under_risk_coverage,
    binned,
    calibration_error,
    coverage,
)
from dateline.metrics.counts import IntArray, defined
from dateline.metrics.ranking import PrecisionRecall, precision_recall
from dateline.metrics.tuple_sets import tuple_ids
from dateline.model import Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.problems import PredictionProblem

Keys = tuple[tuple[IntArray, ...], tuple[IntArray, ...]]
"""Gold and predicted items as columns; the first is the document, and equal rows match."""


class CurvePoint(Struct, frozen=True):
    """The scores of the items whose confidence is not below the threshold.

    ``coverage`` is their share of the predicted items. Their risk is 1 - ``precision``.
    """

    threshold: float
    coverage: float
    matched: int
    predicted: int
    precision: float
    recall: float | None
    f1: float | None


class CalibrationBin(Struct, frozen=True):
    """The predicted items in a tenth of the range of confidence: mean confidence, and precision."""

    confidence: float
    precision: float
    predicted: int


class Curve(Struct, frozen=True):
    """The precision-recall curve of a measure, thresholds from high to low.

    ``unrated`` is the number of predicted items without a confidence, which are in every point.
    ``calibration_error`` is the expected calibration error, None if a confidence is not from 0 to
    1, and then there are no ``bins``; ``risk_coverage`` is the area under the risk-coverage curve.
    ``best`` is the point with the highest F1. It was chosen on this gold, so its F1 is optimistic.
    """

    group: str
    measure: str
    gold: int
    unrated: int
    average_precision: float | None
    calibration_error: float | None
    risk_coverage: float | None
    best: CurvePoint
    points: tuple[CurvePoint, ...]
    bins: tuple[CalibrationBin, ...] = ()


class CurveReport(Struct, frozen=True):
    """The curves of a system, with their signature and the problems of the predictions."""

    signature: Signature
    curves: tuple[Curve, ...]
    problems: tuple[PredictionProblem, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON, with the signature also as a line of text."""
        return {"signature_line": str(self.signature), **msgspec.to_builtins(self)}


class _Ranked(NamedTuple):
    """How the items of a group are ranked: the field of `ItemConfidence`, and their keys."""

    measure: str
    confidence: str
    keys: Callable[[ScoringInput], Keys]
    distinct: bool = True


def curves(
    predictions: PredictionSource,
    gold: GoldSource,
    *,
    layers: str | Sequence[str] = (),
    split: str | None = None,
    ontology: OntologySource | None = None,
    options: MatchingOptions | None = None,
) -> CurveReport:
    """The precision-recall curves of predictions with a confidence.

    The arguments are those of `score`. There is a curve for each group of measures whose items have
    a confidence. Each point has the scores that `score` gives at that threshold. Raises
    DatelineError as `score` does, and if no item has a confidence.
    """
    found = as_gold(gold, split, ontology)
    inputs = ScoringInput(found, as_predictions(predictions, found.ontology), options)
    groups = [group.name for group in select_groups(layers, [inputs]) if group.name in _RANKED]
    made = [curve for name in groups for curve in _curve(inputs, name)]
    if not made:
        raise InvalidInputError(_nothing_ranked(found.ontology))
    names = tuple(curve.group for curve in made)
    return CurveReport(
        signature=sign(found, inputs, names), curves=tuple(made), problems=tuple(inputs.problems)
    )


def _nothing_ranked(ontology: Ontology) -> str:
    declared = {
        name: ranked.confidence.replace("_", " ")
        for name, ranked in _RANKED.items()
        if GROUPS[name].is_declared(ontology)
    }
    if not declared:
        return "the ontology of the gold has no layer whose items have a confidence."
    return (
        "no predicted item of these layers has a confidence. Items that can have a field "
        f'"confidence": {", ".join(declared.values())}. '
        f"Groups with curves: {', '.join(declared)}."
    )


def _curve(inputs: ScoringInput, name: str) -> Iterator[Curve]:
    ranked = _RANKED[name]
    confidence = getattr(inputs.confidence, ranked.confidence)
    gold_keys, predicted_keys = ranked.keys(inputs)
    gold_ids, predicted_ids = tuple_ids(gold_keys, predicted_keys)
    annotated = inputs.annotated(GROUPS[name].layer)
    in_gold, in_predicted = annotated[gold_keys[0]], annotated[predicted_keys[0]]
    confidence = confidence[in_predicted]
    found = precision_recall(
        gold_ids[in_gold], predicted_ids[in_predicted], confidence, distinct=ranked.distinct
    )
    points = tuple(_points(found))
    if points:
        yield Curve(
            group=name,
            measure=ranked.measure,
            gold=found.gold,
            unrated=int(np.isinf(confidence).sum()),
            average_precision=defined(found.average_precision),
            calibration_error=defined(calibration_error(found)),
            risk_coverage=defined(area_under_risk_coverage(found)),
            best=max(points, key=lambda point: point.f1 or 0.0),
            points=points,
            bins=tuple(_bins(found)),
        )


def _bins(found: PrecisionRecall) -> Iterator[CalibrationBin]:
    bins = binned(found)
    if bins is not None:
        for confidence, right, items in zip(*map(np.ndarray.tolist, bins), strict=True):
            yield CalibrationBin(
                confidence=confidence / items, precision=right / items, predicted=int(items)
            )


def _points(found: PrecisionRecall) -> Iterator[CurvePoint]:
    columns = (
        *(found.threshold, coverage(found), found.matched, found.predicted),
        *(found.precision, found.recall),
    )
    for threshold, share, matched, predicted, precision, recall in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        if np.isfinite(threshold):
            yield CurvePoint(
                threshold=threshold,
                coverage=share,
                matched=matched,
                predicted=predicted,
                precision=precision,
                recall=defined(recall),
                f1=2 * matched / (predicted + found.gold),
            )


def _mentions(inputs: ScoringInput) -> Keys:
    ids = mention_ids(inputs)
    return (inputs.gold.mentions.document, ids[0]), (inputs.predicted.mentions.document, ids[1])


def _relations(inputs: ScoringInput) -> Keys:
    return relation_ids(inputs.gold.relations, inputs.predicted.relations, mention_ids(inputs))


def _events(inputs: ScoringInput) -> Keys:
    def of(side: AnnotationColumns, places: Mapping[int, IntArray]) -> tuple[IntArray, ...]:
        return side.events.document, side.events.label, places[EVENT]

    places = inputs.place_ids
    return of(inputs.gold, places.of_gold), of(inputs.predicted, places.of_predicted)


def _arguments(inputs: ScoringInput) -> Keys:
    return argument_ids(inputs, event_ids(inputs))


def _event_relations(inputs: ScoringInput) -> Keys:
    events = tuple_ids(*_events(inputs))
    return relation_ids(
        inputs.gold.event_relations, inputs.predicted.event_relations, (events[0], events[1])
    )


def _claims(inputs: ScoringInput) -> Keys:
    places = inputs.place_ids
    return (
        (inputs.gold.claims.document, places.of_gold[CLAIM]),
        (inputs.predicted.claims.document, places.of_predicted[CLAIM]),
    )


def _claim_relations(inputs: ScoringInput) -> Keys:
    places = inputs.place_ids.of_gold[CLAIM], inputs.place_ids.of_predicted[CLAIM]
    return relation_ids(inputs.gold.claim_relations, inputs.predicted.claim_relations, places)


_RANKED: Mapping[str, _Ranked] = {
    "entities": _Ranked("strict", "mentions", _mentions),
    "relations": _Ranked("strict", "relations", _relations),
    "triggers": _Ranked("TC", "events", _events),
    "arguments": _Ranked("AC+", "arguments", _arguments),
    "event-relations": _Ranked("as annotated", "event_relations", _event_relations),
    "claims": _Ranked("exact", "claims", _claims, distinct=False),
    "claim-relations": _Ranked("as annotated", "claim_relations", _claim_relations),
}
"""The measure of each group whose items match only if they are equal."""
