"""Triggers, arguments and relations of events, as sets of tuples.

What is compared, and the names of the measures, follow Huang et al., "TextEE: Benchmark,
Reevaluation, Reflections, and Future Challenges in Event Extraction", Findings of ACL 2024.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dateline.metrics.counts import Counts, IntArray
from dateline.metrics.keys import set_counts, together


class Triggers(NamedTuple):
    """Events as columns, one entry an event. ``place`` is a number that both sides share."""

    document: IntArray
    label: IntArray
    place: IntArray


class Arguments(NamedTuple):
    """Filled roles as columns, one entry an argument.

    ``trigger`` and ``filler`` are numbers of places that gold and predicted share; ``label`` is the
    event's type.
    """

    document: IntArray
    label: IntArray
    trigger: IntArray
    role: IntArray
    filler: IntArray

    def take(self, rows: IntArray) -> Arguments:
        """Some of the arguments."""
        return Arguments(*(column[rows] for column in self))


class Relations(NamedTuple):
    """Directed relations as columns; both sides share the numbers of ``source`` and ``target``."""

    document: IntArray
    label: IntArray
    source: IntArray
    target: IntArray


def triggers(
    gold: Triggers, predicted: Triggers, documents: int, labels: int
) -> Mapping[str, Counts]:
    """``TI``: the trigger's span, shape (documents, 1, 4). ``TC``: and the event's type, shape
    (documents, labels, 4). Ji and Grishman, "Refining Event Extraction through Cross-Document
    Inference", ACL 2008, on spans as in TextEE.
    """
    return {
        "TI": set_counts(
            (gold.document, gold.place), (predicted.document, predicted.place), documents
        ),
        "TC": set_counts(tuple(gold), tuple(predicted), documents, label=1, labels=labels),
    }


def arguments(
    gold: Arguments, predicted: Arguments, documents: int, labels: int, roles: int
) -> Mapping[str, Counts]:
    """``AI``: event type and filler's span. ``AC``: and role. ``AI+`` and ``AC+``: and the
    trigger's span, so that an argument of one event is not taken for that of another of the same
    type.

    Huang et al., TextEE, Findings of ACL 2024. AI and AI+ have shape (documents, labels, 4), by
    event type; AC and AC+ (documents, roles, 4), by role.
    """
    document, label, trigger, role, filler = zip(gold, predicted, strict=True)

    def counts(by: int, size: int, *columns: tuple[IntArray, IntArray]) -> Counts:
        ours, theirs = zip(*columns, strict=True)
        return set_counts(ours, theirs, documents, by, size)

    return {
        "AI": counts(1, labels, document, label, filler),
        "AC": counts(2, roles, document, label, role, filler),
        "AI+": counts(1, labels, document, label, trigger, filler),
        "AC+": counts(2, roles, document, label, role, trigger, filler),
    }


def where_triggered(arguments: Arguments, gold: Triggers, predicted: Triggers) -> Arguments:
    """The arguments of events whose trigger and type both sides have.

    What is scored on these says how well roles are filled where the event was found: the same as
    giving the system the gold triggers, as far as it found them.
    """
    events = np.concatenate(together(tuple(gold), tuple(predicted)))
    found = np.intersect1d(events[: len(gold.place)], events[len(gold.place) :])
    own = (arguments.document, arguments.label, arguments.trigger)
    of_events, of_arguments = together(
        tuple(np.concatenate(pair) for pair in zip(gold, predicted, strict=True)), own
    )
    return arguments.take(np.flatnonzero(np.isin(of_arguments, of_events[np.isin(events, found)])))


def relations(gold: Relations, predicted: Relations, documents: int, labels: int) -> Counts:
    """Both ends, their order and the label: Wang et al., "MAVEN-ERE: A Unified Large-scale Dataset
    for Event Coreference, Temporal, Causal, and Subevent Relation Extraction", EMNLP 2022. Shape
    (documents, labels, 4).
    """
    return set_counts(tuple(gold), tuple(predicted), documents, label=1, labels=labels)


def expanded(relations: Relations, cluster: IntArray, member: IntArray) -> Relations:
    """Each relation between clusters as relations between all of their members.

    The ends of ``relations`` are clusters here; ``member[k]`` belongs to ``cluster[k]``, and ends
    of the result are members. MAVEN-ERE, EMNLP 2022, scores relations so, because an annotator
    marks one pair of mentions and means the happenings.
    """
    order = np.argsort(cluster, kind="stable")
    cluster, member = cluster[order], member[order]
    for side in (2, 3):
        ends = relations[side]
        first = np.searchsorted(cluster, ends, side="left")
        sizes = np.searchsorted(cluster, ends, side="right") - first
        total = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.repeat(np.arange(len(ends)), sizes)
        members = member[np.arange(total[-1]) + np.repeat(first - total[:-1], sizes)]
        columns = [column[rows] for column in relations]
        columns[side] = members
        relations = Relations(*columns)
    return relations
