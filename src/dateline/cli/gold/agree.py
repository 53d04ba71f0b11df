"""``dateline agree``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, format_option, pass_settings

if TYPE_CHECKING:
    from dateline.agreement.measuring import Coefficients, PairAgreement, Report, Score

_LAYERS = ("entities", "events", "claims")


@click.command(cls=Command)
@click.argument("annotators", nargs=-1, required=True)
@click.option("--document", "documents", multiple=True, metavar="ID", help="Only this document.")
@click.option(
    "--layer", "layers", multiple=True, type=click.Choice(_LAYERS), help="Only this layer."
)
@format_option("text", "json", "html")
@click.option("--gamma", is_flag=True, help="Mathet's gamma too; takes its time.")
@click.option("--seed", default=13, show_default=True, help="Of the resamples.")
@pass_settings
def agree(
    settings: Settings,
    annotators: tuple[str, ...],
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    output_format: str,
    gamma: bool,
    seed: int,
) -> None:
    """Measure how far annotators agree on the documents that they share.

    Spans (F1 by exact match and by overlap), labels of tokens and attributes of matched items
    (Cohen's kappa, Krippendorff's alpha), coreference, arguments and claimers; with intervals. The
    page that --format html makes shows every disagreement in its context.

    \b
    Example:
      dateline agree ana bo
      dateline agree ana bo cy --layer events --format html > agreement.html
    """
    from dateline.agreement.measuring import agreement
    from dateline.corpus.store import Corpus

    corpus = Corpus(settings.root)
    report = agreement(
        corpus, annotators, documents or None, layers or _LAYERS, seed, with_gamma=gamma
    )
    if output_format == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
    elif output_format == "html":
        from dateline.agreement.html_page import page

        click.echo(page(report, corpus.ontology.title))
    else:
        _show(report)


def _show(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    for pair in report.pairs:
        table = Table(
            title=Text(f"{pair.first} and {pair.second}, {len(pair.documents)} document(s)"),
            title_justify="left",
        )
        for name in ("measure", "value", "interval", "common", pair.first, pair.second):
            table.add_column(name, justify="left" if name == "measure" else "right")
        for row in _rows(pair):
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        console.print(
            Text(
                f"{len(pair.disagreements)} disagreements; --format html shows each in its context"
            )
        )
    if len(report.annotators) > 2:
        for layer, value in report.alpha.items():
            console.print(Text(f"Krippendorff's alpha of all on {layer}: {_number(value)}"))


def _rows(pair: PairAgreement) -> list[tuple[str, ...]]:
    from msgspec.structs import replace

    rows: list[tuple[str, ...]] = []

    def row(name: str, score: Score) -> None:
        interval = f"{_number(score.low)} – {_number(score.high)}" if score.low is not None else ""
        counts = ("" if n is None else str(n) for n in (score.common, score.first, score.second))
        rows.append((name, _number(score.value), interval, *counts))

    def coefficients(name: str, found: Coefficients) -> None:
        counts = found.same, found.units, found.units
        for symbol, score in (("kappa", found.kappa), ("alpha", found.alpha)):
            common, first, second = counts
            row(f"{name}, {symbol}", replace(score, common=common, first=first, second=second))

    for name, layer in pair.layers.items():
        for way, labels in layer.spans.items():
            row(f"{name}: F1, {way}", labels["all"])
        coefficients(f"{name}: tokens", layer.tokens["all"])
        if layer.gamma is not None:
            rows.append((f"{name}: gamma", _number(layer.gamma), "", "", "", ""))
        for attribute, found in layer.attributes.items():
            coefficients(f"{name}: {attribute}", found)
    if pair.coreference is not None:
        rows.append(("coreference: CoNLL F1", _number(pair.coreference), "", "", "", ""))
    for way, score in pair.arguments.items():
        row(f"arguments: F1, the same {way}", score)
    for part, score in pair.claims.items():
        row(f"claims: {part}", score)
    return rows


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
