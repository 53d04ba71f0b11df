"""``dateline compare``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dateline.cli.evaluation.scoring_options import (
    FILE,
    by_option,
    gold_options,
    group_by_option,
    print_report,
    refuse_repeated_input,
    scoring_arguments,
)
from dateline.cli.shared import Command, Settings, echo, echo_json, format_option, pass_settings

if TYPE_CHECKING:
    from dateline.evaluation.comparison import SystemSource


class SystemFiles(NamedTuple):
    """The files of a system's runs, or its only file, and the name if one was given."""

    name: str
    paths: tuple[Path, ...]


class SystemType(click.ParamType[SystemFiles]):
    """``FILE``, or ``NAME=FILE[,FILE...]`` with the files of several runs."""

    name = "system"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> SystemFiles:
        """Split the value; fails if a file is missing, or reports are given as runs."""
        if isinstance(value, SystemFiles):
            return value
        name, equals, files = value.partition("=")
        if Path(value).is_file() or not equals:
            name, files = "", [value]
        else:
            files = files.split(",")
        paths = tuple(FILE.convert(file, param, ctx) for file in files)
        if not name and equals and not Path(value).is_file():
            self.fail(f"{value!r} has an empty name. Write NAME=FILE.", param, ctx)
        if len(paths) > 1 and any(path.suffix == ".json" for path in paths):
            self.fail(
                f"{value!r} has a report as one of several runs. Name the predictions of each run, "
                "or one report of all runs.", param, ctx
            )  # fmt: skip
        return SystemFiles(name, paths)


@click.command(cls=Command)
@click.argument("systems", nargs=-1, required=True, type=SystemType())
@gold_options
@group_by_option
@by_option
@format_option("text", "json", "md", "html", "csv", "latex")
@click.option(
    "--resamples", type=click.IntRange(1), default=1000, show_default=True,
    help="Number of resamples of the tests.",
)  # fmt: skip
@click.option("--seed", type=int, default=13, show_default=True, help="Seed of the resamples.")
@click.option(
    "--exploratory-p", is_flag=True,
    help="Show p values of exploratory measures too; they are not corrected.",
)  # fmt: skip
@click.option(
    "--allow-differences", is_flag=True,
    help="Compare reports with different signatures too, and say what differs.",
)  # fmt: skip
@pass_settings
def compare(
    settings: Settings,
    /,
    systems: tuple[SystemFiles, ...],
    by: tuple[str, ...],
    output_format: str,
    resamples: int,
    seed: int,
    exploratory_p: bool,
    allow_differences: bool,
    site: str | None,
    **gold_and_matching: Any,
) -> None:
    """Compare systems on the same gold.

    SYSTEMS are predictions (.jsonl, or - for standard input), or reports of earlier scores (.json,
    from `dateline score --by-document --format json`), each as FILE or NAME=FILE.
    NAME=FILE,FILE,... are several runs of a system. Each system is compared with the first. Shows
    the differences with their 95% confidence intervals, and p values of the primary measure of each
    group: of approximate randomization, or for several runs of a t test, corrected for all primary
    measures and systems (Holm). If there are predictions of contrasts, the shares of contrast sets
    that are right are compared too.

    \b
    Examples:
      dateline compare baseline.jsonl model.jsonl
      dateline compare baseline.jsonl model.jsonl other.jsonl --layers entities --format json
      dateline compare baseline.jsonl model.jsonl --by genre,group
      dateline compare old=old1.jsonl,old2.jsonl,old3.jsonl new=new1.jsonl,new2.jsonl,new3.jsonl
    """
    import dateline
    from dateline.evaluation.tables.comparison import LEGEND, footnotes, notes, tables
    from dateline.evaluation.tables.records import comparison_csv

    refuse_repeated_input(path for system in systems for path in system.paths)
    report = dateline.compare(
        _by_name(systems),
        **scoring_arguments(settings, **gold_and_matching),
        by=by,
        resamples=resamples,
        seed=seed,
        exploratory_p=exploratory_p,
        allow_differences=allow_differences,
    )
    if output_format == "json":
        echo_json(report.to_dict())
    elif output_format == "csv":
        echo(comparison_csv(report), nl=False)
    else:
        lead = [*notes(report), LEGEND]
        print_report(
            output_format,
            "Comparison",
            report.signature.corpus,
            site,
            lead,
            tables(report),
            report.signature_line,
            footnotes(report),
        )
    for note in notes(report):
        settings.say(f"Note: {note}")


def _by_name(systems: Sequence[SystemFiles]) -> dict[str, SystemSource]:
    """The files of each system; those without a name are named after their files."""
    from dateline.evaluation.comparison import named
    from dateline.evaluation.scoring import Runs

    names = iter(named([system.paths[0] for system in systems if not system.name]))
    found: dict[str, SystemSource] = {}
    for system in systems:
        name = system.name or next(names)
        if name in found:
            raise click.UsageError(f"Two systems are named {name!r}. Name them: NAME=FILE.")
        one = len(system.paths) == 1
        found[name] = system.paths[0] if one else Runs(*system.paths)
    return found
