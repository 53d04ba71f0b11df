"""Event extraction: triggers, arguments and relations, as sets of tuples.

Measures and their names follow TextEE: Huang et al., "TextEE: Benchmark, Reevaluation, Reflections,
and Future Challenges in Event Extraction", Findings of ACL 2024.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import Counts, IntArray
from dateline.metrics.tuple_sets import set_counts, tuple_ids


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

    ``label`` is the event type; ``trigger`` and ``filler`` are ids of spans that gold and predicted
    share.
    """

    document: IntArray
    label: IntArray
    trigger: IntArray
    role: IntArray
    filler: IntArray

    def take(self, rows: IntArray) -> Arguments:
        """The arguments of some rows."""
        return Arguments(*(column[rows] for column in self))


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


def argument_counts(
    gold: Arguments, predicted: Arguments, documents: int, labels: int, roles: int
) -> Mapping[str, Counts]:
    """``AI`` matches event type and filler, ``AC`` also the role; ``AI+`` and ``AC+`` also match
    the trigger's span, so that arguments of two events of the same type are not confused.

    Huang et al., TextEE, Findings of ACL 2024. AI and AI+ have shape (documents, labels, 4), by
    event type; AC and AC+ (documents, roles, 4), by role.
    """
    document, label, trigger, role, filler = zip(gold, predicted, strict=True)

    def counts(by: int, size: int, *columns: tuple[IntArray, IntArray]) -> Counts:
        gold_columns, predicted_columns = zip(*columns, strict=True)
        return set_counts(gold_columns, predicted_columns, documents, by, size)

    return {
        "AI": counts(1, labels, document, label, filler),
        "AC": counts(2, roles, document, label, role, filler),
        "AI+": counts(1, labels, document, label, trigger, filler),
        "AC+": counts(2, roles, document, label, role, trigger, filler),
    }


def with_matched_trigger(arguments: Arguments, gold: Triggers, predicted: Triggers) -> Arguments:
    """The arguments of events whose trigger span and event type are both in gold and predicted.

    Scores on these show how well roles are filled, apart from errors in event detection.
    """
    gold_events, predicted_events = tuple_ids(tuple(gold), tuple(predicted))
    matched = np.isin(gold_events, predicted_events)
    events, events_of_arguments = tuple_ids(
        tuple(column[matched] for column in gold),
        (arguments.document, arguments.label, arguments.trigger),
    )
    return arguments.take(np.flatnonzero(np.isin(events_of_arguments, events)))


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
    order = np.argsort(cluster, kind="stable")
    cluster, member = cluster[order], member[order]
    for end in (2, 3):  # source, target
        ends = relations[end]
        first = np.searchsorted(cluster, ends, side="left")
        sizes = np.searchsorted(cluster, ends, side="right") - first
        total = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.repeat(np.arange(len(ends)), sizes)
        members = member[np.arange(total[-1]) + np.repeat(first - total[:-1], sizes)]
        columns = [column[rows] for column in relations]
        columns[end] = members
        relations = Relations(*columns)
    return relations
