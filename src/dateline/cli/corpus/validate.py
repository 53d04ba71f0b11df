"""``dateline validate`` and ``dateline rules``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.shared import (
    Command,
    Settings,
    echo,
    echo_json,
    format_option,
    pass_settings,
    styled,
)
from dateline.rendering.listing import counted

if TYPE_CHECKING:
    from dateline.validation.incidents import Incident


@click.command(cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--summary", is_flag=True, help="Show the number of findings of each rule instead.")
@format_option("text", "json", "github")
@pass_settings
def validate(
    settings: Settings, paths: tuple[Path, ...], summary: bool, output_format: str
) -> None:
    """Check the corpus against schemas and rules.

    PATHS are files or folders of the corpus. Without PATHS, everything is checked, including rules
    that concern the corpus as a whole. Every problem is reported with file, JSON Pointer, rule,
    quoted context and a hint. Exits with 1 if there are errors; warnings alone exit with 0.
    annotations/waivers.toml can waive a rule for an item, or change its level for the corpus.

    \b
    Examples:
      dateline validate
      dateline validate annotations/gold --format json
      dateline validate --summary
    """
    from dateline.corpus.store import Corpus
    from dateline.text import escaped
    from dateline.validation.engine import WAIVERS, CheckedDocument, check_corpus, check_documents
    from dateline.validation.selection import documents_at, is_at
    from dateline.validation.waivers import Waivers

    if summary and output_format == "github":
        raise click.UsageError("--summary has the formats text and json.")
    corpus = Corpus(settings.root)
    files = [corpus.relative(path.resolve()) for path in paths]
    documents = documents_at(corpus, files) if paths else corpus.document_ids()
    results = check_documents(corpus, documents) if paths else check_corpus(corpus)
    places = [escaped(file) for file in files]  # as in incidents
    incidents: list[Incident] = []
    annotations = 0
    for checked in settings.progress(results, "Validating", total=len(documents)):
        incidents += [i for i in checked.incidents if not places or is_at(i.file, places)]
        if isinstance(checked, CheckedDocument):
            annotations += checked.annotation_files
    if summary:
        _summarise(incidents, output_format)
    else:
        _print(incidents, output_format)
    levels = Waivers(corpus.root / WAIVERS).rules
    if levels:
        changed = ", ".join(f"{code} ({levels[code].level})" for code in sorted(levels))
        settings.say(f"{WAIVERS} sets the level of {changed}.")
    errors = sum(incident.level == "error" for incident in incidents)
    settings.say(
        f"Checked {counted(len(documents), 'document')} and "
        f"{counted(annotations, 'annotation')}: "
        f"{counted(errors, 'error')}, {counted(len(incidents) - errors, 'warning')}"
    )
    if errors:
        raise click.exceptions.Exit(1)


@click.command(cls=Command)
@format_option("text", "json")
def rules(output_format: str) -> None:
    """List the validation rules, and the reason for each.

    \b
    Examples:
      dateline rules
      dateline rules --format json
    """
    from dateline.validation.registry import all_rules

    if output_format == "json":
        import json

        fields = ("code", "level", "scope", "title", "why")
        rows = [{field: getattr(rule, field) for field in fields} for rule in all_rules().values()]
        echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for rule in all_rules().values():
        level = styled(rule.level, fg="red" if rule.level == "error" else "yellow")
        echo(styled(rule.code, bold=True), " ", level, f": {rule.title}.")
        echo(f"    {rule.why}")


def _print(incidents: Sequence[Incident], output_format: str) -> None:
    if output_format == "json":
        echo_json(incidents)
    elif output_format == "github":
        for incident in incidents:
            echo(_github(incident))
    else:
        for incident in incidents:
            show_incident(incident)


def _summarise(incidents: Sequence[Incident], output_format: str) -> None:
    from dateline.rendering.tables import Table, print_tables
    from dateline.validation.registry import all_rules

    groups: dict[tuple[str, str], list[Incident]] = {}
    for incident in incidents:
        groups.setdefault((incident.code, incident.level), []).append(incident)
    rows: list[dict[str, object]] = [
        {
            "code": code,
            "level": level,
            "title": all_rules()[code].title,
            "findings": len(group),
            "files": len({incident.file for incident in group}),
        }
        for (code, level), group in sorted(groups.items())
    ]
    if output_format == "json":
        echo_json(rows)
    elif rows:
        cells = [tuple(map(str, row.values())) for row in rows]
        columns = ("rule", "level", "what must hold", "findings", "files")
        print_tables([Table("", columns, cells, texts=3)])


def show_incident(incident: Incident) -> None:
    """Print an incident as lines of text."""
    color = "red" if incident.level == "error" else "yellow"
    place = f"{incident.file} {incident.pointer}".rstrip()
    echo(styled(place, bold=True), f" ({incident.subject})" if incident.subject else "")
    echo("  ", styled(f"{incident.level} {incident.code}", fg=color), f": {incident.message}")
    if incident.quote:
        echo(f"    {incident.quote}")
    echo(f"    {incident.hint}")


def _github(incident: Incident) -> str:
    def escape(value: str, more: str = "") -> str:
        for character in f"%\r\n{more}":
            value = value.replace(character, f"%{ord(character):02X}")
        return value

    message = f"{incident.pointer} {incident.message} {incident.hint}".strip()
    return (
        f"::{incident.level} file={escape(incident.file, ':,')},"
        f"title={incident.code}::{escape(message)}"
    )
