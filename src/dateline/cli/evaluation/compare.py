"""``dateline compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dateline.cli.evaluation.score import (
    format_option,
    gold_of,
    gold_options,
    options_of,
    print_report,
)
from dateline.cli.shared import Command, Settings, pass_settings

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


def _name(path: Path, systems: tuple[Path, ...]) -> str:
    """The file's stem, or its path where another has the same stem."""
    alike = sum(other.stem == path.stem for other in systems)
    return path.stem if alike == 1 else path.as_posix()
