"""``dateline errors``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.scoring_options import (
    FILE,
    gold_options,
    matching_options,
    print_report,
    title_of,
)
from dateline.cli.shared import (
    Command,
    Settings,
    annotators_option,
    echo_json,
    format_option,
    pass_settings,
)


@click.command(cls=Command)
@click.argument("predictions", type=FILE)
@gold_options
@format_option("text", "json", "md", "html")
@click.option(
    "--examples", type=click.IntRange(0), default=3, show_default=True,
    help="Number of examples of each kind of error.",
)  # fmt: skip
@annotators_option(
    "Two annotators; show their agreement next to the scores.  "
    "[default: the `ceiling` of benchmarks/systems.toml, if both annotated these documents]"
)
@pass_settings
def errors(
    settings: Settings,
    /,
    predictions: Path,
    gold: Path | str | None,
    ontology: Path | None,
    split: str | None,
    layers: tuple[str, ...],
    output_format: str,
    examples: int,
    annotators: tuple[str, ...],
    site: str | None,
    **matching: Any,
) -> None:
    """Break down a system's errors by kind, with examples.

    Shows errors of all kinds, drawn from all documents. Predicted items are matched 1:1 with gold.
    A match is correct or has another type or boundary (or both); other gold items are missed, other
    predicted items spurious. Arguments are counted at the first step that went wrong: trigger,
    event type, filler, role. Relations and attributes of documents are counted only.

    \b
    Examples:
      dateline errors predictions.jsonl
      dateline errors predictions.jsonl --examples 10 --format html > errors.html
    """
    from dateline.corpus.store import Corpus
    from dateline.evaluation.ceiling import annotator_scores
    from dateline.evaluation.columns.scoring_input import ScoringInput
    from dateline.evaluation.error_analysis import analyze_errors
    from dateline.evaluation.leaderboard.systems import listed_annotators
    from dateline.evaluation.scoring import as_gold, as_predictions, score_groups, select_groups
    from dateline.evaluation.tables.errors import LEGEND, ceiling_table, tables

    if annotators and len(annotators) != 2:
        raise click.BadParameter("expected two annotators, such as a,b.", param_hint="--annotators")
    against = as_gold(gold or settings.root, split, ontology)
    options = matching_options(**matching)
    inputs = ScoringInput(against, as_predictions(predictions, against.ontology), options)
    groups = select_groups(layers, [inputs])
    scores = score_groups(against, [inputs], groups)
    analysis = analyze_errors(against, inputs, {group.layer for group in groups}, examples)
    corpus = Corpus(settings.root)
    documents = [document.id for document in against.documents]
    first, second = annotators or listed_annotators(corpus, documents) or ("", "")
    agreement = annotator_scores(corpus, first, second, documents, options) if first else {}
    if output_format == "json":
        content = {
            "signature": scores.signature,
            "errors": analysis,
            "agreement": {
                f"{group}: {measure}": value for (group, measure), value in agreement.items()
            },
        }
        echo_json(content)
        return
    shown = list(tables(analysis, name_documents=inputs.document_count > 1))
    if agreement:
        shown.append(ceiling_table(scores, agreement))
    title = f"Errors of {title_of(predictions)}"
    print_report(output_format, title, against.name, site, [LEGEND], shown, str(scores.signature))
