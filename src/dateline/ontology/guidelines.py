"""The part of the annotation guidelines that says what each label means, made from the ontology."""

from __future__ import annotations

import re

from dateline.ontology.labels import Ontology
from dateline.rendering.markdown import Markdown, environment

BLOCK = "labels"
"""The name of the marks between which a page of guidelines holds this part."""


def guidelines(ontology: Ontology) -> str:
    """Every label with its definition, span, examples, counterexamples and neighbours, as Markdown.

    Headings are of the third and fourth level, so that it fits into a page under a second one.
    """
    templates = environment("dateline.ontology")
    templates.filters["markdown"] = Markdown
    roles: dict[str, dict[str, list[str]]] = {name: {} for name in ontology.layers}
    roles["events"] = {name: [*event.roles] for name, event in ontology.event_types.items()}
    page = templates.get_template("guidelines.md.j2").render(ontology=ontology, roles=roles)
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"
