"""``dateline migrate``."""

from __future__ import annotations

import difflib
from contextlib import nullcontext

import click

from dateline.cli.shared import Command, Settings, dry_run_option, echo, pass_settings
from dateline.rendering.listing import counted


@click.command(cls=Command)
@dry_run_option()
@click.option(
    "--replace-schemas", is_flag=True,
    help="Also replace schemas that you changed in parts that are the same in every corpus.",
)  # fmt: skip
@pass_settings
def migrate(settings: Settings, dry_run: bool, replace_schemas: bool) -> None:
    """Update a corpus to the present format and layers.

    Rewrites the files of a corpus that an earlier version wrote. Ids, waivers and logs stay as they
    are, and releases can still be verified. Also run it after you declare or remove a layer in
    schema/ontology.schema.json: the schemas of annotations and predictions are derived from it.
    A corpus that needs no change is not changed. All files are written or none.

    --dry-run prints the differences of all files instead.

    \b
    Examples:
      dateline migrate --dry-run | less
      dateline migrate
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked
    from dateline.migration.format_upgrade import plan_migration

    corpus = Corpus(settings.root)
    with nullcontext() if dry_run else locked(corpus.root):
        migration = plan_migration(corpus, replace_schemas=replace_schemas)
        if not dry_run:
            migration.write(corpus)
    if dry_run:
        for path, (before, after) in migration.files.items():
            name = corpus.relative(path)
            old, new = ((content or b"").decode(errors="replace") for content in (before, after))
            lines = (old.splitlines(), new.splitlines())
            for line in difflib.unified_diff(*lines, f"a/{name}", f"b/{name}", n=1, lineterm=""):
                echo(line)
    changed = "Would change" if dry_run else "Changed"
    settings.say(f"{changed} {counted(len(migration.files), 'file')}")
