"""The label section of the annotation guidelines, generated from the ontology."""

from __future__ import annotations

import re

from dateline.ontology.labels import Ontology
from dateline.rendering.markdown import Markdown, environment

BLOCK = "labels"
"""Name of the generated block in a page of guidelines."""


def guidelines(ontology: Ontology) -> str:
    """All labels with definition, span, examples, counterexamples and neighbours, as Markdown.

    Headings are of level 3 and 4, to be placed under a heading of level 2.
    """
    templates = environment("dateline.ontology")
    templates.filters["markdown"] = Markdown
    page = templates.get_template("guidelines.md.j2").render(ontology=ontology)
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"
