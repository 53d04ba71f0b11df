"""``dateline datasheet``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, echo, pass_settings
from dateline.errors import ConflictError, NotFoundError
from dateline.model import GOLD

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus

AGREEMENT = "agreement"
"""Name of the generated block with the agreement of annotators."""


@click.command(cls=Command)
@click.option("--write", "task", flag_value="write", help="Update the numbers in DATASHEET.md.")
@click.option(
    "--check", "task", flag_value="check", help="Exit with 1 if the numbers are out of date."
)
@pass_settings
def datasheet(settings: Settings, task: str | None) -> None:
    """Print or update the numbers in DATASHEET.md.

    Updates only the generated blocks of DATASHEET.md: the counts of the gold, and, if there are
    such blocks, the agreement of the other annotators and plots in docs/images/stats.

    \b
    Example:
      dateline datasheet --write
      dateline datasheet --check
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import write_if_changed
    from dateline.rendering.generated_blocks import block, marks, with_block
    from dateline.reports.datasheet import BLOCK
    from dateline.reports.plots import PLOTS

    corpus = Corpus(settings.root)
    if task is None:
        echo(_counts(corpus), nl=False)
        return
    path = corpus.root / "DATASHEET.md"
    if not path.is_file():
        raise NotFoundError(
            f"{path}: there is no such file. Create it, with these two lines where the numbers "
            f"belong:\n{marks(BLOCK)}"
        )
    page = path.read_text(encoding="utf-8")
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
    if _has_block(PLOTS, page):
        page = _with_plots(settings, corpus, page, task)
    if task == "write":
        changed = write_if_changed(path, page.encode())
        settings.say(f"{path.name}: {'updated' if changed else 'up to date'}")


def _has_block(name: str, page: str) -> bool:
    from dateline.rendering.generated_blocks import marks

    return marks(name).splitlines()[0] in page


def _counts(corpus: Corpus) -> str:
    from dateline.reports.datasheet import counts
    from dateline.reports.statistics import statistics_of

    return counts(statistics_of(corpus), corpus.ontology)


def _agreement(corpus: Corpus) -> str:
    from dateline.agreement.measure import measure_agreement
    from dateline.agreement.tables import agreement_markdown

    annotators = [name for name in corpus.annotators() if name != GOLD]
    return agreement_markdown(measure_agreement(corpus, annotators), main_only=True)


def _with_plots(settings: Settings, corpus: Corpus, page: str, task: str) -> str:
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
    if old:
        for path in draw(plots, folder):
            settings.say(f"Wrote {corpus.relative(path)}")
    return wanted
