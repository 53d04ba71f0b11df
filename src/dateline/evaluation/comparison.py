"""Compares systems on the same gold: differences, intervals and significance tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import msgspec
import numpy as np

from dateline.errors import ConflictError, InvalidInputError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.measures.groups import BLANC, CONLL, GROUPS, STATISTICS, MeasureCounts
from dateline.evaluation.report import Rates, Report, Score
from dateline.evaluation.scoring import (
    RESAMPLES,
    SEED,
    CountedMeasure,
    GoldSource,
    OntologySource,
    PredictionSource,
    as_gold,
    as_predictions,
    count_groups,
    select_groups,
)
from dateline.evaluation.signature import Signature, sign
from dateline.files.reading import MalformedError, converted, read_json
from dateline.metrics.counts import Counts, defined
from dateline.metrics.resampling import (
    approximate_randomisation,
    draws,
    holm,
    interval,
    paired_bootstrap,
)
from dateline.model import Struct

SystemSource: TypeAlias = PredictionSource | Report

_ROUNDING = 1e-6


class CountedSystem(NamedTuple):
    """A system with its counts by measure, and their signature."""

    name: str
    signature: Signature
    measures: Mapping[str, CountedMeasure]


class Difference(Struct, frozen=True):
    """A system's value on a measure, and its difference from the first system's.

    ``interval`` is the 95% bootstrap interval of the difference. ``p_bootstrap`` and
    ``p_randomization`` are two-sided p values; ``p_holm`` is the latter, corrected for the number
    of systems. None if a value is undefined, or the systems were not scored on the same documents.
    """

    system: str
    value: float | None
    difference: float | None
    interval: tuple[float, float] | None
    p_bootstrap: float | None
    p_randomization: float | None
    p_holm: float | None


class ComparedMeasure(Struct, frozen=True):
    """A measure with the first system's value, and the differences of the others."""

    group: str
    measure: str
    first: float | None
    others: tuple[Difference, ...]


class ComparisonReport(Struct, frozen=True):
    """Systems compared with the first one, on all measures that they have in common.

    ``differing`` has the fields in which a system's signature is not the first's. ``print(report)``
    shows tables, as a notebook does.
    """

    systems: tuple[str, ...]
    signature: Signature
    differing: Mapping[str, tuple[str, ...]]
    measures: tuple[ComparedMeasure, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON, with the signature also as a line of text."""
        return {"signature_line": str(self.signature), **msgspec.to_builtins(self)}

    @property
    def summary(self) -> str:
        """What was compared, on one line."""
        first, *others = self.systems
        return f"{', '.join(others)} compared with {first} on {self.signature.subject}"

    def __repr__(self) -> str:
        return f"<ComparisonReport: {self.summary}>"

    def __str__(self) -> str:
        from dateline.evaluation.tables.comparison import tables  # noqa: PLC0415
        from dateline.rendering.tables import text_tables  # noqa: PLC0415

        return f"{self.summary}\n\n{text_tables(tables(self))}"

    def _repr_html_(self) -> str:
        from dateline.evaluation.tables.comparison import tables  # noqa: PLC0415
        from dateline.rendering.html import html_tables  # noqa: PLC0415

        return html_tables([self.summary], tables(self))


def compare(
    systems: Mapping[str, SystemSource] | Sequence[str | Path],
    gold: GoldSource | None = None,
    *,
    layers: str | Sequence[str] = (),
    split: str | None = None,
    ontology: OntologySource | None = None,
    options: MatchingOptions | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    allow_differences: bool = False,
) -> ComparisonReport:
    """Compare systems with the first one, on the same gold.

    ``systems`` maps names to predictions, as `score` takes them, or to reports that `score` made
    with ``per_document=True``. It may also be a list of paths: predictions (.jsonl) or saved
    reports (.json). ``gold`` is needed unless all are reports. The other arguments are those of
    `score`. Systems are scored on all groups of measures that any of them predicts.

    Raises DatelineError if there are fewer than two systems, or their scores cannot be compared
    because their signatures differ in more than the groups of measures. ``allow_differences``
    compares them nevertheless; the report says what differs.
    """
    sources = systems if isinstance(systems, Mapping) else _named(systems)
    counted: dict[str, CountedSystem] = {}
    predicted: dict[str, PredictionSource] = {}
    for name, source in sources.items():
        if isinstance(source, Report):
            counted[name] = report_counts(name, source)
        elif isinstance(source, str | Path) and Path(source).suffix == ".json":
            counted[name] = report_counts(name, _read_report(Path(source)))
        else:
            predicted[name] = source
    if predicted:
        if gold is None:
            raise InvalidInputError(
                f"gold is missing; it is needed to score {', '.join(predicted)}."
            )
        found = as_gold(gold, split, ontology)
        scored = score_systems(predicted, found, layers, options, resamples, seed)
        counted |= {system.name: system for system in scored}
    return compare_systems(
        [counted[name] for name in sources], resamples, seed, allow_differences=allow_differences
    )


def score_systems(
    predictions: Mapping[str, PredictionSource],
    gold: Gold,
    layers: str | Sequence[str] = (),
    options: MatchingOptions | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[CountedSystem]:
    """Count several systems on the groups of measures that any of them predicts."""
    inputs = {
        name: ScoringInput(gold, as_predictions(source), options)
        for name, source in predictions.items()
    }
    selected = {group.name for one in inputs.values() for group in select_groups(layers, one)}
    groups = [group for group in GROUPS.values() if group.name in selected]
    names = tuple(group.name for group in groups)
    return [
        CountedSystem(
            name,
            sign(gold, one, names, resamples, seed),
            {counted.name: counted for counted in count_groups(one, groups)},
        )
        for name, one in inputs.items()
    ]


def report_counts(name: str, report: Report | Result) -> CountedSystem:
    """A system's counts from a report, or from a result of the leaderboard.

    Raises InvalidInputError if it has no counts per document.
    """
    # Classes of BLANC and CoNLL are summed up in a report, so they cannot be resampled.
    scores = [score for score in report.scores if score.statistic not in (BLANC, CONLL)]
    if any(not score.documents for score in scores):
        raise InvalidInputError(
            f"{name}: the report has no counts per document. Score with per_document=True "
            "(`dateline score --by-document --format json`)."
        )
    counted = [
        CountedMeasure(
            score.group,
            MeasureCounts(
                score.measure, _counts(score.documents.values()), statistic=score.statistic
            ),
            tuple(score.documents),
        )
        for score in scores
    ]
    return CountedSystem(name, report.signature, {found.name: found for found in counted})


def compare_systems(
    systems: Sequence[CountedSystem],
    resamples: int = RESAMPLES,
    seed: int = SEED,
    *,
    allow_differences: bool = False,
) -> ComparisonReport:
    """Compare counted systems with the first one; see `compare`."""
    if len(systems) < 2:
        raise InvalidInputError("there is nothing to compare: name two or more systems.")
    first, *others = systems
    differing = {
        other.name: tuple(first.signature.differences(other.signature))
        for other in others
        if other.signature != first.signature
    }
    unlike = [o.name for o in others if o.signature.rules != first.signature.rules]
    if unlike and not allow_differences:
        lines = "".join(f"\n  {name}: {'; '.join(differing[name])}" for name in unlike)
        raise ConflictError(
            f"the scores cannot be compared: these differ from {first.name}:{lines}\n"
            "Score all systems by the same rules, or allow differences."
        )
    shared = [name for name in first.measures if all(name in other.measures for other in others)]
    return ComparisonReport(
        systems=tuple(system.name for system in systems),
        signature=first.signature,
        differing=differing,
        measures=tuple(
            _compared(
                first.measures[name], {o.name: o.measures[name] for o in others}, resamples, seed
            )
            for name in shared
        ),
    )


def _named(paths: Sequence[str | Path]) -> dict[str, str | Path]:
    """Paths by their stems, or by the whole path if another has the same stem."""
    stems = [Path(path).stem for path in paths]
    return {
        stem if stems.count(stem) == 1 else Path(path).as_posix(): path
        for stem, path in zip(stems, paths, strict=True)
    }


def _read_report(path: Path) -> Report | Result:
    """Read a report, or a result of the leaderboard, from a JSON file."""
    content = read_json(path)
    try:
        fields = converted(content, dict[str, Any])
        fields.pop("signature_line", None)
        kind: type[Report | Result] = Result if "title" in fields else Report
        report = converted(fields, kind)
        _check_scores(report.scores)
    except MalformedError as error:
        raise InvalidInputError(
            f"{path}: is not a report: {error.problem}. Expected predictions (.jsonl), or the "
            "output of `dateline score --by-document --format json`."
        ) from None
    return report


def _check_scores(scores: Iterable[Score]) -> None:
    """Raise MalformedError for scores that no program of this package writes."""
    seen: set[tuple[str, str]] = set()
    for score in scores:
        place = f"{score.group}, {score.measure}"
        if (score.group, score.measure) in seen:
            raise MalformedError(f"{place}: is duplicated")
        seen.add((score.group, score.measure))
        if score.statistic not in STATISTICS:
            allowed = ", ".join(STATISTICS)
            raise MalformedError(
                f'{place}: "{score.statistic}" is not a statistic. Allowed: {allowed}'
            )
        for name, found in score.documents.items():
            if not (
                0 <= found.matched_gold <= found.gold + _ROUNDING
                and 0 <= found.matched_predicted <= found.predicted + _ROUNDING
            ):
                raise MalformedError(f"{place}: {name}: has impossible counts")


def _compared(
    first: CountedMeasure, others: Mapping[str, CountedMeasure], resamples: int, seed: int
) -> ComparedMeasure:
    found = [_difference(name, first, other, resamples, seed) for name, other in others.items()]
    corrected = holm([difference.p_randomization for difference in found])
    return ComparedMeasure(
        group=first.group,
        measure=first.measured.name,
        first=_value(first),
        others=tuple(
            msgspec.structs.replace(difference, p_holm=p)
            for difference, p in zip(found, corrected, strict=True)
        ),
    )


def _difference(
    name: str, first: CountedMeasure, other: CountedMeasure, resamples: int, seed: int
) -> Difference:
    before, after = _value(first), _value(other)
    difference = None if before is None or after is None else after - before
    ends, bootstrap, randomization = None, None, None
    if difference is not None and other.document_ids == first.document_ids:
        statistic = STATISTICS[first.measured.statistic]
        counts = first.measured.counts, other.measured.counts
        drawn = draws(len(first.document_ids), resamples, seed)
        differences, bootstrap = paired_bootstrap(*counts, drawn, statistic)
        randomization = approximate_randomisation(*counts, resamples, seed, statistic)
        # Resampling one document always gives the same difference, which is not an interval.
        ends = interval(differences) if len(first.document_ids) > 1 else None
        bootstrap = bootstrap if len(first.document_ids) > 1 or difference == 0 else None
    return Difference(
        system=name,
        value=after,
        difference=difference,
        interval=ends,
        p_bootstrap=bootstrap,
        p_randomization=randomization,
        p_holm=None,
    )


def _value(counted: CountedMeasure) -> float | None:
    statistic = STATISTICS[counted.measured.statistic]
    return defined(statistic(counted.measured.counts.sum(axis=0)))


def _counts(documents: Iterable[Rates]) -> Counts:
    rows = [(r.matched_gold, r.gold, r.matched_predicted, r.predicted) for r in documents]
    return np.array(rows, np.float64).reshape(-1, 1, 4)
