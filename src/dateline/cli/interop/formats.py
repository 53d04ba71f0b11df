"""``dateline formats``."""

from __future__ import annotations

import click

from dateline.cli.shared import Command, Settings, echo, format_option, pass_settings


@click.command(cls=Command)
@format_option("text", "markdown")
@pass_settings
def formats(settings: Settings, output_format: str) -> None:
    """List the formats of export and import.

    Shows what each format can hold, what is lost, and its options.

    \b
    Example:
      dateline formats
    """
    from dateline.interop.description import formats_block, formats_tables
    from dateline.interop.registry import all_formats
    from dateline.rendering.tables import text_tables

    del settings
    if output_format == "markdown":
        echo(formats_block(all_formats()))
    else:
        echo(text_tables(formats_tables(all_formats())))
