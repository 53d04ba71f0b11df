"""``dateline agree``."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from dateline.agreement.report import AgreementReport

SHOWN = 45
"""Pairs that are shown one by one, those of ten annotators."""


@click.command(cls=Command)
@click.argument("annotators", nargs=-1, required=True, metavar="ANNOTATOR...")
@documents_option("Only these documents.  [default: all documents that a pair shares]")
@layers_option()
@format_option("text", "json", "md", "html")
@click.option("--gamma", is_flag=True, help="Compute Mathet's gamma too; takes half a minute.")
@click.option("--seed", default=13, show_default=True, help="Seed of the resamples.")
@site_option()
@pass_settings
def agree(
    settings: Settings,
    annotators: tuple[str, ...],
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    output_format: str,
    gamma: bool,
    seed: int,
    site: str | None,
) -> None:
    """Measure inter-annotator agreement.

    Compares each pair of annotators on the documents that both have annotated: F1 of spans,
    Cohen's kappa and Krippendorff's alpha on tokens and attributes, coreference, arguments and
    claims, with 95% intervals. --format html shows every disagreement in its context. For more than
    ten annotators, a table shows mean, lowest and highest values instead of each pair.

    \b
    Examples:
      dateline agree ana bo
      dateline agree ana bo cy --layers events,claims --format html > agreement.html
    """
    from dateline.agreement.measure import measure_agreement
    from dateline.corpus.store import Corpus

    corpus = Corpus(settings.root)
    report = measure_agreement(corpus, annotators, documents, layers, seed, with_gamma=gamma)
    if output_format == "json":
        echo_json(report)
    elif output_format == "html":
        from dateline.agreement.html import agreement_html
        from dateline.dataset.description.citation import title_of_corpus
        from dateline.rendering.header import header_of

        header = header_of(title_of_corpus(corpus), site)
        echo(printable_markup(agreement_html(report, header)))
    elif output_format == "md":
        from dateline.agreement.tables import agreement_markdown

        echo(agreement_markdown(report), nl=False)
    else:
        _show(report)


def _show(report: AgreementReport) -> None:
    from dateline.agreement.tables import (
        apart,
        documents_of,
        format_interval,
        format_number,
        measure_rows,
    )
    from dateline.rendering.listing import counted
    from dateline.rendering.tables import Table, print_tables

    if len(report.pairs) > SHOWN:
        _summarise(report)
    for pair in report.pairs if len(report.pairs) <= SHOWN else ():
        rows = []
        for row in measure_rows(pair):
            score = row.score
            counts = (score.common, score.first, score.second)
            cells = [row.name, format_number(score.value), format_interval(score)]
            rows.append((*cells, *("" if count is None else str(count) for count in counts)))
        columns = ("measure", "value", "95% CI", "common", pair.first, pair.second)
        title = f"{pair.first} and {pair.second}, {documents_of(pair)}"
        print_tables([Table(title, columns, rows)])
        disagreements = counted(len(pair.disagreements), "disagreement")
        echo(f"{disagreements}; --format html shows each in its context")
    if report.apart:
        echo(f"No documents are shared by {apart(report)}.")
    if len(report.annotators) > 2:
        for layer, value in report.alpha.items():
            line = f"Krippendorff's alpha of all annotators on {layer}: {format_number(value)}"
            echo(line)


def _summarise(report: AgreementReport) -> None:
    from dateline.agreement.tables import format_number, summaries
    from dateline.rendering.tables import Table, print_tables

    rows = [
        (
            row.name,
            format_number(row.mean),
            *(
                cell
                for value, pair in (row.lowest, row.highest)
                for cell in (format_number(value), pair)
            ),
        )
        for row in summaries(report.pairs)
    ]
    title = f"{len(report.annotators)} annotators, {len(report.pairs):,} pairs"
    print_tables([Table(title, ("measure", "mean", "lowest", "of", "highest", "of"), rows)])
    echo("--format json has all measures of each pair.")
