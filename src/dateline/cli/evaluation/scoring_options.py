"""Options and output that ``score``, ``compare`` and ``errors`` share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.shared import (
    DATASET,
    DatasetType,
    Settings,
    echo,
    layers_option,
    names_option,
    site_option,
)
from dateline.rendering.printable import printable_markup

if TYPE_CHECKING:
    from dateline.evaluation.columns.scoring_input import MatchingOptions
    from dateline.rendering.tables import Table

C = TypeVar("C", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
"""A file of predictions; - is standard input."""


gold_option = click.option(
    "--gold", type=DatasetType(), metavar=DATASET,
    help="Corpus, built dataset, or dataset on the Hugging Face Hub.  [default: this corpus]",
)  # fmt: skip
ontology_option = click.option(
    "--ontology", type=click.Path(exists=True, path_type=Path), metavar="FILE",
    help="With --gold: ontology.schema.json of the dataset's corpus, if the dataset has none.",
)  # fmt: skip
split_option = click.option("--split", metavar="NAME", help="Only documents of this split.")


group_by_option = click.option(
    "--group-by", metavar="COLUMN",
    help="Column of the documents, such as source.publisher: those with the same value are one "
    "unit for intervals and tests.  [default: group, if the gold has it]",
)  # fmt: skip

by_option = names_option(
    "--by",
    "FIELD",
    "Also score documents apart by each value of a field, such as split, contrast_kind or a "
    "declared key of meta.",
)
"""Fields of documents, by primary measures."""


def gold_options(command: C) -> C:
    """Options for the gold, for how items are matched with it, and for the site of its corpus."""
    for option in reversed(
        (
            gold_option,
            ontology_option,
            split_option,
            layers_option(
                "Only these layers, or groups of measures such as coreference.  "
                "[default: all that are predicted]",
                allowed=None,
            ),
            click.option(
                "--mention-match", type=click.Choice(["exact", "partial"]), default="exact",
                show_default=True, help="Coreference: match mentions with the same span, or "
                "mentions that overlap.",
            ),
            click.option(
                "--drop-singletons", is_flag=True,
                help="Coreference: leave out chains of one mention.",
            ),
            click.option(
                "--claim-overlap", type=click.FloatRange(0, 1, min_open=True), default=0.5,
                show_default=True, help="Intersection over union from which claims match.",
            ),
            click.option(
                "--given-triggers", is_flag=True,
                help="Expect the gold triggers in the predictions, as given to the system.",
            ),
            click.option(
                "--threshold", type=float, metavar="NUMBER",
                help="Leave out predicted items with a lower confidence.",
            ),
            site_option(),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def matching_options(
    mention_match: str,
    drop_singletons: bool,
    claim_overlap: float,
    given_triggers: bool,
    threshold: float | None,
) -> MatchingOptions:
    """The options of ``gold_options`` for how items are matched."""
    from dateline.evaluation.columns.scoring_input import MatchingOptions

    if threshold is not None and not math.isfinite(threshold):
        raise click.BadParameter("expected a finite number.", param_hint="--threshold")
    return MatchingOptions(
        mention_match=mention_match,
        singletons=not drop_singletons,
        claim_overlap=claim_overlap,
        given_triggers=given_triggers,
        threshold=threshold,
    )


def scoring_arguments(
    settings: Settings,
    gold: Path | str | None,
    ontology: Path | None,
    split: str | None,
    layers: tuple[str, ...],
    group_by: str | None,
    **matching: Any,
) -> dict[str, Any]:
    """The options of ``gold_options`` as arguments of ``dateline.score`` and ``compare``."""
    return {
        "gold": gold or settings.root,
        "ontology": ontology,
        "split": split,
        "layers": layers,
        "group_by": group_by,
        "options": matching_options(**matching),
    }


def refuse_repeated_input(paths: Iterable[Path]) -> None:
    """Raise a usage error if standard input is named twice."""
    from dateline.files.opening import STANDARD_INPUT

    if sum(path == STANDARD_INPUT for path in paths) > 1:
        raise click.UsageError("- (standard input) is given more than once.")


def title_of(predictions: Path) -> str:
    """The name of a file of predictions in titles."""
    from dateline.files.opening import file_title

    return file_title(Path(predictions.name))


def print_report(
    output_format: str,
    title: str,
    corpus: str,
    site: str | None,
    lead: Sequence[str],
    tables: Iterable[Table],
    signature: str,
    footnotes: Sequence[str] = (),
) -> None:
    """Print tables and a signature as text, Markdown, HTML or LaTeX.

    ``corpus`` is the name of the gold, and ``site`` the site that HTML is linked to. Pages begin
    with the lead and the footnotes; in LaTeX they are comments. As text, only the footnotes are
    printed, after the tables.
    """
    from dateline.rendering import tables as rendering

    lead = [*lead, *footnotes]

    if output_format == "md":
        echo(rendering.markdown_page(title, lead, tables, signature), nl=False)
    elif output_format == "latex":
        from dateline.rendering.latex import latex_tables

        echo(latex_tables([title, *lead], tables, signature), nl=False)
    elif output_format == "html":
        from dateline.rendering.header import header_of
        from dateline.rendering.html import html_page

        header = header_of(corpus, site)
        echo(printable_markup(html_page(title, header, lead, tables, signature)))
    else:
        rendering.print_tables(tables)
        for line in footnotes:
            echo(line)
        echo(signature)
