"""Learning curves as tables of text and as charts."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.evaluation.tables.scores import NONE, interval, number
from dateline.rendering.charts import Chart, Point, Section
from dateline.rendering.tables import Table
from dateline.training.learning_curve import LearningCurve, LearntScore
from dateline.training.recipe import WHOLE

LEGEND = (
    "Scores of models that were trained on a share of the groups of the training split, in "
    "percent, with 95% confidence intervals. The groups of a smaller share are among those of a "
    "larger one."
)


def tables(curve: LearningCurve) -> Iterator[Table]:
    """A table for each split that was scored, with a column for each share."""
    columns = ("measure", *(f"{step.share}%" for step in curve.steps))
    amounts = [
        ("training groups", *(f"{step.groups:,}" for step in curve.steps)),
        ("training documents", *(f"{len(s.training.train.documents):,}" for s in curve.steps)),
    ]
    for split in curve.steps[0].splits:
        rows = [(_name(scores[0]), *map(_cell, scores)) for scores in _by_measure(curve, split)]
        yield Table(split, columns, [*amounts, *rows])


def section(curve: LearningCurve) -> Section:
    """A chart for each measure and split, and the tables."""
    ticks = [(step.share / WHOLE, f"{step.share}") for step in curve.steps]
    charts = [
        Chart(
            f"{_name(scores[0])}, {split}",
            "F1 by share of the training groups; the table has the numbers",
            "% of training groups",
            "F1",
            [
                Point(step.share / WHOLE, score.value, score.interval)
                for step, score in zip(curve.steps, scores, strict=True)
                if score.value is not None
            ],
            ticks,
        )
        for split in curve.steps[0].splits
        for scores in _by_measure(curve, split)
    ]
    return Section(f"Learning curve: {curve.recipe}", LEGEND, charts, (), [*tables(curve)])


def _by_measure(curve: LearningCurve, split: str) -> Iterator[tuple[LearntScore, ...]]:
    """The scores of all steps by each measure."""
    return zip(*(step.splits[split].scores for step in curve.steps), strict=True)


def _name(score: LearntScore) -> str:
    return f"{score.group}: {score.measure}"


def _cell(score: LearntScore) -> str:
    ends = interval(score.interval)
    return number(score.value) if ends == NONE else f"{number(score.value)} ({ends})"
