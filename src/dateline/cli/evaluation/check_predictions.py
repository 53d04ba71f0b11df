"""``dateline check-predictions``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.evaluation.scoring_options import (
    FILE,
    gold_option,
    ontology_option,
    split_option,
)
from dateline.cli.shared import (
    Command,
    Settings,
    echo,
    echo_json,
    format_option,
    pass_settings,
    styled,
)
from dateline.rendering.listing import counted, listed

if TYPE_CHECKING:
    from dateline.predictions.checking import CheckResult
    from dateline.predictions.problems import PredictionProblem

PLACES = 3
"""How many places are listed of the same problem."""
COLORS = {"rejected": "red", "wrong": "red", "warning": "yellow"}


@click.command(cls=Command, name="check-predictions")
@click.argument("predictions", type=FILE)
@gold_option
@ontology_option
@split_option
@format_option("text", "json")
@pass_settings
def check_predictions(
    settings: Settings,
    /,
    predictions: Path,
    gold: Path | str | None,
    ontology: Path | None,
    split: str | None,
    output_format: str,
) -> None:
    """Report the problems in a predictions file.

    A "rejected" line keeps the file from being scored. An item that is "wrong" is scored and cannot
    match gold. A "warning" does not change scores; in a corpus, what `dateline accept` would refuse
    by its rules is one, on lines that fit the schema. Exits with 1 if anything is rejected or
    wrong. PREDICTIONS may be compressed (gzip, Zstandard), or - for standard input.

    \b
    Examples:
      dateline check-predictions predictions.jsonl
      dateline check-predictions predictions.jsonl --gold dist --format json
    """
    from dateline.evaluation.prediction_check import check_predictions as check

    result = check(predictions, gold or settings.root, split, ontology)
    if output_format == "json":
        echo_json(result)
    else:
        _print(result)
    rejected = len({p.line for p in result.problems if p.effect == "rejected"})
    settings.say(
        f"{counted(result.lines, 'line')}{f', {rejected:,} of them rejected' if rejected else ''}: "
        f"{counted(result.items, 'item')} counted, "
        f"{result.wrong:,} of them wrong; {counted(result.rejected, 'item')} rejected; "
        f"{counted(len(result.missing), 'document')} without a prediction"
    )
    if not result.is_clean:
        raise click.exceptions.Exit(1)


def _print(result: CheckResult) -> None:
    alike: dict[tuple[str, str, str], list[PredictionProblem]] = {}
    for problem in result.problems:
        key = problem.effect, re.sub(r"\d+", "", problem.pointer), problem.message
        alike.setdefault(key, []).append(problem)
    for problems in alike.values():
        more = "more places; --format json lists them all"
        for place in listed(map(_place, problems), PLACES, more=more):
            echo(styled(place, bold=True))
        first = problems[0]
        echo("  ", styled(first.effect, fg=COLORS[first.effect]), f": {first.message}")
        if first.hint:
            echo(f"    {first.hint}")


def _place(problem: PredictionProblem) -> str:
    place = f"line {problem.line} {problem.document} {problem.pointer}".rstrip()
    item = f" ({problem.id})" if problem.id else ""
    return place + item
