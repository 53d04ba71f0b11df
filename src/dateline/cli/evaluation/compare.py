"""``dateline compare`` and ``dateline errors``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.evaluation.score import (
    format_option,
    gold_of,
    gold_options,
    options_of,
    print_report,
)
from dateline.cli.shared import Command, Settings, pass_settings

if TYPE_CHECKING:
    from dateline.evaluation.columns.scoring_input import MatchingOptions
    from dateline.evaluation.gold import Gold

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.argument("systems", nargs=-1, required=True, type=FILE)
@gold_options
@format_option
@click.option("--resamples", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--seed", type=int, default=13, show_default=True, help="Of the resampling.")
@click.option(
    "--despite-differences", is_flag=True,
    help="Compare reports whose signatures differ, and say what differs.",
)  # fmt: skip
@pass_settings
def compare(
    settings: Settings,
    /,
    systems: tuple[Path, ...],
    gold: Path | None,
    split: str | None,
    layers: tuple[str, ...],
    output_format: str,
    resamples: int,
    seed: int,
    despite_differences: bool,
    **matching: Any,
) -> None:
    """Compare systems with the first one, on the same gold.

    SYSTEMS are files of predictions (.jsonl), or reports of earlier scores (.json, written by
    `dateline score --format json --documents`). p is how often drawing documents anew, or
    exchanging the systems' outputs on them, gives a difference at least as large; the corrected p
    takes into account how many systems are compared.

    \b
    Example:
      dateline compare baseline.jsonl model.jsonl
      dateline compare baseline.jsonl model.jsonl other.jsonl --layer entities --format json
    """
    from dateline.evaluation.comparison import compare as compare_systems
    from dateline.evaluation.comparison import read_system, score_systems
    from dateline.evaluation.tables.comparison import LEGEND, notes, tables

    by_name = {_name(path, systems): path for path in systems}
    predicted = {name: path for name, path in by_name.items() if path.suffix != ".json"}
    found = {}
    if predicted:
        against = gold_of(settings, gold, split)
        options = options_of(**matching)
        scored = score_systems(predicted, against, layers, options, resamples, seed)
        found = {system.name: system for system in scored}
    for name, path in by_name.items():
        if name not in found:
            found[name] = read_system(path)._replace(name=name)
    comparison = compare_systems(
        [found[name] for name in by_name], resamples, seed, despite_differences=despite_differences
    )
    if output_format == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(comparison), indent=2))
    else:
        lead = [*notes(comparison), LEGEND]
        print_report(output_format, "Comparison", lead, tables(comparison), comparison.signature)
    for note in notes(comparison):
        settings.say(f"Note: {note}")


@click.command(cls=Command)
@click.argument("predictions", type=FILE)
@gold_options
@format_option
@click.option(
    "--examples", type=click.IntRange(0), default=3, show_default=True, help="Of each kind."
)
@click.option(
    "--ceiling", nargs=2, metavar="A B",
    help="Two annotators, whose agreement is shown beside the scores.  "
    "[default: those of benchmarks/systems.toml, where they annotated these documents]",
)  # fmt: skip
@pass_settings
def errors(
    settings: Settings,
    /,
    predictions: Path,
    gold: Path | None,
    split: str | None,
    layers: tuple[str, ...],
    output_format: str,
    examples: int,
    ceiling: tuple[str, str] | None,
    **matching: Any,
) -> None:
    """Show what kind of errors a system makes, and where.

    Items are right, or have another label, another boundary or both, or are missed or spurious;
    arguments are lost by the first thing that went wrong on the way to them. Scores stand beside
    what two annotators reach against each other, where that is known.

    \b
    Example:
      dateline errors predictions.jsonl
      dateline errors predictions.jsonl --examples 10 --format html
    """
    from dateline.evaluation.columns.scoring_input import ScoringInput
    from dateline.evaluation.error_analysis import errors as find_errors
    from dateline.evaluation.scoring import as_predictions, chosen, report
    from dateline.evaluation.tables.errors import LEGEND, ceiling_table, tables

    against = gold_of(settings, gold, split)
    options = options_of(**matching)
    inputs = ScoringInput(against, as_predictions(predictions), options)
    groups = chosen(layers, inputs)
    scores = report(against, inputs, groups, resamples=0)
    found = find_errors(against, inputs, {group.layer for group in groups}, examples)
    if ceiling is None:
        ceiling = _listed_ceiling(settings, against)
    agreed = _agreement(settings, against, options, ceiling) if ceiling else {}
    if output_format == "json":
        import msgspec

        content = {
            "signature": scores.signature,
            "errors": found,
            "ceiling": {f"{group}: {measure}": value for (group, measure), value in agreed.items()},
        }
        click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2))
        return
    shown = list(tables(found, name_documents=inputs.document_count > 1))
    if ceiling:
        shown.insert(0, ceiling_table(scores, agreed))
    print_report(output_format, f"Errors of {predictions.name}", [LEGEND], shown, scores.signature)


def _listed_ceiling(settings: Settings, gold: Gold) -> tuple[str, str] | None:
    """The annotators whose agreement is this corpus's ceiling, if both annotated some of it."""
    from dateline.corpus.store import Corpus
    from dateline.evaluation.leaderboard.systems import read_systems

    corpus = Corpus(settings.root)
    listed = read_systems(corpus).ceiling
    if listed is None:
        return None
    both = (set(listed) <= set(corpus.annotators_of(d.id)) for d in gold.documents)
    return listed if any(both) else None


def _agreement(
    settings: Settings, gold: Gold, options: MatchingOptions, annotators: tuple[str, str]
) -> dict[tuple[str, str], float | None]:
    """What the second annotator scores against the first, on the documents of the gold."""
    from dateline.corpus.store import Corpus
    from dateline.evaluation.ceiling import annotator_scores

    corpus = Corpus(settings.root)
    return annotator_scores(corpus, *annotators, [d.id for d in gold.documents], options)


def _name(path: Path, systems: tuple[Path, ...]) -> str:
    """The file's stem, or its path where another has the same stem."""
    alike = sum(other.stem == path.stem for other in systems)
    return path.stem if alike == 1 else path.as_posix()
