"""``dateline stats``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    annotators_option,
    echo_json,
    format_option,
    pass_settings,
)
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import GOLD

if TYPE_CHECKING:
    from dateline.reports.statistics import AttributeStatistics, Statistics


@click.command(cls=Command)
@annotators_option("Annotators whose annotations to count.  [default: gold]")
@format_option("text", "json")
@click.option("--contrasts", is_flag=True, help="Count contrasts in place of other documents.")
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also draw the counts as SVG files in this folder (one annotator only).",
)
@pass_settings
def stats(
    settings: Settings,
    annotators: tuple[str, ...],
    output_format: str,
    contrasts: bool,
    plots: Path | None,
) -> None:
    """Count labels, attributes, chains, links and roles.

    Contrasts are counted apart, because most of a contrast is the same as in its original.

    JSON output is an object with the statistics of each annotator.

    \b
    Examples:
      dateline stats
      dateline stats --annotators ana,bo --format json
      dateline stats --plots docs/images/stats
    """
    from dateline.corpus.store import Corpus
    from dateline.reports.statistics import statistics_of

    corpus = Corpus(settings.root)
    names = annotators or (GOLD,)
    known = corpus.annotators()
    for name in names:
        if name not in known and not annotators:
            raise NotFoundError(
                "There is no gold to count. Make it with `dateline adjudicate` or `dateline "
                f"accept`, or name --annotators: {', '.join(known) or 'there are none yet'}."
            )
        if name not in known:
            raise NotFoundError(
                f"--annotators: {name} has no annotations. Annotators: "
                f"{', '.join(known) or 'none'}."
            )
    found = {name: statistics_of(corpus, name, of_contrasts=contrasts) for name in names}
    if plots is not None:
        from dateline.files.writing import write_atomically
        from dateline.reports.plots import draw, plots_of

        if len(names) > 1:
            raise InvalidInputError("--plots: name one annotator only.")
        drawn = draw(plots_of(found[names[0]], corpus.ontology), plots)
        for path, content in drawn.items():
            write_atomically(path, content)
            settings.say(f"Wrote {path}")
    if output_format == "json":
        echo_json(found)
        return
    for name, statistics in found.items():
        _show(name, statistics)


def _show(annotator: str, found: Statistics) -> None:
    from dateline.rendering.listing import documents_and_contrasts
    from dateline.rendering.tables import Table, print_tables

    def table(title: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
        cells = [tuple("—" if cell is None else str(cell) for cell in row) for row in rows]
        if cells:
            print_tables([Table(title, columns, cells)])

    def attributes(place: str, counted: Mapping[str, AttributeStatistics]) -> None:
        for name, a in counted.items():
            if a.values:
                table(f"{place}, {name}: {a.items}", ("value", "items"), _pairs(a.values))
            else:
                columns = ("items", "distinct", "minimum", "mean", "maximum")
                cells: tuple[object, ...] = (a.items, a.distinct, a.minimum, a.mean, a.maximum)
                known = [n for n, cell in enumerate(cells) if cell is not None]
                row = tuple(cells[n] for n in known)
                table(f"{place}, {name}", tuple(columns[n] for n in known), [row])

    layers = found.layers
    table(
        f"Documents, annotated by {annotator}",
        ("document", "split", "sentences", "tokens", *layers),
        [
            (name, d.split, d.sentences, d.tokens, *(d.items[layer] for layer in layers))
            for name, d in found.documents.items()
        ],
    )
    if found.contrasts is not None:
        kinds = found.contrasts.kinds
        title = f"{documents_and_contrasts(len(found.documents), sum(kinds.values()))}; contrasts"
        table(f"{title} by kind", ("kind", "contrasts"), _pairs(kinds))
    for name, layer in layers.items():
        density = "" if layer.per_100_tokens is None else f", {layer.per_100_tokens} per 100 tokens"
        table(f"{name}: {layer.items}{density}", ("label", "items"), _pairs(layer.labels))
        attributes(name, layer.attributes)
        if name == "entities":
            attributes("entity", found.entity_attributes)
    table(
        "Roles",
        ("event type", "role", "events", "filled", "fillers"),
        [
            (name, role, r.events, r.filled, r.fillers)
            for name, roles in found.roles.items()
            for role, r in roles.items()
            if r.fillers
        ],
    )
    attributes("argument", found.argument_attributes)
    for source, values in found.factuality.items():
        table(f"Factuality of events by {source}", ("value", "events"), _pairs(values))
    for title, columns, counts in (
        ("Relations between events", ("relation", "items"), found.event_relations),
        ("Relations between claims", ("relation", "items"), found.claim_relations),
        ("Entities by number of mentions", ("mentions", "entities"), found.chains),
        ("Entities by number of links", ("links", "entities"), found.entity_links),
        ("Event instances by number of links", ("links", "instances"), found.event_links),
        ("Claimers by number of claims", ("claims", "claimers"), found.claims_per_claimer),
        ("Claims by claimer", ("claimer", "claims"), found.claimers),
    ):
        table(title, columns, _pairs(counts))


def _pairs(counts: Mapping[int, int] | Mapping[str, int]) -> list[tuple[object, ...]]:
    return [*counts.items()]
