"""Former names of labels on the labelling page.

The server takes a page that lacks a label in use, and its editor then drops the label from the
regions that had it. So a project that was annotated under an old name keeps that name.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from dateline.label_studio.page.controls import CLAIMER, CONTROLS, NO_HOTKEY
from dateline.ontology.labels import Label, Ontology, Role


def with_former_names(config: str, ontology: Ontology) -> str:
    """Our labelling configuration, with each label under its former names too, marked as such."""
    page = ElementTree.fromstring(config)  # noqa: S314 (made by labelling_config)
    for controls in CONTROLS:
        layer = ontology.layers[controls.layer]
        _keep(page, controls.labels, layer.labels)
        for attribute in layer.attributes:
            _keep(page, controls.attribute(attribute.name), attribute.values)
    _keep(page, CLAIMER, ontology.claimers)
    roles: list[Label | Role] = [
        role for event_type in ontology.event_types.values() for role in event_type.roles.values()
    ]
    _keep_relations(page, (*roles, *ontology.event_relations, *ontology.claim_relations))
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"


def _keep(page: Element, control: str, labels: Iterable[Label]) -> None:
    for parent in page.iter():
        if parent.get("name") == control:
            for label in labels:
                for former in label.formerly:
                    hint = f"Is called {label.name} now: use that."
                    tag = "Label" if parent.tag == "Labels" else "Choice"
                    SubElement(parent, tag, value=former, hint=hint, hotkey=NO_HOTKEY)


def _keep_relations(page: Element, labels: Iterable[Label | Role]) -> None:
    for parent in page.iter("Relations"):
        offered = {child.get("value") for child in parent}
        for former in dict.fromkeys(former for label in labels for former in label.formerly):
            if former not in offered:
                SubElement(parent, "Relation", value=former)
