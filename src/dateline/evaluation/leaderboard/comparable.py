"""Which results can be compared: those scored with the same rules on the same gold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.measures.groups import GROUPS
from dateline.evaluation.signature import Signature, sign

Agreement: TypeAlias = Mapping[tuple[str, str], float | None]
"""Scores of two annotators against each other, by group and measure."""


class ComparableResults(NamedTuple):
    """Results that can be compared, by name, best first.

    ``differences`` says how their rules differ from the current ones. ``agreement`` is of two
    annotators; it is empty if the rules differ.
    """

    differences: tuple[str, ...]
    results: Mapping[str, Result]
    agreement: Agreement


def group_comparable(
    results: Mapping[str, Result], current: Signature, agreement: Agreement | None = None
) -> list[ComparableResults]:
    """Group results by rules; those with the current rules come first, even if there are none."""
    by_rules: dict[Signature, dict[str, Result]] = {current.rules: {}}
    for name, result in results.items():
        by_rules.setdefault(result.signature.rules, {})[name] = result
    return [
        ComparableResults(
            tuple(current.rules.differences(rules)),
            _ranked(group),
            (agreement or {}) if rules == current.rules else {},
        )
        for rules, group in by_rules.items()
    ]


def current_signature(gold: Gold) -> Signature:
    """The signature of scores on this gold with the current rules, without groups of measures."""
    return sign(gold, ScoringInput(gold, ()), ())


def outdated(results: Mapping[str, Result], names: Iterable[str], current: Signature) -> list[str]:
    """The names without a result, or whose result has another gold or other rules.

    A result with other contrasts can be compared, but is outdated too.
    """
    return [
        name
        for name in names
        if name not in results
        or results[name].signature.rules != current.rules
        or results[name].signature.contrasts != current.contrasts
    ]


def primary_measures(results: Iterable[Result]) -> list[tuple[str, str]]:
    """The primary measures that any result has, in the order of the groups of measures."""
    found = {
        (score.group, score.measure)
        for result in results
        for score in result.scores
        if score.primary
    }
    order = list(GROUPS)
    return sorted(found, key=lambda key: (order.index(key[0]) if key[0] in order else 99, key))


def _ranked(results: Mapping[str, Result]) -> Mapping[str, Result]:
    """The results, best first by the first primary measure, then the next."""
    measures = primary_measures(results.values())

    def rank(name: str) -> list[float]:
        scores = results[name].by_measure
        values = [scores[one].value if one in scores else None for one in measures]
        return [-1.0 if value is None else value for value in values]

    return {name: results[name] for name in sorted(results, key=rank, reverse=True)}
