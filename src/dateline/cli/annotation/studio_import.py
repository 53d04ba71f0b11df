"""``dateline studio import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Command, Settings, format_option, pass_settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.label_studio.importing.importer import Imported

SHOWN = 50
"""How many unmapped things or refusals a message lists."""


@click.command("import", cls=Command)
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says what the export's labels are here.",
)
@click.option("--template", is_flag=True, help="Print a mapping to fill in, and import nothing.")
@click.option(
    "--annotator",
    "pseudonyms",
    multiple=True,
    metavar="[USER=]PSEUDONYM",
    help="Whose work it is; with the number of the export's user where there are several.",
)
@click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.Choice(["entities", "events", "claims"]),
    help="Layer that was looked at; may be repeated.  [default: those that labels map to]",
)
@click.option(
    "--kind",
    type=click.Choice(["human", "model"]),
    default="human",
    show_default=True,
    help="Who decided: a person, or a program.",
)
@click.option("--draft", is_flag=True, help="Write what loses something or breaks a rule as draft.")
@format_option("text", "json")
@pass_settings
def import_export(
    settings: Settings,
    export: Path,
    mapping: Path | None,
    template: bool,
    pseudonyms: tuple[str, ...],
    layers: tuple[str, ...],
    kind: str,
    draft: bool,
    output_format: str,
) -> None:
    """Bring in an export that was made with other labels.

    EXPORT is the «JSON» export of any Label Studio project on texts of this corpus. The mapping
    says what its labels, choices and relations are here; while one of them is neither mapped nor
    ignored, nothing is written. Files that are there are never overwritten. No name and no address
    is kept.

    \b
    Example:
      dateline studio import export.json --template > mapping.toml
      dateline studio import export.json --mapping mapping.toml --annotator ana
    """
    from dateline.corpus.store import Corpus
    from dateline.label_studio.importing import importer as foreign
    from dateline.label_studio.importing.export_file import read_export
    from dateline.label_studio.importing.mapping import read_mapping
    from dateline.label_studio.importing.template import template as mapping_template

    corpus = Corpus(settings.root)
    if template == (mapping is not None):
        raise click.UsageError(
            "Name a mapping with --mapping, or have one to start from printed with --template."
        )
    tasks = read_export(export)
    if mapping is None:
        click.echo(mapping_template(foreign.occurrences(tasks), corpus.ontology), nl=False)
        return
    wishes = foreign.ImportWishes(
        pseudonyms=_pseudonyms(pseudonyms), layers=layers or None, kind=kind, draft=draft
    )
    labels = read_mapping(mapping, corpus.ontology)
    _report(settings, foreign.import_export(corpus, tasks, labels, wishes), output_format)


def _pseudonyms(given: tuple[str, ...]) -> dict[str, str]:
    pseudonyms: dict[str, str] = {}
    for written in given:
        user, _, name = written.rpartition("=")
        if pseudonyms.setdefault(user, name) != name:
            raise click.BadParameter(f"«{user}» is named twice", param_hint="--annotator")
    return pseudonyms


def _report(settings: Settings, imported: Imported, output_format: str) -> None:
    refused = [notice for notice in imported.notices if notice.level == "refused"]
    if output_format == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(imported), indent=2))
    else:
        for file in imported.written:
            click.echo(file)
        for notice in imported.notices:
            if notice.level != "refused":
                settings.say(notice.line)
    if imported.unmapped:
        lines = [occurrence.line for occurrence in imported.unmapped]
        raise DatelineError(
            "Nothing was imported, for the mapping does not say what these are; map each, or "
            "write «ignore»:\n" + _list(lines)
        )
    settings.say(
        f"annotations: {len(imported.written)} written, {imported.unchanged} unchanged, "
        f"{len({(n.task, n.annotator) for n in refused})} refused"
    )
    if refused:
        raise DatelineError(
            "Not imported (--draft takes in what has problems, as a draft):\n"
            + _list([notice.line for notice in refused])
        )


def _list(lines: list[str]) -> str:
    more = [f"and {len(lines) - SHOWN} more; --format json has all"] if len(lines) > SHOWN else []
    return "\n".join(f"  {line}" for line in (*lines[:SHOWN], *more))
