"""``dateline ontology`` and ``dateline init``."""

from __future__ import annotations

from collections.abc import Iterator
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

if TYPE_CHECKING:
    from dateline.ontology.labels import Label, Ontology


@click.command(cls=Command)
@format_option("text", "json")
@pass_settings
def ontology(settings: Settings, output_format: str) -> None:
    """Show the ontology's labels.

    Lists entity, event and claim types with guidelines and hotkeys, roles with allowed fillers,
    attributes and relations, from schema/ontology.schema.json.

    \b
    Example:
      dateline ontology
      dateline ontology --format json
    """
    from dateline.corpus.store import Corpus

    found = Corpus(settings.root).ontology
    if output_format == "json":
        echo_json(found, order="sorted")
        return
    from dateline.rendering.tables import Table, print_tables

    echo(styled(f"{found.title}, version {found.version}", bold=True))
    print_tables(
        Table(title, columns, rows, texts=len(columns)) for title, columns, rows in _tables(found)
    )


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@pass_settings
def init(settings: Settings, folder: Path) -> None:
    """Create an empty corpus in FOLDER.

    Writes the schemas, and empty folders for seeds, documents and annotations. Next, edit the
    labels in schema/ontology.schema.json, add texts to seeds/ and run `dateline ingest`.

    \b
    Example:
      dateline init my-corpus
      dateline --root my-corpus ontology
    """
    from dateline.corpus.create import create_corpus

    create_corpus(folder)
    settings.say(f"Created a corpus in {folder}. Its labels are in schema/ontology.schema.json.")


def _tables(
    ontology: Ontology,
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    entities, _, claims = ontology.layers.values()
    crosswalks = _crosswalks(ontology)
    yield "Entity types", ("Type", "Key", "Guideline"), [_row(label) for label in entities.labels]
    yield (
        "Event types",
        ("Type", "Key", "Guideline", "Roles"),
        [(*_row(event.label), ", ".join(event.roles)) for event in ontology.event_types.values()],
    )
    yield (
        "Similar event types in other inventories",
        ("Type", *crosswalks),
        [
            (name, *(event.crosswalk.get(other) or "" for other in crosswalks))
            for name, event in ontology.event_types.items()
        ],
    )
    yield (
        "Roles",
        ("Role", "Meaning", "Filled by"),
        [
            (role.name, role.description, ", ".join(sorted(role.fillers)))
            for role in ontology.roles.values()
        ],
    )
    yield "Claim acts", ("Act", "Key", "Guideline"), [_row(label) for label in claims.labels]
    yield "Claimers that are not mentions", ("Claimer", "Meaning"), _meanings(ontology.claimers)
    for layer in ontology.layers.values():
        yield (
            f"Attributes: {layer.title.lower()}",
            ("Attribute", "Value", "Meaning"),
            [
                (attribute.name, value.name, value.description)
                for attribute in layer.attributes
                for value in attribute.values
            ],
        )
    yield "Event relations", ("Relation", "Meaning"), _meanings(ontology.event_relations)
    yield "Claim relations", ("Relation", "Meaning"), _meanings(ontology.claim_relations)


def _crosswalks(ontology: Ontology) -> tuple[str, ...]:
    return tuple(
        {name: None for event in ontology.event_types.values() for name in event.crosswalk}
    )


def _row(label: Label) -> tuple[str, ...]:
    return label.name, label.hotkey or "", label.description


def _meanings(labels: tuple[Label, ...]) -> list[tuple[str, ...]]:
    return [(label.name, label.description) for label in labels]
