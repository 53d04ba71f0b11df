"""``dateline studio import``, which is `dateline import label-studio` now."""

from __future__ import annotations

import re

import click

from dateline.cli.shared import Command, Settings, pass_settings


@click.command("import", cls=Command, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="EXPORT [OPTIONS]...")
@pass_settings
@click.pass_context
def import_export(context: click.Context, settings: Settings, arguments: tuple[str, ...]) -> None:
    """Former name of `dateline import label-studio`.

    Takes its options, and --users in place of --annotators. Texts that the corpus does not have are
    left out.

    \b
    Example:
      dateline studio import export.json --mapping mapping.toml --users ana
    """
    from dateline.cli.interop.import_ import import_

    settings.say(
        "`dateline studio import` is `dateline import label-studio --known-texts` now; --users is "
        "--annotators."
    )
    given = [re.sub(r"^--users(?=$|=)", "--annotators", argument) for argument in arguments]
    given = ["label-studio", "--known-texts", *given]
    with import_.make_context("import", given, parent=context.find_root()) as command:
        import_.invoke(command)
