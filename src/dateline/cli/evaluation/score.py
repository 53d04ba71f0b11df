"""``dateline score``: predictions against gold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.shared import Command, Settings, pass_settings
from dateline.cli.shared import format_option as formats
from dateline.rendering.listing import listed

if TYPE_CHECKING:
    from dateline.evaluation.columns.scoring_input import MatchingOptions
    from dateline.evaluation.gold import Gold
    from dateline.evaluation.scoring import Report
    from dateline.evaluation.signature import Signature
    from dateline.evaluation.tables.scores import Table

format_option = formats("text", "json", "md", "html")

C = TypeVar("C", bound=Callable[..., Any])
PROBLEMS_SHOWN = 5
WIDE = 100
"""Columns of a terminal from which on tables have lines between their columns."""


def gold_options(command: C) -> C:
    """The options that say what is scored against what, and how it is matched."""
    for option in reversed(
        (
            click.option(
                "--gold", type=click.Path(exists=True, file_okay=False, path_type=Path),
                metavar="DIR", help="A corpus or a built dataset.  [default: this corpus]",
            ),
            click.option("--split", metavar="NAME", help="Score documents of this split only."),
            click.option(
                "--layer", "layers", multiple=True, metavar="NAME",
                help="A layer, or a group of measures such as coreference; several may be named.  "
                "[default: what the predictions speak of]",
            ),
            click.option(
                "--mention-match", type=click.Choice(["exact", "partial"]), default="exact",
                show_default=True, help="Which mentions are the same, for coreference.",
            ),
            click.option(
                "--drop-singletons", is_flag=True, help="Leave chains of one out of coreference.",
            ),
            click.option(
                "--claim-overlap", type=click.FloatRange(0, 1, min_open=True), default=0.5,
                show_default=True, help="Intersection over union from which claims are the same.",
            ),
            click.option(
                "--given-triggers", is_flag=True,
                help="The system was given the gold triggers; it is checked that it kept to them.",
            ),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def options_of(
    mention_match: str, drop_singletons: bool, claim_overlap: float, given_triggers: bool
) -> MatchingOptions:
    """What the user chose of how things are matched."""
    from dateline.evaluation.columns.scoring_input import MatchingOptions

    return MatchingOptions(
        mention_match=mention_match,
        singletons=not drop_singletons,
        claim_overlap=claim_overlap,
        given_triggers=given_triggers,
    )


def gold_of(settings: Settings, gold: Path | None, split: str | None) -> Gold:
    """The gold that the user named, or this corpus's."""
    from dateline.evaluation.gold import read_gold

    return read_gold(gold or settings.root, split)


def print_report(
    output_format: str,
    title: str,
    lead: Sequence[str],
    tables: Iterable[Table],
    signature: Signature,
) -> None:
    """Tables and their signature, for a person at a terminal, as Markdown or as an HTML page.

    The pages begin with the lead.
    """
    if output_format == "md":
        from dateline.evaluation.tables.scores import markdown_page

        click.echo(markdown_page(title, lead, tables, str(signature)), nl=False)
    elif output_format == "html":
        from dateline.evaluation.tables.html import page

        click.echo(page(title, lead, tables, str(signature)))
    else:
        print_tables(tables)
        click.echo(signature)


@click.command(cls=Command)
@click.argument("predictions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@gold_options
@format_option
@click.option("--labels", is_flag=True, help="Show every label, too (JSON always does).")
@click.option("--documents", is_flag=True, help="Show every document, too.")
@click.option("--resamples", type=click.IntRange(0), default=1000, show_default=True)
@click.option("--seed", type=int, default=13, show_default=True, help="Of the resampling.")
@pass_settings
def score(
    settings: Settings,
    /,
    predictions: Path,
    gold: Path | None,
    split: str | None,
    layers: tuple[str, ...],
    output_format: str,
    labels: bool,
    documents: bool,
    resamples: int,
    seed: int,
    **matching: Any,
) -> None:
    """Score predictions against gold.

    PREDICTIONS is a file of JSON Lines under schema/prediction.schema.json. What each measure
    counts stands in docs/metrics.md. The signature says what the scores rest on; cite it with them.

    \b
    Example:
      dateline score predictions.jsonl
      dateline score predictions.jsonl --split test --layer entities --format json
    """
    from dateline.evaluation.columns.scoring_input import ScoringInput
    from dateline.evaluation.scoring import as_predictions, chosen, report
    from dateline.evaluation.tables.scores import LEGEND, notes, tables

    against = gold_of(settings, gold, split)
    inputs = ScoringInput(against, as_predictions(predictions), options_of(**matching))
    found = report(against, inputs, chosen(layers, inputs), resamples, seed, per_document=documents)
    if output_format == "json":
        import msgspec

        content = {"signature_line": str(found.signature), **msgspec.to_builtins(found)}
        click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2))
    else:
        title = f"Scores of {predictions.name}"
        shown = tables(found, labels=labels)
        print_report(output_format, title, [*notes(found), LEGEND], shown, found.signature)
    _warn(settings, found)


def print_tables(tables: Iterable[Table]) -> None:
    """Print tables to a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Shown
    from rich.text import Text

    console = Console()
    for table in tables:
        console.print(Text(table.title, style="bold italic"))
        made = Shown()
        if console.width < WIDE:
            # Lines between the columns would take the room that names of measures need.
            made.box, made.padding, made.show_edge = box.SIMPLE_HEAD, (0, 0, 0, 0), False
        for position, column in enumerate(table.columns):
            if position < table.texts:
                made.add_column(column, overflow="fold")
            else:
                made.add_column(column, justify="right", no_wrap=True)
        for row in table.rows:
            made.add_row(*(Text(cell) for cell in row))
        console.print(made)
        console.print()


def _warn(settings: Settings, report: Report) -> None:
    for note in report.notes:
        settings.say(f"Note: {note}.")
    more = "more problems; `dateline check-predictions` lists them all"
    for line in listed(report.problems, PROBLEMS_SHOWN, more=more):
        settings.say(line)
