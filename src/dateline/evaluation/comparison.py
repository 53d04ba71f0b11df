"""Compares systems on the same gold: differences, intervals and significance tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from dateline.errors import ConflictError, InvalidInputError
from dateline.evaluation.columns.scoring_input import MatchingOptions, ScoringInput
from dateline.evaluation.comparison_report import ComparedMeasure, ComparisonReport, Difference
from dateline.evaluation.contrast_sets import ContrastSets, contrast_consistency, unpredicted
from dateline.evaluation.counting import (
    Average,
    CountedMeasure,
    CountedSystem,
    MeasureKey,
    count_runs,
)
from dateline.evaluation.gold import Gold
from dateline.evaluation.measures.groups import Group
from dateline.evaluation.report import FEWEST_RELIABLE, Report
from dateline.evaluation.saved_reports import read_report, report_counts
from dateline.evaluation.scoring import (
    GoldSource,
    OntologySource,
    PredictionSource,
    Runs,
    as_gold,
    read_runs,
    select_groups,
)
from dateline.evaluation.signature import sign
from dateline.files.opening import file_title
from dateline.metrics.intervals import as_interval, difference, difference_interval
from dateline.metrics.significance import (
    FEW,
    approximate_randomisation,
    draws,
    holm,
    paired_bootstrap,
    t_test,
)

SystemSource: TypeAlias = PredictionSource | Runs | Report

RESAMPLES, SEED = 1000, 13


def compare(
    systems: Mapping[str, SystemSource] | Sequence[str | Path],
    gold: GoldSource | None = None,
    *,
    layers: str | Sequence[str] = (),
    split: str | None = None,
    ontology: OntologySource | None = None,
    options: MatchingOptions | None = None,
    group_by: str | None = None,
    by: str | Sequence[str] = (),
    resamples: int = RESAMPLES,
    seed: int = SEED,
    exploratory_p: bool = False,
    allow_differences: bool = False,
) -> ComparisonReport:
    """Compare systems with the first one, on the same gold.

    ``systems`` maps names to predictions or to several `Runs`, as `score` takes them, or to reports
    that `score` made with ``per_document=True``. It may also be a list of paths: predictions
    (.jsonl) or saved reports (.json). ``gold`` is needed unless all are reports, and for ``by``.
    ``resamples`` and ``seed`` are those of the tests; the other arguments are those of `score`.
    Systems are scored on all groups of measures that any of them predicts, and tested on the
    primary measures. ``exploratory_p`` adds p values of all other measures, which are not
    corrected.

    Raises DatelineError if there are fewer than two systems, or their scores cannot be compared
    because their signatures differ in more than the groups of measures and the number of runs.
    ``allow_differences`` compares them nevertheless; the report says what differs.
    """
    sources = systems if isinstance(systems, Mapping) else named(systems)
    counted: dict[str, CountedSystem] = {}
    predicted: dict[str, PredictionSource | Runs] = {}
    for name, source in sources.items():
        if isinstance(source, Report):
            counted[name] = report_counts(name, source)
        elif isinstance(source, str | Path) and Path(source).suffix == ".json":
            counted[name] = report_counts(name, read_report(Path(source)))
        else:
            predicted[name] = source
    names = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    fields: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    if predicted or names:
        if gold is None:
            needed = f"to score {', '.join(predicted)}" if predicted else "for `by`"
            raise InvalidInputError(f"gold is missing; it is needed {needed}.")
        found = as_gold(gold, split, ontology, group_by, names)
        fields = found.fields
        scored = score_systems(predicted, found, layers, options) if predicted else []
        counted |= {one.name: one for one in scored}
    return compare_systems(
        [counted[name] for name in sources],
        resamples,
        seed,
        fields=fields,
        exploratory_p=exploratory_p,
        allow_differences=allow_differences,
    )


def score_systems(
    predictions: Mapping[str, PredictionSource | Runs],
    gold: Gold,
    layers: str | Sequence[str] = (),
    options: MatchingOptions | None = None,
) -> list[CountedSystem]:
    """Count several systems on the groups of measures that any of them predicts."""
    runs = {name: read_runs(source, gold, options) for name, source in predictions.items()}
    groups = select_groups(layers, [run for of_system in runs.values() for run in of_system])
    names = tuple(group.name for group in groups)
    sets = None if gold.contrast_sets is None else ContrastSets(gold.contrast_sets)
    return [
        CountedSystem(
            name,
            sign(gold, of_system[0], names, len(of_system)),
            gold.units,
            _by_key(count_runs(of_system, groups)[0]),
            _by_key(_consistency(of_system, sets, groups) if sets else ()),
        )
        for name, of_system in runs.items()
    ]


def _by_key(measures: Iterable[CountedMeasure]) -> dict[MeasureKey, CountedMeasure]:
    return {(one.group, one.measure): one for one in measures}


def _consistency(
    runs: Sequence[ScoringInput], sets: ContrastSets, groups: Sequence[Group]
) -> Iterable[CountedMeasure]:
    """The contrast sets that are right; nothing without predictions for contrasts."""
    of_sets = [one for run in runs if (one := run.contrast_sets()) is not None]
    missing = unpredicted(sets.gold, of_sets)
    if not sets.members or all(len(names) == len(sets.gold.contrasts) for names in missing):
        return ()
    return contrast_consistency(sets, of_sets, groups)


def compare_systems(
    systems: Sequence[CountedSystem],
    resamples: int = RESAMPLES,
    seed: int = SEED,
    *,
    fields: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    exploratory_p: bool = False,
    allow_differences: bool = False,
) -> ComparisonReport:
    """Compare counted systems with the first one; see `compare`.

    ``fields`` has the values of documents by field.
    """
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
    names = [system.name for system in others]
    tests = _Tests(resamples, seed, exploratory_p)
    compared: list[ComparedMeasure] = []
    for measures in _shared([system.measures for system in systems]):
        whole, *macro = _compared(names, measures, first.units, tests)
        parts = {
            field: dict(_by_value(names, measures, first.units, values))
            for field, values in (fields or {}).items()
            if whole.primary
        }
        compared += msgspec.structs.replace(whole, by=parts), *macro
    sets = _shared([system.consistency for system in systems])
    return ComparisonReport(
        systems=tuple(system.name for system in systems),
        signature=first.signature,
        resamples=resamples,
        seed=seed,
        units=_units(first),
        differing=differing,
        missing=_missing(systems),
        measures=tuple(_corrected(compared)),
        consistency=tuple(
            next(_compared(names, measures, first.units, UNTESTED)) for measures in sets
        ),
    )


def _shared(
    systems: Sequence[Mapping[MeasureKey, CountedMeasure]],
) -> Iterator[Sequence[CountedMeasure]]:
    """The measures that all systems have."""
    first, *others = systems
    for key in first:
        if all(key in other for other in others):
            yield [system[key] for system in systems]


def _missing(systems: Sequence[CountedSystem]) -> Mapping[str, tuple[str, ...]]:
    """For each system that lacks some, the measures that others have, in order."""
    names = {
        system.name: [
            *map(": ".join, system.measures),
            *(f"contrast consistency, {': '.join(key)}" for key in system.consistency),
        ]
        for system in systems
    }
    every = dict.fromkeys(name for of_system in names.values() for name in of_system)
    lacking = {
        system: tuple(name for name in every if name not in of_system)
        for system, of_system in names.items()
    }
    return {name: measures for name, measures in lacking.items() if measures}


def named(paths: Sequence[str | Path]) -> dict[str, str | Path]:
    """Paths by their stems, or by the whole path if another has the same stem.

    Raises InvalidInputError if a path is given twice.
    """
    for position, path in enumerate(paths):
        if path in paths[:position]:
            raise InvalidInputError(f"{path}: is given twice. Name two different systems.")
    stems = [file_title(Path(Path(path).stem)) for path in paths]
    return {
        stem if stems.count(stem) == 1 else Path(path).as_posix(): path
        for stem, path in zip(stems, paths, strict=True)
    }


def _units(system: CountedSystem) -> int:
    """The number of documents or groups of documents that were scored."""
    documents = {name for one in system.measures.values() for name in one.document_ids}
    return len({system.units.get(name, (name,)) for name in documents})


class _Tests(NamedTuple):
    """How measures are tested; not at all without resamples."""

    resamples: int
    seed: int
    exploratory_p: bool

    def resamples_of(self, average: Average) -> int:
        return self.resamples if average.primary or self.exploratory_p else 0


UNTESTED = _Tests(0, SEED, False)


def _by_value(
    names: Sequence[str],
    measures: Sequence[CountedMeasure],
    units: Mapping[str, str],
    values: Mapping[str, tuple[str, ...]],
) -> Iterator[tuple[str, ComparedMeasure]]:
    """The comparisons on the documents with each value, which are not tested."""
    for value, part in measures[0].by_value(values):
        parts = [measure.of_documents(part.document_ids) for measure in measures]
        yield value, next(_compared(names, parts, units, UNTESTED))


def _compared(
    names: Sequence[str],
    measures: Sequence[CountedMeasure],
    units: Mapping[str, str],
    tests: _Tests,
) -> Iterator[ComparedMeasure]:
    """A measure of the first system and of the others, then its macro average if there is one."""
    labels = tuple(dict.fromkeys(x for one in measures for x in one.labels))
    averages = [one.with_labels(labels).averages(units) for one in measures]
    gold = measures[0].gold_items
    for number, (first, *others) in enumerate(zip(*averages, strict=True)):
        if number and all(one.value is None for one in (first, *others)):
            continue  # saved reports do not have the labels of measures without items
        yield ComparedMeasure(
            group=first.group,
            measure=first.name,
            primary=first.primary,
            first=first.value,
            others=tuple(
                _difference(name, first, other, tests.resamples_of(first), tests.seed)
                for name, other in zip(names, others, strict=True)
            ),
            documents=len(first.document_ids),
            gold=gold,
            reliable=gold >= FEWEST_RELIABLE,
        )


def _difference(name: str, first: Average, other: Average, resamples: int, seed: int) -> Difference:
    """The difference with its interval, and p values if there are resamples."""
    before, after = first.value, other.value
    if before is None or after is None:
        return Difference(name, after, None)
    if other.document_ids != first.document_ids:
        return Difference(name, after, after - before)
    found = difference(first.counts, other.counts, first.statistic)
    bootstrap, randomization, runs = None, None, None
    if not resamples:
        pass
    elif len(first.counts) > 1 or len(other.counts) > 1:
        runs = t_test(found)
    else:
        counts = first.counts[0], other.counts[0]
        randomization = approximate_randomisation(*counts, resamples, seed, first.statistic)
        if len(counts[0]) >= FEW:
            drawn = draws(len(counts[0]), resamples, seed)
            bootstrap = paired_bootstrap(*counts, drawn, first.statistic)
    return Difference(
        system=name,
        value=after,
        difference=after - before,
        interval=as_interval(difference_interval(found)) if first.is_reliable else None,
        p_bootstrap=bootstrap,
        p_randomization=randomization,
        p_runs=runs,
    )


def _corrected(measures: Sequence[ComparedMeasure]) -> Iterator[ComparedMeasure]:
    """The measures with p values corrected for all systems on all primary measures together."""
    values = [
        one.p_randomization if one.p_runs is None else one.p_runs
        for measure in measures
        if measure.primary
        for one in measure.others
    ]
    corrected = iter(holm(values))
    for measure in measures:
        if not measure.primary:
            yield measure
            continue
        others = tuple(
            msgspec.structs.replace(one, p_holm=next(corrected)) for one in measure.others
        )
        yield msgspec.structs.replace(measure, others=others)
