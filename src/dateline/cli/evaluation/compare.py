"""``dateline compare``."""

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


@click.command(cls=Command)
@click.argument("systems", nargs=-1, required=True, type=FILE)
@gold_options
@format_option("text", "json", "md", "html")
@resampling_options(1)
@click.option(
    "--allow-differences", is_flag=True,
    help="Compare reports with different signatures too, and say what differs.",
)  # fmt: skip
@pass_settings
def compare(
    settings: Settings,
    /,
    systems: tuple[Path, ...],
    output_format: str,
    resamples: int,
    seed: int,
    allow_differences: bool,
    **gold_and_matching: Any,
) -> None:
    """Compare systems on the same gold.

    SYSTEMS are predictions (.jsonl), or reports of earlier scores (.json, from `dateline score
    --by-document --format json`). Each is compared with the first. Shows the differences with their
    95% confidence intervals, and p values of paired bootstrap and of approximate randomization, the
    latter also corrected for the number of systems (Holm).

    \b
    Example:
      dateline compare baseline.jsonl model.jsonl
      dateline compare baseline.jsonl model.jsonl other.jsonl --layers entities --format json
    """
    import dateline
    from dateline.evaluation.tables.comparison import LEGEND, notes, tables

    report = dateline.compare(
        systems,
        **scoring_arguments(settings, **gold_and_matching),
        resamples=resamples,
        seed=seed,
        allow_differences=allow_differences,
    )
    if output_format == "json":
        echo_json(report.to_dict())
    else:
        lead = [*notes(report), LEGEND]
        print_report(output_format, "Comparison", lead, tables(report), str(report.signature))
    for note in notes(report):
        settings.say(f"Note: {note}")
