"""Former names of labels on the labelling page.

The server accepts a page without a label that is in use, and its editor then drops the label from
the regions that had it. So a project that was annotated under an old name keeps that name.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from dateline.label_studio.config.controls import NO_HOTKEY, controls_of
from dateline.label_studio.config.entries import parse_config
from dateline.label_studio.config.questions import Question, questions
from dateline.label_studio.config.relations import former_relations
from dateline.label_studio.config.xml import page_xml
from dateline.ontology.labels import Label, Ontology


def with_former_names(config: str, ontology: Ontology, present: str) -> str:
    """The labelling configuration, with each label also under its former names, marked as such.

    Attributes whose values are labels now keep the choices that they have in the ``present``
    configuration of a project.
    """
    page = ElementTree.fromstring(config)  # noqa: S314 (made by labelling_config)
    choices = {tag.get("name", ""): tag for tag in parse_config(present).iter("Choices")}
    for controls in controls_of(ontology):
        _keep(page, controls.labels, ontology.layers[controls.layer].labels)
    for question in questions(ontology):
        _keep(page, question.page_control, question.values)
        _keep_controls(page, question)
        if question.as_labels and question.control in choices:
            _keep_choices(page, question, choices[question.control])
    _keep_relations(page, former_relations(ontology))
    return page_xml(page)


def _keep(page: Element, control: str, labels: Iterable[Label]) -> None:
    for parent in page.iter():
        if parent.get("name") == control:
            for label in labels:
                for former in label.formerly:
                    hint = f"Now called {label.name}: use that."
                    tag = "Label" if parent.tag == "Labels" else "Choice"
                    SubElement(parent, tag, value=former, hint=hint, hotkey=NO_HOTKEY)


def _keep_controls(page: Element, question: Question) -> None:
    for parent in page.iter():
        for control in [child for child in parent if child.get("name") == question.control]:
            for former in question.formerly:
                kept = copy.deepcopy(control)
                kept.set("name", former)
                kept.attrib.pop("required", None)
                SubElement(parent, "Header", value=f"Formerly {former}: use the above.", size="6")
                parent.append(kept)


def _keep_choices(page: Element, question: Question, choices: Element) -> None:
    views = page.iterfind(f".//View[@whenTagName='{question.labels}']")
    for view in [view for view in views if view.get("visibleWhen")][:1]:
        kept = copy.deepcopy(choices)
        kept.attrib.pop("required", None)
        for choice in kept:
            choice.set("hotkey", NO_HOTKEY)
        value = f"Formerly {question.control}: use the labels above the text."
        SubElement(view, "Header", value=value, size="6")
        view.append(kept)


def _keep_relations(page: Element, formerly: Iterable[str]) -> None:
    for parent in page.iter("Relations"):
        present = {child.get("value") for child in parent}
        for former in dict.fromkeys(formerly):
            if former not in present:
                SubElement(parent, "Relation", value=former)
