"""Claims: where they are, who makes them, what they do, and which are worth a check."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.annotation_columns import (
    CLAIM,
    MENTION,
    MISSING_ROW,
    AnnotationColumns,
    special_claimer,
)
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.columns.shared_ids import ids_by_entity, relation_ids
from dateline.evaluation.measures.attributes import attribute_measures, label_measures
from dateline.evaluation.measures.registry import MEAN, Measured, group
from dateline.metrics.classes import Pairs, joint, mean
from dateline.metrics.counts import BoolArray, FloatArray, IntArray
from dateline.metrics.events import relations
from dateline.metrics.keys import set_counts
from dateline.metrics.ranking import ranking
from dateline.metrics.spans import match_by_overlap, overlaps
from dateline.predictions.label_index import ABSENT, UNKNOWN

A_MENTION = "a mention"
CUTOFFS = (1, 3, 5, 10)
CUE = ("no cue", "cue")


@group("claims", "claims", lambda side: len(side.claims) > 0)
def claims(inputs: ScoringInput) -> Iterator[Measured]:
    """Claims by sentence, by exact span and by overlap; what is said of those that overlap."""
    names = inputs.ontology_index.types["claims"]
    gold, predicted = inputs.gold.claims, inputs.predicted.claims
    documents = inputs.document_count
    yield Measured(
        "sentence",
        set_counts(
            _sentences(inputs, inputs.gold), _sentences(inputs, inputs.predicted), documents
        ),
    )
    ours, theirs = (gold.document, gold.label), (predicted.document, predicted.label)
    for name, at_least in (("exact", 1.0), ("overlap", inputs.options.claim_overlap)):
        left, right = _matched(inputs, at_least)
        found = Pairs(gold.document[left], gold.label[left], predicted.label[right])
        every = found._replace(right=np.ones(len(left), np.bool_))
        yield Measured(name, joint(every, ours, theirs, documents, len(names)), names.labels)
    yield from label_measures("act", names.labels, found, ours, theirs, documents)
    yield from attribute_measures(
        inputs.ontology_index.attributes["claims"],
        (gold, inputs.gold.claim_values),
        (predicted, inputs.predicted.claim_values),
        (left, right),
        documents,
    )
    yield from _claimers(inputs, left, right)
    yield from _cues(inputs, left, right)


@group("ranking", "claims", lambda side: bool(side.scores))
def rankings(inputs: ScoringInput) -> Iterator[Measured]:
    """Claims ranked by how likely they have a value of an attribute."""
    gold, predicted = inputs.gold, inputs.predicted
    left, right = _matched(inputs, inputs.options.claim_overlap)
    for (attribute, value), score in sorted(predicted.scores.items()):
        names = inputs.ontology_index.attributes["claims"].get(attribute)
        if names is None or value not in names:
            continue
        wanted = gold.claim_values[attribute] == names.number(value)
        relevant = np.zeros(len(predicted.claims), np.bool_)
        relevant[right[wanted[left]]] = True
        ranked = ~np.isnan(score)
        in_gold = np.bincount(gold.claims.document[wanted], minlength=inputs.document_count)
        tie = inputs.place_ids.of_predicted[CLAIM]
        found = ranking(
            predicted.claims.document[ranked],
            score[ranked],
            tie[ranked],
            relevant[ranked],
            in_gold,
            CUTOFFS,
        )
        for name, counts in found.items():
            yield Measured(f"{name}, {attribute} = {value}", counts, statistic=MEAN)


@group("claim-relations", "claims", lambda side: len(side.claim_relations.source) > 0)
def claim_relations(inputs: ScoringInput) -> Iterator[Measured]:
    """Relations between claims of the same places."""
    names = inputs.ontology_index.claim_relations
    beyond = inputs.place_ids.end
    ours = relation_ids(inputs.gold.claim_relations, inputs.place_ids.of_gold[CLAIM], beyond)
    theirs = relation_ids(
        inputs.predicted.claim_relations,
        inputs.place_ids.of_predicted[CLAIM],
        beyond + 2 * len(ours.source),
    )
    yield Measured(
        "as marked", relations(ours, theirs, inputs.document_count, len(names)), names.labels
    )


def _matched(inputs: ScoringInput, at_least: float) -> tuple[IntArray, IntArray]:
    """Claims of one place may differ in act and claimer: those alike in both go together."""
    gold, predicted = inputs.gold, inputs.predicted
    ours = _claimer(gold.claimer, inputs.place_ids.of_gold[MENTION])
    theirs = _claimer(predicted.claimer, inputs.place_ids.of_predicted[MENTION])

    def alike(left: IntArray, right: IntArray) -> BoolArray:
        same_act = gold.claims.label[left] == predicted.claims.label[right]
        return np.asarray(same_act & (ours[left] == theirs[right]), np.bool_)

    return match_by_overlap(gold.claims, predicted.claims, at_least, alike)


def _sentences(inputs: ScoringInput, side: AnnotationColumns) -> tuple[IntArray, IntArray]:
    _, sentence, _ = overlaps(side.claims, inputs.sentences)
    return inputs.sentences.document[sentence], sentence


def _claimers(inputs: ScoringInput, left: IntArray, right: IntArray) -> Iterator[Measured]:
    """Who makes the claim: the same mention, one of the same entity, and how many tokens agree."""
    labels = (
        A_MENTION,
        *(n for n in inputs.ontology_index.claimers.labels if n not in (ABSENT, UNKNOWN)),
    )
    gold, predicted = inputs.gold, inputs.predicted
    kind, predicted_kind = _claimer_kind(gold), _claimer_kind(predicted)
    document = gold.claims.document[left]
    places = inputs.place_ids.of_gold[MENTION], inputs.place_ids.of_predicted[MENTION]
    for name, numbers in (("claimer", places), ("claimer, by entity", ids_by_entity(inputs))):
        ours, theirs = (
            _claimer(side.claimer[rows], number)
            for side, rows, number in zip((gold, predicted), (left, right), numbers, strict=True)
        )
        same = (ours == theirs) & (theirs != MISSING_ROW)
        found = Pairs(document, kind[left], predicted_kind[right], same)
        yield from label_measures(
            name,
            labels,
            found,
            (gold.claims.document, kind),
            (predicted.claims.document, predicted_kind),
            inputs.document_count,
        )
    value = _token_f(inputs, gold.claimer[left], predicted.claimer[right])
    yield Measured(
        "claimer tokens, of found", mean(document, value, inputs.document_count), statistic=MEAN
    )


def _claimer_kind(side: AnnotationColumns) -> IntArray:
    return np.where(side.claimer < MISSING_ROW, special_claimer(0) - side.claimer + 1, 0)


def _claimer(claimer: IntArray, number: IntArray) -> IntArray:
    """A number for each claimer: its mention's, or its own, which is negative."""
    found = claimer.copy()
    found[claimer >= 0] = number[claimer[claimer >= 0]]
    return found


def _token_f(inputs: ScoringInput, ours: IntArray, theirs: IntArray) -> FloatArray:
    """F of the tokens of each pair of claimers; claimers that are no mention agree or do not."""
    both = np.flatnonzero((ours >= 0) & (theirs >= 0))
    width = len(inputs.tokens) + 1
    ours_key, theirs_key = (
        row * width + token
        for side, claimer in ((inputs.gold, ours), (inputs.predicted, theirs))
        for row, token, _ in (overlaps(side.mentions.take(claimer[both]), inputs.tokens),)
    )
    common, in_ours, in_theirs = (
        np.bincount(key // width, minlength=len(both))
        for key in (np.intersect1d(ours_key, theirs_key), ours_key, theirs_key)
    )
    value: FloatArray = ((ours == theirs) & (theirs < MISSING_ROW)).astype(np.float64)
    value[both] = 2 * common / np.maximum(in_ours + in_theirs, 1)
    return value


def _cues(inputs: ScoringInput, left: IntArray, right: IntArray) -> Iterator[Measured]:
    """The words that mark the claim: the same place, or none on either side."""
    sides = []
    for side, place in (
        (inputs.gold, inputs.place_ids.gold_cues),
        (inputs.predicted, inputs.place_ids.predicted_cues),
    ):
        number = np.full(len(side.claims), MISSING_ROW)
        number[side.cues.label] = place
        sides.append(number)
    gold, predicted = inputs.gold.claims, inputs.predicted.claims
    kinds = [(number != MISSING_ROW).astype(np.int64) for number in sides]
    found = Pairs(
        gold.document[left], kinds[0][left], kinds[1][right], sides[0][left] == sides[1][right]
    )
    yield from label_measures(
        "cue",
        CUE,
        found,
        (gold.document, kinds[0]),
        (predicted.document, kinds[1]),
        inputs.document_count,
    )
