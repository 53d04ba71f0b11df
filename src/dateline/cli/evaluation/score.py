"""``dateline score``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.scoring_options import (
    FILE,
    gold_options,
    print_report,
    resampling_options,
    scoring_arguments,
)
from dateline.cli.shared import Command, Settings, echo_json, format_option, pass_settings
from dateline.rendering.listing import listed

PROBLEMS_SHOWN = 5


@click.command(cls=Command)
@click.argument("predictions", type=FILE)
@gold_options
@format_option("text", "json", "md", "html")
@click.option("--by-label", is_flag=True, help="Show scores by label too (JSON always has them).")
@click.option("--by-document", is_flag=True, help="Show scores by document too.")
@resampling_options(0)
@pass_settings
def score(
    settings: Settings,
    /,
    predictions: Path,
    output_format: str,
    by_label: bool,
    by_document: bool,
    resamples: int,
    seed: int,
    **gold_and_matching: Any,
) -> None:
    """Score predictions against gold.

    PREDICTIONS is a JSON Lines file that fits schema/prediction.schema.json. docs/metrics.md
    defines every measure. The signature on the last line says what was scored and by which rules;
    cite it with the scores.

    \b
    Example:
      dateline score predictions.jsonl
      dateline score predictions.jsonl --split test --layers entities,claims --format json
    """
    import dateline
    from dateline.evaluation.tables.scores import LEGEND, notes, tables

    report = dateline.score(
        predictions,
        **scoring_arguments(settings, **gold_and_matching),
        resamples=resamples,
        seed=seed,
        per_document=by_document,
    )
    if output_format == "json":
        echo_json(report.to_dict())
    else:
        shown = tables(report, by_label=by_label)
        lead = [*notes(report), LEGEND]
        title = f"Scores of {predictions.name}"
        print_report(output_format, title, lead, shown, str(report.signature))
    for note in report.notes:
        settings.say(f"Note: {note}.")
    more = "more problems; `dateline check-predictions` lists them all"
    for line in listed(report.problems, PROBLEMS_SHOWN, more=more):
        settings.say(line)
