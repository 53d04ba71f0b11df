"""``dateline quality``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.shared import (
    Command,
    Settings,
    documents_option,
    echo,
    echo_json,
    format_option,
    layers_option,
    pass_settings,
    site_option,
)
from dateline.rendering.printable import printable_markup


@click.command(cls=Command)
@click.argument("annotators", nargs=-1, metavar="[ANNOTATOR]...")
@documents_option()
@layers_option()
@format_option("text", "json", "html")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Plan that has the gold questions.  [default: annotations/plan.json, if it exists]",
)
@click.option("--seed", default=13, show_default=True, help="Seed of the tests.")
@site_option()
@pass_settings
def quality(
    settings: Settings,
    annotators: tuple[str, ...],
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    output_format: str,
    plan_file: Path | None,
    seed: int,
    site: str | None,
) -> None:
    """Show annotators' work and agreement by week.

    For each annotator (by default all people) and week: documents, items, time, and agreement with
    the other annotators and with gold (of gold questions alone, if a plan has some). Tests whether
    an annotator's agreement falls with time, and which labels somebody uses more or less often than
    the others do on the same documents. Of a hundred reports on steady annotators, at most one
    names somebody for drift, and at most one for a label.

    \b
    Examples:
      dateline quality
      dateline quality ana bo --format html > quality.html
    """
    from dateline.corpus.store import Corpus
    from dateline.label_studio.plan.plan import plan_path, read_plan
    from dateline.quality.measure import measure_quality

    corpus = Corpus(settings.root)
    path = plan_file or plan_path(corpus)
    gold = read_plan(path).gold_questions() if path.is_file() else set[str]()
    report = measure_quality(corpus, annotators, documents, layers, gold or None, seed)
    if output_format == "json":
        echo_json(report)
    elif output_format == "html":
        from dateline.dataset.description.citation import title_of_corpus
        from dateline.quality.tables import quality_html
        from dateline.rendering.header import header_of

        header = header_of(title_of_corpus(corpus), site)
        echo(printable_markup(quality_html(report, header)))
    else:
        from dateline.quality.tables import no_label_flagged, terminal_tables
        from dateline.rendering.tables import print_tables

        print_tables(terminal_tables(report))
        if not any(one.flagged for one in report.labels):
            echo(no_label_flagged(report.labels))
