"""``dateline datasheet``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    echo,
    format_option,
    pass_settings,
    site_option,
)
from dateline.errors import ConflictError, NotFoundError
from dateline.rendering.printable import printable_markup

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus

AGREEMENT = "agreement"
"""Name of the generated block with the agreement of annotators."""


@click.command(cls=Command)
@click.option("--write", "task", flag_value="write", help="Update the numbers in DATASHEET.md.")
@click.option(
    "--check", "task", flag_value="check", help="Exit with 1 if the numbers are out of date."
)
@format_option("md", "html")
@site_option()
@pass_settings
def datasheet(settings: Settings, task: str | None, output_format: str, site: str | None) -> None:
    """Print or update the numbers in DATASHEET.md.

    Updates only the generated blocks of DATASHEET.md: the counts of the gold, and, if there are
    such blocks, the agreement of the other annotators and plots in docs/images/stats. --format html
    prints the whole datasheet as a page, or the numbers alone if there is no DATASHEET.md.

    \b
    Examples:
      dateline datasheet --write
      dateline datasheet --check
      dateline datasheet --format html > datasheet.html
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked, write_together

    if task is not None and output_format != "md":
        raise click.UsageError("--format html: excludes --write and --check.")
    corpus = Corpus(settings.root)
    if output_format == "html":
        _print_page(corpus, site)
    elif task is None:
        echo(_counts(corpus), nl=False)
    elif task == "check":
        _updated(corpus, task)
    else:
        with locked(corpus.root):
            files = _updated(corpus, task)
            changed = [p for p, new in files.items() if not p.is_file() or p.read_bytes() != new]
            write_together(corpus.root, {path: files[path] for path in changed})
        for path in changed:
            settings.say(f"{corpus.relative(path)}: updated")
        if not changed:
            settings.say("DATASHEET.md: up to date")


def _print_page(corpus: Corpus, site: str | None) -> None:
    from dateline.dataset.description.citation import title_of_corpus
    from dateline.rendering.header import header_of
    from dateline.reports.datasheet_page import datasheet_html, datasheet_markdown

    header = header_of(title_of_corpus(corpus), site)
    echo(printable_markup(datasheet_html(corpus, datasheet_markdown(corpus), header)))


def _updated(corpus: Corpus, task: str) -> dict[Path, bytes]:
    """The datasheet and its plots with present numbers; with "check", an error if they differ."""
    from dateline.files.reading import read_text
    from dateline.rendering.generated_blocks import block, marks, with_block
    from dateline.reports.datasheet import BLOCK
    from dateline.reports.plots import PLOTS

    path = corpus.root / "DATASHEET.md"
    try:
        page = read_text(path)
    except NotFoundError:
        raise NotFoundError(
            f"{path}: there is no such file. Create it, with these two lines where the numbers "
            f"belong:\n{marks(BLOCK)}"
        ) from None
    blocks = {BLOCK: _counts}
    if _has_block(AGREEMENT, page):
        blocks[AGREEMENT] = _agreement
    for name, content in blocks.items():
        body = content(corpus)
        if task == "check" and block(page, name, path.name) != body.strip("\n"):
            raise ConflictError(
                f"{path.name}: the numbers ({name}) are out of date. "
                "Run `dateline datasheet --write`."
            )
        page = with_block(page, name, body, path.name)
    plots: dict[Path, bytes] = {}
    if _has_block(PLOTS, page):
        page, plots = _with_plots(corpus, page, task)
    return {**plots, path: page.encode()}


def _has_block(name: str, page: str) -> bool:
    from dateline.rendering.generated_blocks import marks

    return marks(name).splitlines()[0] in page


def _counts(corpus: Corpus) -> str:
    from dateline.reports.datasheet import counts
    from dateline.reports.statistics import statistics_of

    return counts(statistics_of(corpus), corpus.ontology)


def _agreement(corpus: Corpus) -> str:
    from dateline.agreement.tables import agreement_markdown
    from dateline.cli.corpus.site_reports import measured_agreement

    report = measured_agreement(corpus)
    if report is None:
        return "No document has been annotated twice yet.\n"
    return agreement_markdown(report, main_only=True)


def _with_plots(corpus: Corpus, page: str, task: str) -> tuple[str, dict[Path, bytes]]:
    from dateline.rendering.generated_blocks import with_block
    from dateline.reports.plots import FOLDER, PLOTS, draw, outdated, plots_markdown, plots_of
    from dateline.reports.statistics import statistics_of

    plots, folder = plots_of(statistics_of(corpus), corpus.ontology), corpus.root / FOLDER
    wanted = with_block(page, PLOTS, plots_markdown(plots), "DATASHEET.md")
    old = outdated(plots, folder)
    if task == "check" and (old or wanted != page):
        raise ConflictError(
            f"{corpus.relative(old[0]) if old else 'DATASHEET.md'}: the plots are out of date. "
            "Run `dateline datasheet --write`."
        )
    return wanted, draw(plots, folder) if old else {}
