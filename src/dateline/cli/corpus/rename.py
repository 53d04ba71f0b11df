"""``dateline rename``."""

from __future__ import annotations

from contextlib import nullcontext

import click

from dateline.cli.shared import Command, Settings, dry_run_option, echo, pass_settings
from dateline.rendering.listing import counted


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[[KIND:]OLD=NEW]...")
@dry_run_option()
@pass_settings
def rename(settings: Settings, names: tuple[str, ...], dry_run: bool) -> None:
    """Rename labels in the ontology and all annotations.

    Changes the name in schema/ontology.schema.json, adds the old name to x-formerly there, and
    replaces it in the annotations of all annotators. If there is an error, nothing is changed; an
    interrupted rename is finished when the command runs again. Ids stay the same. KIND is needed if
    several labels have the name: entity, relation, event, act, role, claimer, eventRelation,
    claimRelation, or an attribute such as mention.level or document.genre. Without arguments, names
    that x-formerly already lists are replaced in annotations.

    Decision logs (annotations/gold/DOCUMENT.log.jsonl) are a record and keep the old name; by
    x-formerly, adjudication reads them with the new one, so decisions still count. Only
    gold that was corrected by hand cannot be adjudicated again without dropping the corrections.

    Annotations in Label Studio are not changed: `studio push` keeps the old name on the page, and
    `studio pull` replaces it.

    \b
    Examples:
      dateline rename event:ATTACK=ASSAULT --dry-run
      dateline rename event:ATTACK=ASSAULT
    """
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked
    from dateline.migration.rename_in_schema import parse_rename
    from dateline.migration.rename_labels import rename_labels

    renames = [parse_rename(name) for name in names]
    corpus = Corpus(settings.root)
    # A dry run writes nothing at all, not even the lock.
    with nullcontext() if dry_run else locked(corpus.root):
        result = rename_labels(corpus, renames, dry_run=dry_run)
    for (kind, old, new), count in sorted(result.labels.items()):
        echo(f"{kind}: {old} to {new}, {counted(count, 'time')}")
    settings.say(f"{'Would change' if dry_run else 'Changed'} {counted(len(result.files), 'file')}")
