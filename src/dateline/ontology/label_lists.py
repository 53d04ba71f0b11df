"""The lists of labels that an ontology declares, by the kind of label as in ``dateline rename``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dateline.ontology.labels import Attribute, Label, Ontology
from dateline.ontology.schemas import LABEL_DEFINITIONS, LAYER_DEFINITIONS

LABEL_KINDS: Mapping[str, str] = {
    "document": "document",
    "entities": "entity",
    "relations": "relation",
    "events": "event",
    "claims": "act",
}
"""The kind of a layer's labels."""


def label_lists(ontology: Ontology, *, values: bool = False) -> Mapping[str, tuple[Label, ...]]:
    """All lists of labels by kind, without empty ones; with the ``values`` of attributes or not."""
    lists = {LABEL_KINDS[name]: layer.labels for name, layer in ontology.layers.items()}
    lists |= {kind: getattr(ontology, field) for field, kind in LABEL_DEFINITIONS.items()}
    if values:
        lists |= {f"{item}.{a.name}": a.values for item, a in attributes(ontology)}
    return {kind: labels for kind, labels in lists.items() if labels}


def attributes(ontology: Ontology) -> Iterator[tuple[str, Attribute]]:
    """All attributes, each with the definition that has it, such as ``mention``."""
    for name, layer in ontology.layers.items():
        for attribute in layer.attributes:
            yield LAYER_DEFINITIONS[name], attribute
    for attribute in ontology.entity_attributes:
        yield "entity", attribute
    for attribute in ontology.argument_attributes:
        yield "argument", attribute
