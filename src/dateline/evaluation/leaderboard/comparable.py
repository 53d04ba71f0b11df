"""Which results can be compared: those scored with the same rules on the same gold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.scoring import RESAMPLES, SEED
from dateline.evaluation.signature import Signature, sign

HEADLINES = (
    ("entities", "strict"),
    ("coreference", "CoNLL"),
    ("linking", "all"),
    ("triggers", "TC"),
    ("arguments", "AC+"),
    ("event-relations", "expanded"),
    ("claims", "overlap"),
)
"""The main measure of each group, in the order in which results are ranked by them."""

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
            dict(sorted(group.items(), key=lambda item: _rank(item[1]), reverse=True)),
            (agreement or {}) if rules == current.rules else {},
        )
        for rules, group in by_rules.items()
    ]


def current_signature(gold: Gold) -> Signature:
    """The signature of scores on this gold with the current rules, without groups of measures."""
    return sign(gold, ScoringInput(gold, ()), (), RESAMPLES, SEED)


def outdated(results: Mapping[str, Result], names: Iterable[str], current: Signature) -> list[str]:
    """The names without a result, or whose result has another gold or other rules."""
    return [
        name
        for name in names
        if name not in results or results[name].signature.rules != current.rules
    ]


def _rank(result: Result) -> list[float]:
    scores = result.by_measure
    values = [scores[h].value if h in scores else None for h in HEADLINES]
    return [-1.0 if value is None else value for value in values]
