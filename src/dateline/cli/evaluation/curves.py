"""``dateline curves``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.scoring_options import (
    FILE,
    gold_options,
    print_report,
    scoring_arguments,
    title_of,
)
from dateline.cli.shared import Command, Settings, echo_json, format_option, pass_settings


@click.command(cls=Command)
@click.argument("predictions", type=FILE)
@gold_options
@format_option("text", "json", "md", "html")
@pass_settings
def curves(
    settings: Settings,
    /,
    predictions: Path,
    output_format: str,
    site: str | None,
    **gold_and_matching: Any,
) -> None:
    """Show precision and recall at each confidence threshold.

    PREDICTIONS have a field "confidence" on mentions, events, arguments, relations or claims. Shows
    average precision, the threshold with the best F1, and points of the precision-recall curve;
    JSON has all points. `dateline score --threshold` scores the items from a threshold on.

    \b
    Examples:
      dateline curves predictions.jsonl
      dateline curves predictions.jsonl --layers entities --format json
    """
    from dateline.evaluation.curves import curves as curves_of
    from dateline.evaluation.tables.curves import LEGEND, tables

    arguments = scoring_arguments(settings, group_by=None, **gold_and_matching)
    del arguments["group_by"]
    report = curves_of(predictions, **arguments)
    if output_format == "json":
        echo_json(report.to_dict())
    else:
        title = f"Precision and recall of {title_of(predictions)}"
        signature = report.signature
        print_report(
            output_format, title, signature.corpus, site, [LEGEND], tables(report), str(signature)
        )
