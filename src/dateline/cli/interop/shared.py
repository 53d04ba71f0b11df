"""What export and import share: options of formats, and the loss report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.shared import Settings

if TYPE_CHECKING:
    from dateline.interop.losses import LossReport

F = TypeVar("F", bound=Callable[..., object])

SHOWN = 20
"""How many reasons are printed; the report in JSON lists all."""


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from dateline.interop.registry import FORMATS

    del ctx, param
    return [name for name in FORMATS if name.startswith(incomplete)]


format_argument = click.argument("format_name", metavar="FORMAT", shell_complete=_complete)

strict_option = click.option(
    "--strict",
    is_flag=True,
    help="Fail, and write nothing, if anything of texts or annotations is lost; metadata and "
    "segmentation are only reported.",
)

report_option = click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the loss report to this file, as JSON, with all items.",
)


class OptionType(click.ParamType[tuple[str, str]]):
    """An option of a format: ``NAME=VALUE``."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split the value; fails without a name and a value."""
        if isinstance(value, tuple):
            return value
        name, _, given = value.partition("=")
        if not name or not given:
            self.fail(f"{value!r}: write NAME=VALUE, such as tags=bioes.", param, ctx)
        return name, given


def write_report(path: Path | None, report: LossReport) -> None:
    """Write the report as JSON, if a file is given."""
    if path is not None:
        from dateline.files.writing import write_atomically

        write_atomically(path, report.json())


def show_report(settings: Settings, report: LossReport) -> None:
    """Print how many units of each kind were kept, approximated and left out, and why."""
    if settings.quiet:
        return
    from dateline.interop.losses import reason_lines
    from dateline.rendering.listing import listed
    from dateline.rendering.tables import Table, print_tables

    rows = [
        (kind, *(f"{n:,}" for n in (c.source, c.kept, c.approximated, c.left_out)))
        for kind, c in report.counts.items()
    ]
    columns = ("kind", "source", "kept", "approximated", "left out")
    title = f"{report.direction.capitalize()}: {report.format}"
    print_tables([Table(title, columns, rows)], stderr=True)
    more = "more reasons; --report FILE lists all"
    for line in listed(reason_lines(report.losses), SHOWN, more=more):
        settings.say(line)
