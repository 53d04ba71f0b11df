"""``dateline export``."""

from __future__ import annotations

from pathlib import Path

import click

from dateline.cli.interop.shared import (
    OptionType,
    format_argument,
    report_option,
    show_report,
    strict_option,
    write_report,
)
from dateline.cli.shared import (
    Command,
    Settings,
    documents_option,
    echo,
    names_option,
    pass_settings,
)


@click.command(cls=Command)
@format_argument
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="New folder; it gets a file or a folder for each split.",
)
@click.option(
    "--annotator",
    default="gold",
    show_default=True,
    metavar="NAME",
    help="Whose annotations.",
)
@click.option("--split", metavar="NAME", help="Only documents of this split.")
@documents_option()
@names_option(
    "--include-text",
    "ID",
    'Include these documents though their texts may not be redistributed, or "all".',
)
@click.option(
    "--option",
    "options",
    type=OptionType(),
    multiple=True,
    help="An option of the format; see `dateline formats`.",
)
@strict_option
@report_option
@pass_settings
def export(
    settings: Settings,
    format_name: str,
    out: Path,
    annotator: str,
    split: str | None,
    documents: tuple[str, ...],
    include_text: tuple[str, ...],
    options: tuple[tuple[str, str], ...],
    strict: bool,
    report: Path | None,
) -> None:
    """Export annotations to another format.

    Writes a file or a folder for each split. For each kind of item, the report tells how many were
    kept, approximated and left out, and why. Documents whose text may not be redistributed are left
    out unless you include them; do not share what you then export.

    \b
    Examples:
      dateline export brat --out brat
      dateline export conll2003 --out conll --option tags=bioes --report losses.json
    """
    from dateline.corpus.store import Corpus
    from dateline.interop import export as exporting
    from dateline.interop.losses import LossError
    from dateline.interop.registry import format_of

    chosen = exporting.ExportOptions(
        annotator=annotator,
        split=split,
        documents=documents,
        include_text=include_text,
        options=dict(options),
        strict=strict,
    )
    try:
        result = exporting.export(
            Corpus(settings.root),
            format_of(format_name),
            out,
            chosen,
            lambda names: settings.progress(names, "Exporting"),
        )
    except LossError as error:
        write_report(report, error.report)
        raise
    write_report(report, result.report)
    for path in result.written:
        echo(path)
    show_report(settings, result.report)
