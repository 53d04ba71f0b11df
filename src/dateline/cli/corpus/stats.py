"""``dateline stats`` and ``dateline datasheet``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, format_option, pass_settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.reports.statistics import Statistics

AGREEMENT = "agreement"
"""The name of the marks that hold the agreement of annotators."""


@click.command(cls=Command)
@click.option("--annotator", default="gold", show_default=True, help="Whose annotation to count.")
@format_option("text", "json")
@click.option(
    "--plots", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Draw them into this folder too, as SVG.",
)  # fmt: skip
@pass_settings
def stats(settings: Settings, annotator: str, output_format: str, plots: Path | None) -> None:
    """Count labels, attributes, chains, roles and claimers.

    \b
    Example:
      dateline stats
      dateline stats --annotator ana --format json
      dateline stats --plots docs/images/stats
    """
    from dateline.corpus.store import Corpus
    from dateline.reports.statistics import statistics_of

    corpus = Corpus(settings.root)
    if annotator not in corpus.annotators():
        known = ", ".join(corpus.annotators()) or "not there yet"
        raise DatelineError(
            f"--annotator {annotator}: has annotated nothing. Annotators are {known}."
        )
    found = statistics_of(corpus, annotator)
    if plots is not None:
        from dateline.reports.plots import draw, plots_of

        for path in draw(plots_of(found, corpus.ontology), plots):
            settings.say(f"{path}: drawn")
    if output_format == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    _show(found)


def _show(found: Statistics) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()

    def table(title: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
        made = Table(title=Text(title), title_justify="left")
        for position, name in enumerate(columns):
            made.add_column(name, justify="right" if position else "left")
        for row in rows:
            made.add_row(*(Text("—" if cell is None else str(cell)) for cell in row))
        console.print(made)

    layers = found.layers
    table(
        "Documents",
        ("document", "split", "sentences", "tokens", *layers),
        [
            (name, d.split, d.sentences, d.tokens, *(d.items[layer] for layer in layers))
            for name, d in found.documents.items()
        ],
    )
    for name, layer in layers.items():
        table(
            f"{name}: {layer.items}, {layer.per_100_tokens or 0} for 100 tokens",
            ("label", "items"),
            _pairs(layer.labels),
        )
        for attribute, values in layer.attributes.items():
            table(f"{name}, {attribute}", ("value", "items"), _pairs(values))
    table(
        "Roles",
        ("event type", "role", "events", "that fill it", "fillers"),
        [
            (name, role, r.events, r.filled, r.fillers)
            for name, roles in found.roles.items()
            for role, r in roles.items()
            if r.fillers
        ],
    )
    table("Relations between events", ("relation", "items"), _pairs(found.event_relations))
    table("Relations between claims", ("relation", "items"), _pairs(found.claim_relations))
    table("Entities by mentions", ("mentions", "entities"), _pairs(found.chains))
    table("Claimers by claims", ("claims", "claimers"), _pairs(found.claims_per_claimer))
    table("Claims by claimer", ("claimer", "claims"), _pairs(found.claimers))


def _pairs(counts: Mapping[int, int] | Mapping[str, int]) -> list[tuple[object, ...]]:
    return [*counts.items()]


@click.command(cls=Command)
@click.option("--write", "task", flag_value="write", help="Bring the numbers up to date.")
@click.option(
    "--check", "task", flag_value="check", help="Exit with 1 if the numbers are not up to date."
)
@pass_settings
def datasheet(settings: Settings, task: str | None) -> None:
    """Print the numbers of DATASHEET.md, or keep them up to date.

    They stand between marks in DATASHEET.md: counts of the gold, and, if there are marks for them,
    the agreement of the other annotators, and pictures of the counts in docs/images/stats. All else
    in it is yours.

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
        click.echo(_counts(corpus), nl=False)
        return
    path = corpus.root / "DATASHEET.md"
    if not path.is_file():
        raise DatelineError(
            f"{path}: there is no such file. Write one, with these two lines where the numbers "
            f"shall stand:\n{marks(BLOCK)}"
        )
    page = path.read_text(encoding="utf-8")
    wanted = {BLOCK: _counts}
    if _opens(AGREEMENT, page):
        wanted[AGREEMENT] = _agreement
    for name, made in wanted.items():
        body = made(corpus)
        if task == "check" and block(page, name, path.name) != body.strip("\n"):
            raise DatelineError(
                f"{path.name}: its numbers ({name}) are stale; run `dateline datasheet --write`."
            )
        page = with_block(page, name, body, path.name)
    if _opens(PLOTS, page):
        page = _with_pictures(settings, corpus, page, task)
    if task == "write":
        changed = write_if_changed(path, page.encode())
        settings.say(f"{path.name}: {'brought up to date' if changed else 'is up to date'}")


def _opens(name: str, page: str) -> bool:
    from dateline.rendering.generated_blocks import marks

    return marks(name).splitlines()[0] in page


def _with_pictures(settings: Settings, corpus: Corpus, page: str, task: str) -> str:
    from dateline.rendering.generated_blocks import with_block
    from dateline.reports.plots import PICTURES, PLOTS, draw, pictures, plots_of, stale
    from dateline.reports.statistics import statistics_of

    plots, folder = plots_of(statistics_of(corpus), corpus.ontology), corpus.root / PICTURES
    wanted = with_block(page, PLOTS, pictures(plots), "DATASHEET.md")
    old = stale(plots, folder)
    if task == "check" and (old or wanted != page):
        raise DatelineError(
            f"{corpus.relative(old[0]) if old else 'DATASHEET.md'}: its pictures are not of these "
            "numbers; run `dateline datasheet --write`."
        )
    if old:
        for path in draw(plots, folder):
            settings.say(f"{corpus.relative(path)}: drawn")
    return wanted


def _counts(corpus: Corpus) -> str:
    from dateline.reports.datasheet import counts
    from dateline.reports.statistics import statistics_of

    return counts(statistics_of(corpus), corpus.ontology)


def _agreement(corpus: Corpus) -> str:
    from dateline.agreement.measure import measure_agreement
    from dateline.agreement.tables import agreement_markdown

    annotators = [name for name in corpus.annotators() if name != "gold"]
    return agreement_markdown(measure_agreement(corpus, annotators), main_only=True)
