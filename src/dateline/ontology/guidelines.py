"""The label section of the annotation guidelines, generated from the ontology."""

from __future__ import annotations

import re
from collections import Counter

from dateline.model import Guidelines
from dateline.ontology.labels import Label, Ontology, Role
from dateline.ontology.schemas import LABEL_DEFINITIONS
from dateline.rendering.markdown import Markdown, environment

_TITLES = {
    "claimers": "Claimers that are not mentions",
    "factuality": "Factuality of events by source",
    "event_relations": "Relations between events",
    "claim_relations": "Relations between claims",
}
"""Titles of lists of labels, by the field of `Ontology`."""


def guidelines(ontology: Ontology, version: Guidelines | None = None) -> str:
    """All labels with definition, span, examples, counterexamples and neighbours, as Markdown.

    Headings are of level 3 and 4, to be placed under a heading of level 2. The ``version`` and its
    hash come first.
    """
    templates = environment("dateline.ontology")
    templates.filters["markdown"] = Markdown
    page = templates.get_template("guidelines.md.j2").render(
        ontology=ontology, version=version, roles=_roles(ontology), others=_other_lists(ontology)
    )
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"


def _roles(ontology: Ontology) -> list[tuple[str, Role]]:
    """The roles that differ in name, meaning or fillers.

    The title of a role that several event types define differently names its event types.
    """
    types: dict[tuple[str, str, frozenset[str]], tuple[Role, list[str]]] = {}
    for event, event_type in ontology.event_types.items():
        for role in event_type.roles.values():
            key = (role.name, role.description, role.fillers)
            types.setdefault(key, (role, []))[1].append(event)
    count = Counter(name for name, _, _ in types)
    return [
        (role.name if count[role.name] == 1 else f"{role.name} ({', '.join(events)})", role)
        for role, events in types.values()
    ]


def _other_lists(ontology: Ontology) -> list[tuple[str, tuple[Label, ...]]]:
    """Title and labels of the lists that belong to no item of a layer."""
    return [
        (_TITLES.get(field, field.capitalize()), labels)
        for field in LABEL_DEFINITIONS
        if (labels := getattr(ontology, field))
    ]
