"""``dateline score``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.scoring_options import (
    FILE,
    by_option,
    gold_options,
    group_by_option,
    print_report,
    refuse_repeated_input,
    scoring_arguments,
    title_of,
)
from dateline.cli.shared import (
    Command,
    Settings,
    echo,
    echo_json,
    format_option,
    pass_settings,
)
from dateline.errors import ConflictError, NotFoundError
from dateline.rendering.listing import listed

PROBLEMS_SHOWN = 5


@click.command(cls=Command)
@click.argument("predictions", nargs=-1, required=True, type=FILE)
@gold_options
@group_by_option
@by_option
@format_option("text", "json", "md", "html", "csv", "latex")
@click.option(
    "--commitment", type=click.Path(exists=True, path_type=Path), metavar="DIR",
    help="For maintainers: published dataset without the labels of the split; scores only if it "
    "commits to the gold of this corpus.",
)  # fmt: skip
@click.option("--by-label", is_flag=True, help="Show scores by label too (JSON always has them).")
@click.option("--by-document", is_flag=True, help="Show scores by document too.")
@pass_settings
def score(
    settings: Settings,
    /,
    predictions: tuple[Path, ...],
    by: tuple[str, ...],
    output_format: str,
    commitment: Path | None,
    by_label: bool,
    by_document: bool,
    site: str | None,
    **gold_and_matching: Any,
) -> None:
    """Score predictions against gold.

    PREDICTIONS is a JSON Lines file that fits schema/prediction.schema.json, or - for standard
    input. Several files are runs of one system, such as one for each random seed: scores are means
    of the runs, with their standard deviation. `dateline docs metrics` defines every measure. The
    signature on the last line says what was scored and by which rules; cite it with the scores.

    \b
    Examples:
      dateline score predictions.jsonl
      dateline score predictions.jsonl --gold dist
      dateline score predictions.jsonl --split test --layers entities,claims --format json
      dateline score predictions.jsonl --split test --by genre,contrast_kind
      dateline score predictions.jsonl --split test --commitment published
      dateline score seed1.jsonl seed2.jsonl seed3.jsonl --format latex > scores.tex
    """
    import dateline
    from dateline.evaluation.tables.records import score_csv
    from dateline.evaluation.tables.scores import footnotes, legend, notes, tables

    refuse_repeated_input(predictions)
    if commitment is not None:
        _check_commitment(settings, commitment, gold_and_matching["gold"])
    report = dateline.score(
        dateline.Runs(*predictions),
        **scoring_arguments(settings, **gold_and_matching),
        by=by,
        per_document=by_document,
    )
    if output_format == "json":
        echo_json(report.to_dict())
    elif output_format == "csv":
        echo(score_csv(report, by_label=by_label), nl=False)
    else:
        shown = tables(report, by_label=by_label)
        lead = [*notes(report), *legend(report)]
        title = f"Scores of {', '.join(map(title_of, predictions))}"
        marks = footnotes(report, by_label=by_label)
        signature = report.signature
        print_report(
            output_format, title, signature.corpus, site, lead, shown, str(signature), marks
        )
    for note in report.notes:
        settings.say(f"Note: {note}.")
    more = "more problems; `dateline check-predictions` lists them all"
    for line in listed(report.problems, PROBLEMS_SHOWN, more=more):
        settings.say(line)


def _check_commitment(settings: Settings, published: Path, gold: Path | str | None) -> None:
    """Raise DatelineError unless a published dataset commits to the labels of the corpus."""
    from dateline.corpus.store import Corpus
    from dateline.corpus.withheld_labels import FILE as SETTING
    from dateline.corpus.withheld_labels import commitment, withheld_labels
    from dateline.dataset.stored import StoredDataset

    if gold is not None:
        raise click.UsageError("--commitment is about the gold of the corpus, and excludes --gold.")
    corpus = Corpus(settings.root)
    labels, found = withheld_labels(corpus), StoredDataset(published).withheld_labels
    if labels is None:
        raise NotFoundError(f"{corpus.root / SETTING}: there is no such file, so no salt.")
    if found != commitment(corpus, labels):
        raise ConflictError(
            f"{published}: does not commit to the gold of this corpus with the salt of {SETTING}. "
            "Check out the commit of its release, or publish again."
        )
    settings.say(f"{published} commits to this gold: {found.sha256}")
