"""Event extraction: triggers, arguments and relations, as sets of tuples.

Measures and their names follow TextEE: Huang et al., "TextEE: Benchmark, Reevaluation, Reflections,
and Future Challenges in Event Extraction", Findings of ACL 2024.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.assignment import assign
from dateline.metrics.counts import BoolArray, Counts, FloatArray, IntArray
from dateline.metrics.tuple_sets import equal_pairs, pack, set_counts, tuple_ids


class Triggers(NamedTuple):
    """Events as columns, one entry per event.

    ``label`` is the event type; ``place`` is an id of the trigger's span that gold and predicted
    share.
    """

    document: IntArray
    label: IntArray
    place: IntArray


class Arguments(NamedTuple):
    """Event arguments as columns, one entry per argument.

    ``label`` is the event type; ``event`` is an id of the event and ``filler`` of a span, which
    gold and predicted share. The trigger's span identifies an event, unless several events have
    the same trigger and type: see ``match_events``.
    """

    document: IntArray
    label: IntArray
    event: IntArray
    role: IntArray
    filler: IntArray

    def take(self, rows: IntArray) -> Arguments:
        """The arguments of some rows."""
        return Arguments(*(column[rows] for column in self))


class EventFeatures(NamedTuple):
    """What events have, such as arguments, as columns: row of the event, and an id of the feature.

    Gold and predicted share the ids.
    """

    event: IntArray
    feature: IntArray


class Relations(NamedTuple):
    """Directed relations as columns, one entry per relation.

    ``source`` and ``target`` are ids that gold and predicted share.
    """

    document: IntArray
    label: IntArray
    source: IntArray
    target: IntArray


def trigger_counts(
    gold: Triggers, predicted: Triggers, documents: int, labels: int
) -> Mapping[str, Counts]:
    """``TI`` matches the trigger's span, ``TC`` its span and event type.

    Ji and Grishman, "Refining Event Extraction through Cross-Document Inference", ACL 2008, on
    spans as in TextEE. TI has shape (documents, 1, 4), TC (documents, labels, 4).
    """
    return {
        "TI": set_counts(
            (gold.document, gold.place), (predicted.document, predicted.place), documents
        ),
        "TC": set_counts(tuple(gold), tuple(predicted), documents, label=1, labels=labels),
    }


def match_events(
    gold: Triggers,
    predicted: Triggers,
    features: Iterable[tuple[EventFeatures, EventFeatures]],
) -> tuple[IntArray, IntArray]:
    """An id for each gold event and each predicted event, equal if they are the same event.

    Events are the same if their triggers and types are. If several gold events or several
    predicted ones have the same trigger and type, they are matched 1:1, so that they have as many
    features of the first pair of columns in common as possible, then of the second, and so on. As
    the event matching of the BioNLP Shared Task (Kim et al., "Overview of BioNLP'09 Shared Task on
    Event Extraction", BioNLP 2009), but partial: events need not agree in all arguments.
    """
    gold_key, predicted_key = tuple_ids(tuple(gold), tuple(predicted))
    _, key = np.unique(np.concatenate((gold_key, predicted_key)), return_inverse=True)
    gold_key, predicted_key = key[: len(gold_key)], key[len(gold_key) :]
    end = int(key.max(initial=-1)) + 1
    sizes = [np.bincount(side, minlength=end) for side in (gold_key, predicted_key)]
    several = (sizes[0] > 1) | (sizes[1] > 1)
    if not several.any():
        return gold_key, predicted_key
    left, right = equal_pairs(gold_key, predicted_key)
    kept = several[gold_key[left]]
    left, right = left[kept], right[kept]
    common = [
        _common(*_of_groups(*sides, (gold_key, predicted_key), several), left, right)
        for sides in features
    ]
    pairs = assign(left, right, common or [np.zeros(len(left))])
    gold_ids = np.where(several[gold_key], end + np.arange(len(gold_key)), gold_key)
    unmatched = end + len(gold_key) + np.arange(len(predicted_key))
    predicted_ids = np.where(several[predicted_key], unmatched, predicted_key)
    predicted_ids[right[pairs]] = gold_ids[left[pairs]]
    return gold_ids, predicted_ids


def argument_counts(
    gold: Arguments,
    predicted: Arguments,
    documents: int,
    labels: int,
    roles: int,
    correct_by: tuple[Arguments, Arguments] | None = None,
) -> Mapping[str, Counts]:
    """``AI`` matches event type and filler, ``AC`` also the role; ``AI+`` and ``AC+`` also match
    the event, so that arguments of two events of the same type are not confused.

    ``correct_by`` are the same arguments with other ids of fillers: an argument is also correct if
    it matches one of the other side by those. Each counts once, and is correct at most once.

    Huang et al., TextEE, Findings of ACL 2024. AI and AI+ have shape (documents, labels, 4), by
    event type; AC and AC+ (documents, roles, 4), by role.
    """

    def counts(by: int, size: int, *fields: int) -> Counts:
        (these, those), keys = (
            [tuple(side[field] for field in fields) for side in sides]
            for sides in ((gold, predicted), correct_by or (gold, predicted))
        )
        return set_counts(these, those, documents, by, size, (keys[0], keys[1]))

    document, label, event, role, filler = range(5)
    return {
        "AI": counts(1, labels, document, label, filler),
        "AC": counts(2, roles, document, label, role, filler),
        "AI+": counts(1, labels, document, label, event, filler),
        "AC+": counts(2, roles, document, label, role, event, filler),
    }


def of_matched_events(arguments: Arguments, gold: IntArray, predicted: IntArray) -> Arguments:
    """The arguments of events that are in gold and predicted, given the ids of all events.

    Scores on these show how well roles are filled, apart from errors in event detection.
    """
    both = np.intersect1d(gold, predicted)
    return arguments.take(np.flatnonzero(np.isin(arguments.event, both)))


def relation_counts(gold: Relations, predicted: Relations, documents: int, labels: int) -> Counts:
    """Matches of source, target and label.

    Wang et al., "MAVEN-ERE: A Unified Large-scale Dataset for Event Coreference, Temporal, Causal,
    and Subevent Relation Extraction", EMNLP 2022. Shape (documents, labels, 4).
    """
    return set_counts(tuple(gold), tuple(predicted), documents, label=1, labels=labels)


def expand_clusters(relations: Relations, cluster: IntArray, member: IntArray) -> Relations:
    """Replace each relation between clusters by relations between all their members.

    ``source`` and ``target`` of ``relations`` are clusters, and ``member[k]`` belongs to
    ``cluster[k]``; in the result they are members. As in MAVEN-ERE (EMNLP 2022): an annotator marks
    one pair of mentions, but the relation holds between the event instances.
    """
    for end in (2, 3):  # source, target
        rows, members = equal_pairs(relations[end], cluster)
        columns = [column[rows] for column in relations]
        columns[end] = member[members]
        relations = Relations(*columns)
    return relations


def _of_groups(
    gold: EventFeatures,
    predicted: EventFeatures,
    keys: tuple[IntArray, IntArray],
    kept: BoolArray,
) -> tuple[EventFeatures, EventFeatures]:
    """The features of the events whose keys are kept, each once; other keys have other ids."""
    gold, predicted = (
        EventFeatures(side.event[rows], side.feature[rows])
        for side, rows in (
            (gold, kept[keys[0][gold.event]]),
            (predicted, kept[keys[1][predicted.event]]),
        )
    )
    ids = tuple_ids(
        (keys[0][gold.event], gold.feature), (keys[1][predicted.event], predicted.feature)
    )
    return _distinct(gold.event, ids[0]), _distinct(predicted.event, ids[1])


def _distinct(event: IntArray, feature: IntArray) -> EventFeatures:
    _, first = np.unique(pack(event, feature), return_index=True)
    return EventFeatures(event[first], feature[first])


def _common(
    gold: EventFeatures, predicted: EventFeatures, left: IntArray, right: IntArray
) -> FloatArray:
    """How many features the gold and the predicted event of each pair have in common."""
    width = 1 + max(int(right.max(initial=0)), int(predicted.event.max(initial=0)))
    i, j = equal_pairs(gold.feature, predicted.feature)
    found, counts = np.unique(gold.event[i] * width + predicted.event[j], return_counts=True)
    pair = left * width + right
    place = np.searchsorted(found, pair)
    there = np.append(found, -1)[place] == pair
    return np.where(there, np.append(counts, 0)[place], 0).astype(np.float64)
