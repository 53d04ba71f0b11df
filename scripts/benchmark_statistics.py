"""How often confidence intervals hold the true score, and how often tests reject true hypotheses.

Scores are simulated: the documents of a set differ in size (negative binomial) and difficulty (on
the scale of log odds), and so do a system's results on them. An interval should hold the score that
the system would have on infinitely many documents in 95% of sets, and a test at the level of .05
should find a difference between equal systems in at most 5%. The test of drift should name an
annotator who worsens, and others in at most 1% of reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from benchmark_report import json_option, print_table, seed_option, write_report
from dateline.evaluation.comparison import compare_systems
from dateline.evaluation.counting import CountedMeasure, CountedSystem
from dateline.evaluation.measures.groups import F
from dateline.evaluation.signature import Signature
from dateline.metrics.counts import macro_f, micro_f
from dateline.metrics.intervals import (
    Statistic,
    by_unit,
    difference,
    difference_interval,
    score_interval,
)
from dateline.metrics.significance import (
    approximate_randomisation,
    draws,
    paired_bootstrap,
    resampled,
    t_test,
    tell_apart,
)
from dateline.quality.drift import find_drift
from simulated_annotators import TEAM, worked

DOCUMENTS = 5, 10, 20, 50, 100
DRIFT_DOCUMENTS = 40, 100, 200
FAMILY_DOCUMENTS = 10, 20, 30
RANKED_DOCUMENTS = 6, 8, 10, 20, 30
TESTED_DOCUMENTS = 5, 6, 8, 10, 20, 30, 50, 100
RESAMPLES = 1000
LEVEL = 0.05
MANY = 200_000
"""Documents from which the true score is computed."""


class Task(NamedTuple):
    """A kind of corpus and system.

    ``size`` is the mean number of gold items of a document, ``quality`` the log odds that one is
    found, and ``spurious`` the rate of spurious items. ``silent`` is the share of documents without
    predictions. ``labels`` are the shares of labels, and ``group`` the number of documents in a
    group, which share their difficulty.
    """

    name: str
    size: float
    quality: float
    spurious: float = 0.3
    silent: float = 1 / 30
    labels: tuple[float, ...] = (1.0,)
    group: int = 1
    statistic: Statistic = micro_f


TASKS = (
    Task("F .64, 40 items a document", 40, 0.5),
    Task("F .64, 8 items a document", 8, 0.5),
    Task("F .31, 20 items a document", 20, -1.2),
    Task("F .94, 40 items, never without predictions", 40, 2.5, 0.05, 0),
    Task("F .99, 8 items, never without predictions", 8, 4, 0.01, 0),
    Task("F .97, 8 items, 1 of 30 without predictions", 8, 4, 0.01),
    Task(
        "macro F of 6 labels, 40 items",
        40,
        0.5,
        labels=(0.4, 0.25, 0.15, 0.1, 0.06, 0.04),
        statistic=macro_f,
    ),
    Task("groups of 4 documents, 20 items each", 20, 0.5, group=4),
)
FAMILY = (
    "entities", "linking", "coreference", "triggers", "arguments", "event-relations", "claims",
)  # fmt: skip
MEASURES = 38
SYSTEMS = 4


@click.command()
@click.option("--sets", default=1000, show_default=True, help="Simulated sets of documents.")
@click.option(
    "--families", default=400, show_default=True, help="Simulated comparisons on many measures."
)
@click.option("--teams", default=200, show_default=True, help="Simulated teams of annotators.")
@seed_option
@json_option
def main(sets: int, families: int, teams: int, seed: int, report: Path | None) -> None:
    """Simulate scores and annotators, and print how often intervals and tests are wrong."""
    tasks: tuple[tuple[str, Callable[..., Iterator[Row]], int, tuple[str, ...]], ...] = (
        (
            f"Share of {sets:,} intervals at 95% that hold the true score, by number of documents",
            coverage,
            sets,
            ("scores", "interval", *map(str, DOCUMENTS)),
        ),
        (
            f"Share of {sets:,} comparisons of two equal systems with p ≤ .05",
            null_rejections,
            sets,
            ("systems", "test", *map(str, TESTED_DOCUMENTS)),
        ),
        (
            f"Share of {families:,} comparisons of {SYSTEMS} equal systems with any p ≤ .05",
            family_wise_errors,
            families,
            ("tested", "correction", *map(str, FAMILY_DOCUMENTS)),
        ),
        (
            f"Share of {teams:,} reports on three annotators that name somebody for drift",
            named_for_drift,
            teams,
            ("annotators", "named", *map(str, DRIFT_DOCUMENTS)),
        ),
        (
            f"Share of {families:,} leaderboards on which any two equal systems are told apart",
            told_apart,
            families,
            ("systems", "correction", *map(str, RANKED_DOCUMENTS)),
        ),
    )
    found = {}
    for number, (title, simulate, size, head) in enumerate(tasks):
        rows = list(simulate(size, np.random.default_rng([seed, number])))
        shown = [(*row[:2], *(f"{value:.3f}".lstrip("0") for value in row[2:])) for row in rows]
        print_table(title, head, shown)
        found[simulate.__name__] = [dict(zip(head, row, strict=True)) for row in rows]
    write_report(report, sets=sets, families=families, teams=teams, seed=seed, **found)


Row = tuple[str | float, ...]


def coverage(sets: int, generator: np.random.Generator) -> Iterator[Row]:
    """The coverage of intervals of single systems, of runs, and of differences."""
    for task in TASKS:
        true = true_score(task, generator)
        found: dict[str, list[float]] = {}
        for documents in DOCUMENTS:
            # As many groups as the table has documents.
            counts = simulated(generator, task, sets, documents * task.group)[:, 0]
            units = np.repeat(np.arange(documents), task.group).tolist()
            if task.group > 1:
                found.setdefault("jackknife over documents", []).append(
                    held(score_interval(counts, task.statistic), true)
                )
                counts = by_unit(counts, units)
                found.setdefault("jackknife over groups", []).append(
                    held(score_interval(counts, task.statistic), true)
                )
            else:
                ends = percentiles(counts[:, 0], task.statistic, generator)
                found.setdefault("bootstrap percentiles", []).append(held(ends, true))
                ends = score_interval(counts, task.statistic)
                found.setdefault("jackknife", []).append(held(ends, true))
        yield from ((task.name, name, *values) for name, values in found.items())
    task, runs = TASKS[0], 3
    true = true_score(task, generator, run_deviation=0.3)
    values = []
    differences = []
    for documents in DOCUMENTS:
        counts = simulated(generator, task, sets, documents, 2, runs, run_deviation=0.3)
        values.append(held(score_interval(counts[:, 0], micro_f), true))
        pairs = simulated(generator, task, sets, documents, 2)
        found_difference = difference(pairs[:, 0], pairs[:, 1], micro_f)
        differences.append(held(difference_interval(found_difference), 0))
    yield f"{task.name}, {runs} runs", "jackknife and runs", *values
    yield f"difference of two systems, {task.name}", "jackknife", *differences


def null_rejections(sets: int, generator: np.random.Generator) -> Iterator[Row]:
    """How often tests find a difference between equal systems."""
    for task in TASKS[:3]:
        rejected: dict[str, list[float]] = {"paired bootstrap": [], "approximate randomisation": []}
        for documents in TESTED_DOCUMENTS:
            pairs = simulated(generator, task, sets, documents, 2)[:, :, 0]
            drawn = draws(documents, RESAMPLES, 1)
            tests = {
                "paired bootstrap": [paired_bootstrap(*pair, drawn, micro_f) for pair in pairs],
                "approximate randomisation": [
                    approximate_randomisation(*pair, RESAMPLES, 1, micro_f) for pair in pairs
                ],
            }
            for name, p_values in tests.items():
                rejected[name].append(share_rejected(p_values))
        yield from ((task.name, name, *values) for name, values in rejected.items())
    task = TASKS[0]
    for runs in (1, 2, 3, 5):
        values = []
        for documents in TESTED_DOCUMENTS:
            pairs = simulated(generator, task, sets, documents, 2, runs, run_deviation=0.3)
            p_values = [
                approximate_randomisation(one[0], other[0], RESAMPLES, 1, micro_f)
                if runs == 1
                else t_test(difference(one, other, micro_f))
                for one, other in pairs
            ]
            values.append(share_rejected(p_values))
        name = "approximate randomisation" if runs == 1 else "t over documents and runs"
        yield f"{runs} run{'s' if runs > 1 else ''} that differ", name, *values


def family_wise_errors(sets: int, generator: np.random.Generator) -> Iterator[Row]:
    """How often a comparison of equal systems on many measures finds any difference."""
    names = (
        (f"{MEASURES} measures", "none"),
        (f"{MEASURES} measures", "Holm, over systems"),
        (f"{len(FAMILY)} primary measures", "none"),
        (f"{len(FAMILY)} primary measures", "Holm, over measures and systems"),
    )
    columns = []
    for documents, own in zip(
        FAMILY_DOCUMENTS, generator.spawn(len(FAMILY_DOCUMENTS)), strict=True
    ):
        found = np.zeros((sets, len(names)), bool)
        for number in range(sets):
            report = compare_systems(equal_systems(own, documents), exploratory_p=True)
            alone = [[o.p_randomization for o in m.others] for m in report.measures]
            by_systems = [[min(ps) * len(ps)] for ps in alone]  # the smallest by Holm
            is_primary = [m.primary for m in report.measures]
            primary = [ps for ps, one in zip(alone, is_primary, strict=True) if one]
            corrected = [[o.p_holm for o in m.others] for m in report.measures if m.primary]
            found[number] = [
                any(p <= LEVEL for ps in family for p in ps)
                for family in (alone, by_systems, primary, corrected)
            ]
        columns.append(found.mean(axis=0))
    for (tested, correction), values in zip(names, np.transpose(columns), strict=True):
        yield tested, correction, *map(float, values)


def told_apart(sets: int, generator: np.random.Generator) -> Iterator[Row]:
    """How often the ranks of a leaderboard tell any two of several equal systems apart."""
    for number in (4, 8):
        values = []
        for documents in RANKED_DOCUMENTS:
            found = simulated(generator, TASKS[0], sets, documents, number)[:, :, 0]
            lowest = [tell_apart(of, RESAMPLES, 1, micro_f).min() for of in found]
            values.append(share_rejected(lowest))
        yield f"{number} equal systems", "step-down maxT", *values


def named_for_drift(teams: int, _: np.random.Generator) -> Iterator[Row]:
    """How often a report on three annotators names the one who worsens, or a steady one."""
    falls = {"nobody worsens": 0.0, "one: 88% to 73% right": 1.0, "one: 88% to 50% right": 2.0}
    for name, fall in falls.items():
        shares: dict[str, list[float]] = {"a steady annotator": []}
        if fall:
            shares["the one who worsens"] = []
        for documents in DRIFT_DOCUMENTS:
            named = []
            for seed in range(teams):
                found = find_drift(worked(seed, {TEAM[0]: fall}, documents), 13)
                named.append({one.annotator for one in found if one.flagged})
            worsens = {TEAM[0]} if fall else set()
            shares["a steady annotator"].append(float(np.mean([bool(n - worsens) for n in named])))
            if fall:
                shares["the one who worsens"].append(float(np.mean([TEAM[0] in n for n in named])))
        yield from ((name, who, *values) for who, values in shares.items())


def simulated(
    generator: np.random.Generator,
    task: Task,
    sets: int,
    documents: int,
    systems: int = 1,
    runs: int = 1,
    run_deviation: float = 0.0,
) -> np.ndarray:
    """Counts of equal systems on the same gold.

    Shape (sets, systems, runs, documents, labels, 4).
    """
    gold_shape = sets, 1, 1, documents, len(task.labels)
    mean = task.size * np.array(task.labels)
    # Sizes of documents vary by a gamma distribution, so that items are negative binomial.
    length = generator.gamma(1.5, 1 / 1.5, (sets, 1, 1, documents, 1))
    gold = generator.poisson(length * mean, gold_shape)
    difficulty = generator.normal(0, 0.8, (sets, 1, 1, documents // task.group, 1))
    shape = sets, systems, runs, documents, len(task.labels)
    odds = (
        task.quality
        + np.repeat(difficulty, task.group, axis=3)
        + generator.normal(0, 0.5, (sets, systems, 1, documents, 1))
        + generator.normal(0, run_deviation, (sets, systems, runs, 1, 1))
        + generator.normal(0, 0.3, shape)
    )
    rate = 1 / (1 + np.exp(-odds))
    silent = generator.random((sets, systems, 1, documents, 1)) < task.silent
    rate = np.where(silent, 0, rate)
    hit = generator.binomial(np.broadcast_to(gold, shape), rate)
    spurious = generator.poisson(task.spurious * length * mean * 2 * (1 - rate) * ~silent)
    found = np.broadcast_to(gold, shape), hit + spurious
    return np.stack([hit, found[0], hit, found[1]], axis=-1).astype(np.float64)


def true_score(task: Task, generator: np.random.Generator, run_deviation: float = 0.0) -> float:
    """The score on very many documents, the mean of many runs."""
    runs = 200 if run_deviation else 1
    counts = simulated(generator, task, 1, MANY // runs * 4, 1, runs, run_deviation)
    return float(task.statistic(counts.sum(axis=3)).mean())


def percentiles(
    counts: np.ndarray, statistic: Statistic, generator: np.random.Generator
) -> np.ndarray:
    """The percentile intervals of the bootstrap. (sets, documents, labels, 4) to (sets, 2)."""
    seeds = generator.integers(2**31, size=len(counts))
    return np.array(
        [
            np.nanquantile(
                resampled(one, draws(len(one), RESAMPLES, int(seed)), statistic), (0.025, 0.975)
            )
            for one, seed in zip(counts, seeds, strict=True)
        ]
    )


def held(ends: np.ndarray, true: float) -> float:
    """The share of intervals that hold the true score; those that do not exist do not count."""
    exists = ~np.isnan(ends).any(axis=-1)
    low, high = ends[exists].T
    return float(((low <= true) & (true <= high)).mean())


def share_rejected(p_values: Sequence[float | None]) -> float:
    return float(np.mean([p is not None and p <= LEVEL for p in p_values]))


def equal_systems(generator: np.random.Generator, documents: int) -> list[CountedSystem]:
    """Systems that are equal but for chance; measures of one group depend on each other."""
    ids = tuple(map(str, range(documents)))
    systems: list[dict[tuple[str, str], CountedMeasure]] = [{} for _ in range(SYSTEMS)]
    for number, group in enumerate(FAMILY):
        measures = MEASURES // len(FAMILY) + (number < MEASURES % len(FAMILY))
        common = simulated(generator, TASKS[0], 1, documents, SYSTEMS)[0, :, 0]
        for measure in range(measures):
            own = simulated(generator, TASKS[0], 1, documents, SYSTEMS)[0, :, 0]
            counts = common if measure == 0 else common + own  # half of the items are shared
            for system, found in zip(systems, counts, strict=True):
                name = str(measure)
                system[group, name] = CountedMeasure(
                    group, name, measure == 0, ("",), F, found[None], ids
                )
    fields = dict.fromkeys(Signature.__struct_fields__, "")
    signature = Signature(**{**fields, "documents": documents, "groups": (), "runs": 1})
    return [
        CountedSystem(str(number), signature, {}, measures)
        for number, measures in enumerate(systems)
    ]


if __name__ == "__main__":
    main()
