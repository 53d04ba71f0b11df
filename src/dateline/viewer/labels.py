"""How the labels of an ontology are shown: titles, guidelines and colors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from dateline.model import LAYER_FIELDS, SPAN_LAYERS, Attributes, AttributeValue, Struct
from dateline.ontology.labels import Attribute, Label, Ontology
from dateline.viewer.colors import (
    DARK_PAGE,
    LIGHT_PAGE,
    Rgb,
    generated,
    label_color,
    parsed,
    written,
)


class ShownLabel(Struct, frozen=True):
    """A label with its title and guideline; ``style`` is the class that has its colors."""

    name: str
    title: str
    description: str
    style: str


class Labels:
    """The labels of an ontology, as pages show them."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self._shown: dict[tuple[str, str], ShownLabel] = {}
        self._colors: list[Rgb] = []
        for layer in SPAN_LAYERS:
            for label in ontology.layers[layer].labels if layer in ontology.layers else ():
                self._add(LAYER_FIELDS[layer][0], label)
        for field, of in (
            ("event_relations", ontology.event_relations),
            ("claim_relations", ontology.claim_relations),
            ("relations", [one.label for one in ontology.relation_types.values()]),
        ):
            for label in of:
                self._shown[field, label.name] = _shown(label, "")
        self._claimers = {label.name: label.title for label in ontology.claimers}
        self._factuality = {label.name: label.title for label in ontology.factuality}

    def of(self, field: str, name: str) -> ShownLabel:
        """A label of the items in a field of annotations; one that is not declared is its name."""
        return self._shown.get((field, name)) or ShownLabel(
            name=name, title=name, description="", style=""
        )

    def all_of(self, field: str) -> Iterator[ShownLabel]:
        """The labels of the items in a field, in the order of the ontology."""
        return (label for (of, _), label in self._shown.items() if of == field)

    def claimer(self, name: str) -> str:
        """The title of a claimer that is not a mention."""
        return self._claimers.get(name, name)

    def factuality(self, name: str) -> str:
        """The title of a value of factuality."""
        return self._factuality.get(name, name)

    def role(self, event: str, name: str) -> str:
        """The guideline of a role of an event type; empty if it is not declared."""
        event_type = self.ontology.event_types.get(event)
        role = event_type.roles.get(name) if event_type else None
        return role.description if role else ""

    @cached_property
    def style(self) -> str:
        """CSS with a class for each label that has colors."""
        return "".join(
            f".k{number}{{--ink:{_both(color, 'ink')};--wash:{_both(color, 'wash')}}}\n"
            for number, color in enumerate(self._colors)
        )

    @cached_property
    def guidelines(self) -> Mapping[str, str]:
        """The guideline of each label that has colors, by its class."""
        return {one.style: one.description for one in self._shown.values() if one.style}

    def _add(self, field: str, label: Label) -> None:
        number = len(self._colors)
        self._colors.append(parsed(label.color) if label.color else generated(number))
        self._shown[field, label.name] = _shown(label, f"k{number}")


def shown_attributes(
    attributes: Attributes, declared: tuple[Attribute, ...]
) -> Iterator[tuple[str, str]]:
    """Title and value of each attribute, in the order of the ontology."""
    known = {one.name: one for one in declared}
    for name in sorted(attributes, key=lambda name: [*known, name].index(name)):
        one = known.get(name)
        yield (one.title if one else name), _value(attributes[name], one)


def _value(value: AttributeValue, attribute: Attribute | None) -> str:
    titles = {one.name: one.title for one in attribute.values} if attribute else {}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(titles.get(one, one) for one in value)
    shown = titles.get(value, value) if isinstance(value, str) else f"{value:,}"
    return f"{shown} {attribute.unit}" if attribute and attribute.unit else shown


def _shown(label: Label, style: str) -> ShownLabel:
    return ShownLabel(
        name=label.name, title=label.title, description=label.description, style=style
    )


def _both(declared: Rgb, part: str) -> str:
    light, dark = (
        written(getattr(label_color(declared, page), part)) for page in (LIGHT_PAGE, DARK_PAGE)
    )
    return f"light-dark({light},{dark})"
