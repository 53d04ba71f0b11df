"""Claims: spans, acts, claimers, cues, relations, and rankings such as check-worthiness."""

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
from dateline.evaluation.columns.shared_ids import entity_ids, relation_ids
from dateline.evaluation.measures.attributes import (
    ItemValues,
    MatchedValues,
    attribute_measures,
    label_measures,
)
from dateline.evaluation.measures.groups import MEAN, MeasureCounts, group
from dateline.metrics.classification import LabelPairs, joint, pair_mean
from dateline.metrics.counts import BoolArray, FloatArray, IntArray
from dateline.metrics.events import relation_counts
from dateline.metrics.ranking import ranking_counts
from dateline.metrics.span_matching import match_by_overlap
from dateline.metrics.spans import in_units, overlaps
from dateline.metrics.tuple_sets import set_counts
from dateline.predictions.label_index import ABSENT, UNKNOWN, AttributeIndex

MENTIONED = "mentioned"
CUTOFFS = (1, 3, 5, 10)
CUE = ("no cue", "cue")


@group("claims", "claims", "overlap", lambda side: len(side.claims) > 0)
def claims(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Claims by sentence, by exact span and by overlap; acts, attributes, claimers, cues."""
    names = inputs.ontology_index.types["claims"]
    gold, predicted = inputs.gold.claims, inputs.predicted.claims
    documents = inputs.document_count
    yield MeasureCounts(
        "sentence",
        set_counts(
            _sentences(inputs, inputs.gold, inputs.place_ids.of_gold[CLAIM]),
            _sentences(inputs, inputs.predicted, inputs.place_ids.of_predicted[CLAIM]),
            documents,
        ),
    )
    items = (gold.document, gold.label), (predicted.document, predicted.label)
    for name, at_least in (("exact", 1.0), ("overlap", inputs.options.claim_overlap)):
        left, right = matched_claims(inputs, at_least)
        pairs = LabelPairs(gold.document[left], gold.label[left], predicted.label[right])
        located = pairs._replace(correct=np.ones(len(left), np.bool_))
        yield MeasureCounts(name, joint(located, *items, documents, len(names)), names.labels)
    # What follows is about the claims that were matched last: by overlap.
    yield from label_measures("act", names.labels, pairs, *items, documents)
    values = MatchedValues(
        ItemValues(gold.document, gold.label, inputs.gold.claim_values, np.arange(len(gold))),
        ItemValues(
            predicted.document,
            predicted.label,
            inputs.predicted.claim_values,
            np.arange(len(predicted)),
        ),
        (left, right),
        documents,
    )
    yield from attribute_measures(inputs.ontology_index.attributes["claims"], values)
    yield from _claimers(inputs, left, right)
    yield from _cues(inputs, left, right)


@group("ranking", "claims", "AP", lambda side: bool(side.scores), each=True)
def ranking(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Claims ranked by the predicted score of an attribute's value."""
    gold, predicted = inputs.gold, inputs.predicted
    left, right = matched_claims(inputs, inputs.options.claim_overlap)
    for (attribute, value), score in sorted(predicted.scores.items()):
        index = inputs.ontology_index.attributes["claims"].get(attribute)
        if index is None or value not in index.labels:
            continue
        wanted = _has_label(index, gold.claim_values[attribute], value)
        relevant = np.zeros(len(predicted.claims), np.bool_)
        relevant[right[wanted[left]]] = True
        ranked = ~np.isnan(score)
        in_gold = np.bincount(gold.claims.document[wanted], minlength=inputs.document_count)
        # Claims are sorted by their place in the text; ids of places are not.
        place = np.arange(len(predicted.claims))
        counts = ranking_counts(
            predicted.claims.document[ranked],
            score[ranked],
            place[ranked],
            relevant[ranked],
            in_gold,
            CUTOFFS,
        )
        for name, found in counts.items():
            yield MeasureCounts(f"{name}, {attribute} = {value}", found, statistic=MEAN)


@group(
    "claim-relations",
    "claims",
    "as annotated",
    lambda side: len(side.claim_relations.source) > 0,
    lambda ontology: bool(ontology.claim_relations),
)
def claim_relations(inputs: ScoringInput) -> Iterator[MeasureCounts]:
    """Relations between claims, which are identified by their spans."""
    names = inputs.ontology_index.relations["claim_relations"]
    places = inputs.place_ids
    relations = relation_ids(
        inputs.gold.claim_relations,
        inputs.predicted.claim_relations,
        (places.of_gold[CLAIM], places.of_predicted[CLAIM]),
    )
    counts = relation_counts(*relations, inputs.document_count, len(names))
    yield MeasureCounts("as annotated", counts, names.labels)


def _has_label(index: AttributeIndex, numbers: IntArray, label: str) -> BoolArray:
    """Which values are a label, or are sets that have it."""
    number = index.labels.number(label)
    if not index.is_set:
        return np.asarray(numbers == number, np.bool_)
    distinct, which = np.unique(numbers, return_inverse=True)
    has = [number in index.members(one) for one in distinct.tolist()]
    return np.array(has, np.bool_)[which]


def matched_claims(inputs: ScoringInput, at_least: float) -> tuple[IntArray, IntArray]:
    """Claims matched by overlap; those with the same act and claimer are preferred."""
    gold, predicted = inputs.gold, inputs.predicted
    gold_claimer = _claimer_ids(gold.claimer, inputs.place_ids.of_gold[MENTION])
    predicted_claimer = _claimer_ids(predicted.claimer, inputs.place_ids.of_predicted[MENTION])

    def same_act_and_claimer(left: IntArray, right: IntArray) -> BoolArray:
        same_act = gold.claims.label[left] == predicted.claims.label[right]
        same_claimer = (gold_claimer[left] == predicted_claimer[right]) & (
            predicted_claimer[right] != MISSING_ROW
        )
        return np.asarray(same_act & same_claimer, np.bool_)

    return match_by_overlap(gold.claims, predicted.claims, at_least, same_act_and_claimer)


def _sentences(
    inputs: ScoringInput, side: AnnotationColumns, places: IntArray
) -> tuple[IntArray, IntArray]:
    """The document and number of each sentence that overlaps a claim.

    A claim in no sentence counts as one more, with the id of its place.
    """
    found = in_units(side.claims, inputs.sentences)
    size = len(inputs.sentences) + 1
    begins, ends = (np.bincount(edge, minlength=size) for edge in (found.start, found.end))
    sentence = np.flatnonzero(np.cumsum(begins - ends))
    outside = np.flatnonzero(found.length == 0)
    return (
        np.concatenate((inputs.sentences.document[sentence], side.claims.document[outside])),
        np.concatenate((sentence, size + places[outside])),
    )


def _claimers(inputs: ScoringInput, left: IntArray, right: IntArray) -> Iterator[MeasureCounts]:
    """Claimers of matched claims: by mention, by entity, and by tokens."""
    labels = (
        MENTIONED,
        *(n for n in inputs.ontology_index.claimers.labels if n not in (ABSENT, UNKNOWN)),
    )
    gold, predicted = inputs.gold, inputs.predicted
    kind, predicted_kind = _claimer_kind(gold), _claimer_kind(predicted)
    document = gold.claims.document[left]
    places = inputs.place_ids.of_gold[MENTION], inputs.place_ids.of_predicted[MENTION]
    by_name = {"claimer": places}
    if inputs.ontology.has_coreference:
        by_name["claimer, by entity"] = entity_ids(inputs)
    for name, ids in by_name.items():
        gold_id = _claimer_ids(gold.claimer[left], ids[0])
        predicted_id = _claimer_ids(predicted.claimer[right], ids[1])
        same = (gold_id == predicted_id) & (predicted_id != MISSING_ROW)
        pairs = LabelPairs(document, kind[left], predicted_kind[right], same)
        yield from label_measures(
            name,
            labels,
            pairs,
            (gold.claims.document, kind),
            (predicted.claims.document, predicted_kind),
            inputs.document_count,
        )
    value = _token_f(inputs, gold.claimer[left], predicted.claimer[right])
    counts = pair_mean(document, value, inputs.document_count)
    yield MeasureCounts("claimer tokens, matched only", counts, statistic=MEAN)


def _claimer_kind(side: AnnotationColumns) -> IntArray:
    return np.where(side.claimer < MISSING_ROW, special_claimer(0) - side.claimer + 1, 0)


def _claimer_ids(claimer: IntArray, mention_ids: IntArray) -> IntArray:
    """An id for each claimer: that of its mention, or a negative one if it is not a mention."""
    ids = claimer.copy()
    ids[claimer >= 0] = mention_ids[claimer[claimer >= 0]]
    return ids


def _token_f(inputs: ScoringInput, gold: IntArray, predicted: IntArray) -> FloatArray:
    """Token F of each pair of claimers; 1 or 0 if one of them is not a mention."""
    both = np.flatnonzero((gold >= 0) & (predicted >= 0))
    # Each pair is on its own, as in a document of its own.
    pair = np.arange(len(both))
    tokens = inputs.tokens
    gold_tokens, predicted_tokens = (
        in_units(side.mentions.take(claimer[both]), tokens)
        for side, claimer in ((inputs.gold, gold), (inputs.predicted, predicted))
    )
    row, _, found = overlaps(gold_tokens.in_documents(pair), predicted_tokens.in_documents(pair))
    shared = np.zeros(len(both))
    shared[row] = found
    value: FloatArray = ((gold == predicted) & (predicted < MISSING_ROW)).astype(np.float64)
    value[both] = 2 * shared / np.maximum(gold_tokens.length + predicted_tokens.length, 1)
    return value


def _cues(inputs: ScoringInput, left: IntArray, right: IntArray) -> Iterator[MeasureCounts]:
    """Cues of matched claims: the same span, or none in gold and prediction."""
    gold, predicted = inputs.gold.claims, inputs.predicted.claims
    gold_cue = _cue_places(inputs.gold, inputs.place_ids.gold_cues)
    predicted_cue = _cue_places(inputs.predicted, inputs.place_ids.predicted_cues)
    kind, predicted_kind = (
        (place != MISSING_ROW).astype(np.int64) for place in (gold_cue, predicted_cue)
    )
    same = gold_cue[left] == predicted_cue[right]
    yield from label_measures(
        "cue",
        CUE,
        LabelPairs(gold.document[left], kind[left], predicted_kind[right], same),
        (gold.document, kind),
        (predicted.document, predicted_kind),
        inputs.document_count,
    )


def _cue_places(side: AnnotationColumns, places: IntArray) -> IntArray:
    """The place of each claim's cue, or ``MISSING_ROW``."""
    found = np.full(len(side.claims), MISSING_ROW)
    found[side.cues.label] = places
    return found
