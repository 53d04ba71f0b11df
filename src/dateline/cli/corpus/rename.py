"""``dateline rename``."""

from __future__ import annotations

import click

from dateline.cli.shared import Command, Settings, pass_settings


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[[KIND:]OLD=NEW]...")
@click.option("--dry-run", is_flag=True, help="Only say what would be renamed.")
@pass_settings
def rename(settings: Settings, names: tuple[str, ...], dry_run: bool) -> None:
    """Rename labels, here and in all annotations.

    Changes the name in schema/ontology.schema.json, keeps the old one there in x-formerly, and
    replaces it in the files of all annotators, or changes nothing where something is wrong; ids
    stay. KIND says which label is meant where several have the name: entity, event, act, role,
    claimer, eventRelation, claimRelation, or an attribute such as mention.level. Without names,
    annotations follow what x-formerly says already.

    What was submitted in Label Studio stays there as it is; push keeps the old name on the page,
    and pull reads it as the new one.

    \b
    Example:
      dateline rename event:ATTACK=ASSAULT --dry-run
      dateline rename event:ATTACK=ASSAULT
    """
    from dateline.corpus.store import Corpus
    from dateline.migration.rename_labels import rename as rename_labels
    from dateline.migration.schema_names import parse_new_name

    wanted = [parse_new_name(name) for name in names]
    done = rename_labels(Corpus(settings.root), wanted, dry_run=dry_run)
    for (kind, old, new), count in sorted(done.labels.items()):
        click.echo(f"{kind}: {old} to {new}, {count:,} time{'s'[: count != 1]}")
    action = "would change" if dry_run else "changed"
    settings.say(f"files: {len(done.files)} {action}")
