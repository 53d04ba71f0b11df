"""``dateline studio import``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    by_guidelines_option,
    draft_option,
    dry_run_option,
    echo,
    echo_json,
    format_option,
    kind_option,
    layers_option,
    names_option,
    pass_settings,
    template_option,
)
from dateline.errors import DatelineError
from dateline.rendering.listing import listed
from dateline.text import whole_number

if TYPE_CHECKING:
    from dateline.label_studio.importing.importer import ImportOptions, ImportResult

MAX_LINES = 50
"""How many unmapped labels or refusals a message lists."""


@click.command("import", cls=Command)
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that maps the export's labels to this corpus's.",
)
@template_option
@names_option(
    "--users",
    "USER=PSEUDONYM",
    "Pseudonyms of the export's users; if it has only one, PSEUDONYM is enough.",
)
@layers_option("Layers that were annotated.  [default: those with mapped labels]")
@kind_option
@by_guidelines_option
@draft_option
@dry_run_option("Show what would be imported, and write nothing.")
@format_option("text", "json")
@pass_settings
def import_export(
    settings: Settings,
    export: Path,
    mapping: Path | None,
    template: bool,
    users: tuple[str, ...],
    layers: tuple[str, ...],
    kind: str,
    by_guidelines: bool,
    draft: bool,
    dry_run: bool,
    output_format: str,
) -> None:
    """Import an export of another labelling project through a mapping.

    EXPORT is a "JSON" export of any Label Studio project whose texts are in this corpus. The
    mapping gives the corpus's name for each label, choice and relation, or ignores it; nothing is
    imported while one is unmapped. Existing files are never overwritten. Names and addresses of
    users are not kept.

    \b
    Example:
      dateline studio import export.json --template > mapping.toml
      dateline studio import export.json --mapping mapping.toml --users ana
    """
    from dateline.corpus.guidelines import guidelines_of
    from dateline.corpus.store import Corpus
    from dateline.label_studio.importing import importer
    from dateline.label_studio.importing.export_file import read_export
    from dateline.label_studio.importing.mapping import read_mapping
    from dateline.label_studio.importing.template import mapping_template

    corpus = Corpus(settings.root)
    if template == (mapping is not None):
        raise click.UsageError("Give either --mapping FILE or --template.")
    tasks = read_export(export)
    if mapping is None:
        echo(mapping_template(importer.export_labels(tasks), corpus.ontology), nl=False)
        return
    options = importer.ImportOptions(
        pseudonyms=_pseudonyms(users),
        layers=corpus.ontology.chosen_layers(layers) if layers else None,
        kind=kind,
        draft=draft,
        dry_run=dry_run,
        guidelines=guidelines_of(corpus) if by_guidelines else None,
    )
    labels = read_mapping(mapping, corpus.ontology)
    _report(
        settings, importer.import_export(corpus, tasks, labels, options), options, output_format
    )


def _pseudonyms(given: tuple[str, ...]) -> dict[str, str]:
    pseudonyms: dict[str, str] = {}
    for pair in given:
        user, _, name = pair.rpartition("=")
        number = whole_number(user)
        user = user if number is None else str(number)
        if pseudonyms.setdefault(user, name) != name:
            which = f"user {user}" if user else "the only user"
            raise click.BadParameter(f"{which} has several pseudonyms.", param_hint="--users")
    return pseudonyms


def _report(
    settings: Settings, result: ImportResult, options: ImportOptions, output_format: str
) -> None:
    refused = [notice for notice in result.notices if notice.level == "refused"]
    if output_format == "json":
        echo_json(result)
    else:
        for file in result.written:
            echo(file)
        for notice in result.notices:
            if notice.level != "refused":
                settings.say(notice.line)
    if result.unmapped:
        raise DatelineError(
            'Nothing was imported: these labels are not mapped. Map each one, or use "ignore":\n'
            + _lines(count.line for count in result.unmapped)
        )
    settings.say(
        f"annotations: {len(result.written)} {'to write' if options.dry_run else 'written'}, "
        f"{result.unchanged} unchanged, {len({(n.task, n.annotator) for n in refused})} refused"
    )
    if refused:
        draftable = any(notice.draftable for notice in refused)
        hint = " (--draft imports annotations with problems as drafts)" if draftable else ""
        raise DatelineError(f"Not imported{hint}:\n" + _lines(notice.line for notice in refused))


def _lines(lines: Iterable[str]) -> str:
    shown = listed(lines, MAX_LINES, more="more; --format json lists all")
    return "\n".join(f"  {line}" for line in shown)
