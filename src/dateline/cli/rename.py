"""``dateline rename``."""

from __future__ import annotations

import click

from dateline.cli.base import Command, Settings, pass_settings


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Only say what would be renamed.")
@pass_settings
def rename(settings: Settings, dry_run: bool) -> None:
    """Bring annotations to the ontology's new names.

    Change the name in schema/ontology.schema.json and put the old one beside it, as
    "x-formerly": ["OLD"]. This command then replaces it in the files of all annotators, or in none
    where something is wrong; ids stay. `dateline studio pull` reads what was annotated under the
    old name as the new one.

    \b
    Example:
      dateline rename --dry-run
      dateline rename
    """
    from dateline.rename import rename as rename_files
    from dateline.store import Corpus

    done = rename_files(Corpus(settings.root), dry_run=dry_run)
    for (kind, old, new), count in sorted(done.labels.items()):
        click.echo(f"{kind}: {old} to {new}, {count:,} time{'s'[: count != 1]}")
    deed = "would change" if dry_run else "changed"
    settings.say(f"annotation files: {len(done.files)} {deed}")
