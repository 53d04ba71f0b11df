"""Systems against each other on the same gold: effects, intervals and tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from dateline.errors import DatelineError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.leaderboard.results import Result
from dateline.evaluation.measures.groups import BLANC, CONLL, GROUPS, STATISTICS, MeasureCounts
from dateline.evaluation.scoring import (
    RESAMPLES,
    SEED,
    Counted,
    Rates,
    Report,
    as_predictions,
    chosen,
    count,
)
from dateline.evaluation.signature import Signature, sign
from dateline.metrics.counts import Counts, defined
from dateline.metrics.resampling import (
    approximate_randomisation,
    draws,
    holm,
    interval,
    paired_bootstrap,
)
from dateline.model import Struct

if TYPE_CHECKING:
    from dateline.evaluation.scoring import Predictionlike


class System(NamedTuple):
    """A system's counts, and the signature that they were made under."""

    name: str
    signature: Signature
    counted: Mapping[str, Counted]


class Difference(Struct, frozen=True):
    """How a system differs from the first on a measure: its value less the first's.

    ``bootstrap`` and ``randomisation`` are two-sided p values, ``corrected`` is the latter after
    Holm, over all the systems compared with the first. None where a value is undefined, or where
    there are no counts of the same documents to draw from.
    """

    system: str
    value: float | None
    difference: float | None
    interval: tuple[float, float] | None
    bootstrap: float | None
    randomisation: float | None
    corrected: float | None


class Line(Struct, frozen=True):
    """A measure with the first system's value, and the others' against it."""

    group: str
    measure: str
    first: float | None
    others: tuple[Difference, ...]


class Comparison(Struct, frozen=True):
    """Systems on the same measures. ``differing`` are signatures that are not the first's."""

    systems: tuple[str, ...]
    signature: Signature
    differing: Mapping[str, tuple[str, ...]]
    documents: int
    lines: tuple[Line, ...]


def score_systems(
    predictions: Mapping[str, Predictionlike],
    gold: Gold,
    layers: Sequence[str] = (),
    options: MatchingOptions | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[System]:
    """Count several systems by the same rules: the groups are those that any of them predicts."""
    pairs = {
        name: ScoringInput(gold, as_predictions(p), options) for name, p in predictions.items()
    }
    wanted = {group.name for inputs in pairs.values() for group in chosen(layers, inputs)}
    groups = [group for group in GROUPS.values() if group.name in wanted]
    names = tuple(group.name for group in groups)
    return [
        System(
            name,
            sign(gold, inputs, names, resamples, seed),
            {counted.name: counted for counted in count(inputs, groups)},
        )
        for name, inputs in pairs.items()
    ]


def read_system(path: Path) -> System:
    """A system's counts from a report that ``dateline score --format json --documents`` wrote, or
    from a result of the leaderboard.

    Raises DatelineError where the file is none, or has no counts of documents.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
        content.pop("signature_line", None)
        kind: type[Report | Result] = Result if "title" in content else Report
        report = msgspec.convert(content, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, AttributeError) as error:
        raise DatelineError(
            f"{path}: is no report: {error}. Name a file of predictions (.jsonl), or what "
            "`dateline score --format json --documents` wrote."
        ) from None
    # Classes of BLANC and CoNLL are summed up in a report, so they cannot be drawn again.
    scores = [score for score in report.scores if score.statistic not in (BLANC, CONLL)]
    if any(not score.documents for score in scores):
        raise DatelineError(f"{path}: has no counts of documents; write it with `--documents`.")
    counted = [
        Counted(
            score.group,
            MeasureCounts(score.measure, _counts(score.documents.values()), ("",), score.statistic),
            tuple(score.documents),
        )
        for score in scores
    ]
    return System(path.stem, report.signature, {found.name: found for found in counted})


def compare(
    systems: Sequence[System],
    resamples: int = RESAMPLES,
    seed: int = SEED,
    *,
    despite_differences: bool = False,
) -> Comparison:
    """Compare each system with the first, on every measure that all of them have.

    Raises DatelineError where signatures differ in more than which groups were scored, unless
    that is wanted; every difference is said in the comparison.
    """
    first, *others = systems
    if not others:
        raise DatelineError("one system is nothing to compare; name two or more.")
    differing = {
        other.name: tuple(first.signature.differences(other.signature))
        for other in others
        if other.signature != first.signature
    }
    unlike = [o.name for o in others if o.signature.rules != first.signature.rules]
    if unlike and not despite_differences:
        listed = "".join(f"\n  {name}: {'; '.join(differing[name])}" for name in unlike)
        raise DatelineError(
            f"these were not scored as {first.name} was, so their numbers do not compare:{listed}\n"
            "Score them by the same rules, or say --despite-differences."
        )
    shared = [name for name in first.counted if all(name in other.counted for other in others)]
    lines = [
        _line(first.counted[name], {o.name: o.counted[name] for o in others}, resamples, seed)
        for name in shared
    ]
    return Comparison(
        systems=tuple(system.name for system in systems),
        signature=first.signature,
        differing=differing,
        documents=first.signature.documents,
        lines=tuple(lines),
    )


def _line(first: Counted, others: Mapping[str, Counted], resamples: int, seed: int) -> Line:
    statistic = STATISTICS[first.measured.statistic]
    value = defined(statistic(first.measured.counts.sum(axis=0)))
    found = []
    for name, other in others.items():
        theirs = defined(statistic(other.measured.counts.sum(axis=0)))
        gain = None if value is None or theirs is None else theirs - value
        ends, bootstrap, randomisation = None, None, None
        if gain is not None and other.document_ids == first.document_ids:
            counts = first.measured.counts, other.measured.counts
            drawn = draws(len(first.document_ids), resamples, seed)
            differences, bootstrap = paired_bootstrap(*counts, drawn, statistic)
            randomisation = approximate_randomisation(*counts, resamples, seed, statistic)
            # Drawing one document again and again gives one difference, which is no interval.
            ends = interval(differences) if len(first.document_ids) > 1 else None
            bootstrap = bootstrap if len(first.document_ids) > 1 or gain == 0 else None
        found.append(
            Difference(
                system=name,
                value=theirs,
                difference=gain,
                interval=ends,
                bootstrap=bootstrap,
                randomisation=randomisation,
                corrected=None,
            )
        )
    corrected = holm([difference.randomisation for difference in found])
    return Line(
        group=first.group,
        measure=first.measured.name,
        first=value,
        others=tuple(
            msgspec.structs.replace(difference, corrected=p)
            for difference, p in zip(found, corrected, strict=True)
        ),
    )


def _counts(documents: Iterable[Rates]) -> Counts:
    rows = [(r.hit_gold, r.gold, r.hit_predicted, r.predicted) for r in documents]
    return np.array(rows, np.float64).reshape(-1, 1, 4)
