"""Ranks of results, in which systems that cannot be told apart share a rank."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.evaluation.comparison import RESAMPLES, SEED
from dateline.evaluation.counting import MeasureKey
from dateline.evaluation.leaderboard.comparable import primary_measures
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.saved_reports import report_counts
from dateline.metrics.significance import clusters, tell_apart

RESAMPLES_FOR_RANKS = 10 * RESAMPLES
"""With 13 groups of documents or fewer, every way to swap them is tried."""


def ranks(results: Mapping[str, Result]) -> Mapping[str, Mapping[MeasureKey, int]]:
    """The rank of each result by each primary measure; results must be comparable.

    Systems that were trained on scored documents have no ranks, nor has a system on a measure
    without a score. Raises InvalidInputError for a result without counts by document.
    """
    ranked = {name: one for name, one in results.items() if not one.seen_documents}
    systems = [report_counts(name, one) for name, one in ranked.items()]
    found: dict[str, dict[MeasureKey, int]] = {name: {} for name in results}
    for key in primary_measures(ranked.values()):
        measures = {one.name: one.measures[key] for one in systems if key in one.measures}
        labels = tuple(dict.fromkeys(x for one in measures.values() for x in one.labels))
        averages = {
            name: next(one.with_labels(labels).averages(ranked[name].units))
            for name, one in measures.items()
        }
        scores = {name: one.value for name, one in averages.items() if one.value is not None}
        if len({averages[name].document_ids for name in scores}) != 1:
            continue
        one, *_ = averages.values()
        counts = [averages[name].counts[0] for name in scores]
        p_values = tell_apart(counts, RESAMPLES_FOR_RANKS, SEED, one.statistic)
        places = clusters([*scores.values()], p_values)
        for name, place in zip(scores, places, strict=True):
            found[name][key] = place
    return found
