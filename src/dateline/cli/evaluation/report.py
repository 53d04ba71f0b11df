"""``dateline report``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.scoring_options import (
    by_option,
    gold_options,
    group_by_option,
    refuse_repeated_input,
    scoring_arguments,
    title_of,
)
from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.rendering.printable import printable_markup

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.argument("predictions", nargs=-1, required=True, type=FILE)
@gold_options
@group_by_option
@by_option
@click.option(
    "--learning-curve", "learning_curves", multiple=True, metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Also show this learning-curve.json, or that of a folder. Repeatable.",
)  # fmt: skip
@pass_settings
def report(
    settings: Settings,
    /,
    predictions: tuple[Path, ...],
    by: tuple[str, ...],
    learning_curves: tuple[Path, ...],
    site: str | None,
    **gold_and_matching: Any,
) -> None:
    """Show a system's scores in figures, as an HTML page.

    The page has scores by primary measures, by fields, and on contrasts with contrast consistency;
    calibration and risk at each coverage, if predictions have a field "confidence"; and learning
    curves. Each figure has the table of its numbers. Several files are runs of one system; there is
    nothing on their confidence.

    \b
    Examples:
      dateline report predictions.jsonl > report.html
      dateline report predictions.jsonl --split test --by genre,contrast_kind > report.html
      dateline report predictions.jsonl --learning-curve models/curve > report.html
    """
    import dateline
    from dateline.errors import InvalidInputError
    from dateline.evaluation.curves import curves
    from dateline.evaluation.figures import curve_section, score_sections
    from dateline.evaluation.tables.scores import notes
    from dateline.rendering.charts import charts_page
    from dateline.rendering.header import header_of
    from dateline.training.learning_curve import read_learning_curve
    from dateline.training.tables import section

    refuse_repeated_input(predictions)
    arguments = scoring_arguments(settings, **gold_and_matching)
    scores = dateline.score(dateline.Runs(*predictions), **arguments, by=by)
    sections = [*score_sections(scores)]
    if len(predictions) == 1:
        del arguments["group_by"]
        try:
            sections.append(curve_section(curves(predictions[0], **arguments)))
        except InvalidInputError as error:  # the predictions could be scored
            settings.say(f"Note: there is nothing on confidence: {error}")
    sections += [section(read_learning_curve(path)) for path in learning_curves]
    title = f"Scores of {', '.join(map(title_of, predictions))}"
    header = header_of(scores.signature.corpus, site)
    page = charts_page(title, header, notes(scores), sections, str(scores.signature))
    echo(printable_markup(page))
