"""``dateline ontology``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    from dateline.ontology.labels import Attribute, Label, Ontology, RelationLabel, RelationType


@click.command(cls=Command)
@format_option("text", "json")
@pass_settings
def ontology(settings: Settings, output_format: str) -> None:
    """Show the ontology's labels.

    Lists the labels of each layer with guidelines and hotkeys, relation types with their ends,
    roles with their fillers, and attributes, from schema/ontology.schema.json.

    \b
    Examples:
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
    declared = {
        "coreference": found.has_coreference,
        "links of entities": found.has_links,
        "event coreference": found.has_event_coreference,
        "links of events": found.has_event_links,
    }
    echo(f"Layers: {', '.join((*found.layers, *(name for name in declared if declared[name])))}")
    print_tables(
        Table(title, columns, rows, texts=len(columns))
        for title, columns, rows in _tables(found)
        if rows
    )


def _tables(
    ontology: Ontology,
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """Title, columns and rows of each table; some may have no rows."""
    for layer in ontology.layers.values():
        columns, details = _details(ontology, layer.name)
        yield (
            _LABELS.get(layer.name, layer.title),
            ("Label", "Key", "Guideline", *columns),
            [
                (label.name, label.hotkey or "", label.description, *details(label))
                for label in layer.labels
            ],
        )
        yield _attributes(layer.title, layer.attributes)
        if layer.name == "entities":
            yield _attributes("Entity", ontology.entity_attributes)
        if layer.name == "events":
            yield _attributes("Argument", ontology.argument_attributes)
    crosswalks = _crosswalks(ontology)
    yield (
        "Similar event types in other inventories",
        ("Type", *crosswalks),
        [
            (name, *(event.crosswalk.get(other) or "" for other in crosswalks))
            for name, event in ontology.event_types.items()
            if crosswalks
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
    yield "Claimers that are not mentions", ("Claimer", "Meaning"), _meanings(ontology.claimers)
    yield _factuality(ontology), ("Value", "Meaning"), _meanings(ontology.factuality)
    for title, relations in (
        ("Event relations", ontology.event_relations),
        ("Claim relations", ontology.claim_relations),
    ):
        yield title, ("Relation", "Meaning", "Consequences"), _relations(relations)


_LABELS = {
    "entities": "Entity types",
    "relations": "Relation types",
    "events": "Event types",
    "claims": "Claim acts",
}
"""Titles of the tables of labels, by layer."""


def _details(
    ontology: Ontology, layer: str
) -> tuple[tuple[str, ...], Callable[[Label], tuple[str, ...]]]:
    """Further columns of a layer's labels, and their cells."""
    if layer == "relations":
        return ("From", "To"), lambda label: _ends(ontology.relation_types[label.name])
    if layer == "events":
        return ("Roles",), lambda label: (", ".join(ontology.event_types[label.name].roles),)
    return (), lambda _: ()


def _ends(relation: RelationType) -> tuple[str, str]:
    return (
        ", ".join(sorted(relation.sources)) or "any",
        ", ".join(sorted(relation.targets)) or "any",
    )


def _attributes(
    title: str, attributes: tuple[Attribute, ...]
) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    return (
        f"Attributes: {title.lower()}",
        ("Attribute", "Value", "Meaning"),
        [
            (attribute.name, value, meaning)
            for attribute in attributes
            for value, meaning in [
                (_form(attribute), attribute.description),
                *((label.name, label.description) for label in attribute.values),
            ]
        ],
    )


def _factuality(ontology: Ontology) -> str:
    required = ", ".join(ontology.required_sources)
    return "Factuality by source" + (f", for every event by {required}" if required else "")


def _form(attribute: Attribute) -> str:
    if not attribute.labels:
        return attribute.form
    necessity = "required of" if attribute.required else "only of"
    return f"{attribute.form}; {necessity} {', '.join(attribute.labels)}"


def _crosswalks(ontology: Ontology) -> tuple[str, ...]:
    return tuple(
        {name: None for event in ontology.event_types.values() for name in event.crosswalk}
    )


def _relations(labels: tuple[RelationLabel, ...]) -> list[tuple[str, ...]]:
    return [(label.name, label.description, " ".join(label.remarks)) for label in labels]


def _meanings(labels: tuple[Label, ...]) -> list[tuple[str, ...]]:
    return [(label.name, label.description) for label in labels]
