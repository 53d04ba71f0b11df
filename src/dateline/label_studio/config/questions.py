"""Controls of the page that ask for a value, such as an attribute or the id of an entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from dateline.label_studio.config.controls import (
    CLAIM,
    CLAIMER,
    ENTITY,
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT,
    EVENT_CLUSTER,
    EVENT_LINK,
    FACTUALITY,
    NO_HOTKEY,
    NOTE,
    UNSURE,
    VALUE,
    controls_of,
)
from dateline.model import Struct
from dateline.ontology.labels import Attribute, AttributeKind, Label, Ontology

DOCUMENT_ITEM, ENTITY_ITEM = "document", "entity"
"""Prefixes of the controls that ask for attributes of the document and of entities."""

YES, NO = "yes", "no"
_YES_OR_NO = (
    Label(name=YES, title="Yes", description=""),
    Label(name=NO, title="No", description=""),
)

_UNSURE_HINT = "The curator sees this, and your note."
_NOTE_HINT = "For the curator"
_LINK_HINT = "wikidata:Q42, or wikidata:NIL for none"


class Question(Struct, frozen=True):
    """A control that asks for a value.

    ``labels`` is the ``Labels`` control whose regions it asks about; None: it asks about the whole
    text. ``field`` is its name in a mapping of foreign labels, such as ``mention.level``. A value
    that is ``required`` may still be given elsewhere, at another mention of the same entity or by
    a relation, unless ``everywhere`` says that each region must have it. ``schema`` has the limits
    of a number. ``formerly`` are the names of the control before a label was renamed. ``regions``
    are the labels of the regions that it asks about; all if empty. With ``as_labels``, its values
    are further labels of a region, which annotators can choose before they draw it.
    """

    control: str
    layer: str
    labels: str | None
    field: str
    title: str
    kind: AttributeKind = "text"
    values: tuple[Label, ...] = ()
    required: bool = False
    everywhere: bool = False
    placeholder: str = ""
    schema: Mapping[str, Any] = {}
    formerly: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    as_labels: bool = False

    @property
    def page_control(self) -> str:
        """The name of the control on the page."""
        return values_control(self.control) if self.as_labels else self.control


def attribute_control(item: str, attribute: str) -> str:
    """The name of the control that asks for an attribute."""
    return f"{item}_{attribute}"


def values_control(control: str) -> str:
    """The name of the control for the values of a question as labels."""
    return attribute_control(VALUE, control)


def factuality_control(claimer: str) -> str:
    """The name of the control for an event's factuality by a claimer that is not a mention."""
    return attribute_control(FACTUALITY, claimer)


def questions(ontology: Ontology) -> tuple[Question, ...]:
    """All questions that the ontology needs, in the order of the page."""
    return tuple(_questions(ontology))


def note_questions(ontology: Ontology) -> Iterator[Question]:
    """The questions for notes on mentions, events and claims, and on the whole text.

    They are no part of what the ontology declares, and the layers of a project do not matter for
    those on the whole text.
    """
    for controls in controls_of(ontology):
        yield from _notes(controls.item, controls.layer, controls.labels)
    yield from _notes(DOCUMENT_ITEM, "document", None)


def questions_by_control(ontology: Ontology) -> Mapping[str, Question]:
    """The questions by the present and the former names of their control."""
    return {
        control: question
        for question in (*_questions(ontology), *note_questions(ontology))
        for control in (question.control, *question.formerly)
    }


def entity_questions(ontology: Ontology) -> Iterator[Question]:
    """The questions that are asked once for each entity."""
    if ontology.has_coreference:
        hint = "Once for each entity: its fullest name"
        yield _text(ENTITY_NAME, ENTITY.layer, ENTITY.labels, "Name of the entity", hint)
        if ontology.has_links:
            yield _text(ENTITY_LINK, ENTITY.layer, ENTITY.labels, "Knowledge base", _LINK_HINT)
        yield from _attributes(
            ontology,
            ontology.entity_attributes,
            ENTITY.layer,
            ENTITY_ITEM,
            ENTITY.labels,
            once="once for each entity",
        )


def cluster_questions(ontology: Ontology) -> Iterator[Question]:
    """The questions that are asked once for each event cluster."""
    if ontology.has_event_links:
        title = "Knowledge base, once for each event instance"
        yield _text(EVENT_LINK, EVENT.layer, EVENT.labels, title, _LINK_HINT)


def _questions(ontology: Ontology) -> Iterator[Question]:
    yield from _attributes(
        ontology, ontology.attributes_of("document"), "document", DOCUMENT_ITEM, None
    )
    for controls in controls_of(ontology):
        layer, labels = controls.layer, controls.labels
        attributes = ontology.attributes_of(layer)
        yield from _attributes(ontology, attributes, layer, controls.item, labels)
        if controls is ENTITY and ontology.has_coreference:
            hint = "Same text for every mention of one entity, such as e7"
            yield _text(ENTITY_ID, layer, labels, "Entity", hint)
            yield from entity_questions(ontology)
        if controls is EVENT and ontology.factuality:
            yield from _factuality(ontology)
        if controls is EVENT and ontology.has_event_coreference:
            hint = "Same text for every mention of one event instance"
            yield _text(EVENT_CLUSTER, layer, labels, "Event instance", hint)
            yield from cluster_questions(ontology)
        if controls is CLAIM and ontology.claimers:
            yield Question(
                control=CLAIMER,
                layer=layer,
                labels=labels,
                field=CLAIMER,
                title="Claimer, if not a mention",
                kind="label",
                values=ontology.claimers,
                required=True,
            )


def _factuality(ontology: Ontology) -> Iterator[Question]:
    # The values are those of several questions, and a key would choose one in each.
    values = tuple(replace(value, hotkey=None) for value in ontology.factuality)
    for claimer in ontology.claimers:
        is_required = claimer.name in ontology.required_sources
        yield Question(
            control=factuality_control(claimer.name),
            layer=EVENT.layer,
            labels=EVENT.labels,
            field=f"{FACTUALITY}.{claimer.name}",
            title=f"Factuality ({claimer.title})",
            kind="label",
            values=values,
            required=is_required,
            everywhere=is_required,
            formerly=tuple(map(factuality_control, claimer.formerly)),
        )


def _notes(item: str, layer: str, labels: str | None) -> Iterator[Question]:
    unsure = attribute_control(UNSURE, item)
    values = (Label(name=UNSURE, title="Unsure", description=_UNSURE_HINT, hotkey=NO_HOTKEY),)
    yield Question(
        control=unsure,
        layer=layer,
        labels=labels,
        field=unsure,
        title="",
        kind="label",
        values=values,
    )
    note = attribute_control(NOTE, item)
    yield Question(
        control=note, layer=layer, labels=labels, field=note, title="Note", placeholder=_NOTE_HINT
    )


def _text(control: str, layer: str, labels: str, title: str, placeholder: str) -> Question:
    return Question(
        control=control,
        layer=layer,
        labels=labels,
        field=control,
        title=title,
        placeholder=placeholder,
    )


def _attributes(
    ontology: Ontology,
    attributes: Iterable[Attribute],
    layer: str,
    item: str,
    labels: str | None,
    once: str = "",
) -> Iterator[Question]:
    # The page of an existing project has the former names of labels as well.
    labelled = ontology.layers[layer].labels if layer in ontology.layers else ()
    names = {label.name: (label.name, *label.formerly) for label in labelled}
    for attribute in attributes:
        default = attribute.default
        written = (YES if default else NO) if isinstance(default, bool) else default
        given = f"{written} if none is chosen" if written is not None else ""
        remarks = ", ".join(filter(None, [attribute.unit, once, given]))
        title = f"{attribute.title} ({remarks})" if remarks else attribute.title
        yield Question(
            control=attribute_control(item, attribute.name),
            layer=layer,
            labels=labels,
            field=f"{item}.{attribute.name}",
            title=f"{title}: {attribute.description}" if attribute.description else title,
            kind=attribute.kind,
            values=_YES_OR_NO if attribute.kind == "boolean" else attribute.values,
            required=attribute.required,
            everywhere=attribute.required and not once and default is None,
            placeholder=attribute.pattern,
            schema=attribute.schema,
            regions=tuple(name for label in attribute.labels for name in names[label]),
            as_labels=item == ENTITY.item and _has_labels(attribute),
        )


def _has_labels(attribute: Attribute) -> bool:
    """Whether the values can be labels of a region, which may have none or one of them."""
    return attribute.kind == "label" and attribute.default is not None and not attribute.labels
