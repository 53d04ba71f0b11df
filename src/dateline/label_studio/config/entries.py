"""Entries of a labelling configuration, and how often annotations use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from dateline.annotations.differences import format_value
from dateline.errors import InvalidInputError
from dateline.label_studio.config.controls import CLAIM, CLAIMER, ENTITY, EVENT, FACTUALITY
from dateline.label_studio.config.questions import (
    DOCUMENT_ITEM,
    ENTITY_ITEM,
    NO,
    YES,
    attribute_control,
    factuality_control,
    values_control,
)
from dateline.label_studio.config.relations import attribute_label
from dateline.label_studio.result_rows import rows_of, string, value_of
from dateline.model import RELATION_FIELDS, Annotation, Attributes, Struct
from dateline.ontology.labels import Ontology

RELATIONS = "Relations"


class ConfigEntry(Struct, frozen=True):
    """A control of the page, or (with ``name``) a label, a choice or a relation of one."""

    control: str
    name: str | None
    description: str


class UseCount(Struct, frozen=True):
    """How often an entry is used, and in how many annotations."""

    times: int
    annotations: int


def parse_config(config: str) -> Element:
    """A project's labelling configuration. Raises InvalidInputError if it is not XML."""
    try:
        return ElementTree.fromstring(config)  # noqa: S314 (the user's own server; expat bounds it)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InvalidInputError(
            f"The project's labelling configuration is not XML: {error}."
        ) from None


def config_entries(config: str) -> Iterator[ConfigEntry]:
    """All entries of a configuration. Raises InvalidInputError if it is not XML."""
    for tag in parse_config(config).iter():
        name, value = tag.get("name"), tag.get("value")
        if tag.tag == RELATIONS:
            for child in tag:
                label = child.get("value")
                yield ConfigEntry(control=RELATIONS, name=label, description=f'relation "{label}"')
        elif name is not None and tag.get("toName") is None:
            description = f'{tag.tag} "{name}" of {value}'
            yield ConfigEntry(control=name, name=None, description=description)
        elif name is not None:
            description = f'control "{name}" ({tag.tag} on {tag.get("toName")})'
            yield ConfigEntry(control=name, name=None, description=description)
            for child in tag.iter():
                label = child.get("value")
                if child is not tag and label is not None:
                    description = f'{child.tag.lower()} "{label}" of "{name}"'
                    yield ConfigEntry(control=name, name=label, description=description)


def removed_entries(old: str, new: str) -> list[ConfigEntry]:
    """The entries of the old configuration that the new one lacks.

    Raises InvalidInputError if one of them is not XML.
    """
    left = {entry.description for entry in config_entries(new)}
    return [entry for entry in config_entries(old) if entry.description not in left]


def uses_in_result(result: object) -> Iterator[tuple[str, str]]:
    """The control and the label of every use in a result, which may have any shape."""
    for row in rows_of(result):
        value = value_of(row)
        control = RELATIONS if row.get("type") == "relation" else row.get("from_name")
        names = row.get("labels") or value.get("labels") or value.get("choices") or [""]
        for name in names if isinstance(names, list) else [names]:
            yield str(control), string(name)


def uses_in_annotation(annotation: Annotation, ontology: Ontology) -> Iterator[tuple[str, str]]:
    """The control and the label of every use in an annotation, with the names of the page."""
    yield from _choices(DOCUMENT_ITEM, annotation.attributes)
    for mention in annotation.mentions:
        yield ENTITY.labels, mention.type
        for control, value in _choices(ENTITY.item, mention.attributes):
            yield control, value
            yield values_control(control), value  # if its values are labels on this page
    for entity in annotation.entities:
        yield from _choices(ENTITY_ITEM, entity.attributes)
    for event in annotation.events:
        yield EVENT.labels, event.type
        yield from _choices(EVENT.item, event.attributes)
        for argument in event.arguments:
            yield from _relation(argument.role, argument.attributes)
        for given in event.factuality:
            if given.source in ontology.special_claimers:
                yield factuality_control(given.source), given.value
            else:
                yield RELATIONS, attribute_label(FACTUALITY, given.value)
    mentions = {mention.id for mention in annotation.mentions}
    for claim in annotation.claims:
        yield CLAIM.labels, claim.act
        yield from _choices(CLAIM.item, claim.attributes)
        if claim.claimer not in mentions or claim.claimer in ontology.special_claimers:
            yield CLAIMER, claim.claimer
    for field in RELATION_FIELDS:
        for relation in getattr(annotation, field):
            yield from _relation(relation.type, relation.attributes)


def count_uses(
    entries: Iterable[ConfigEntry], annotations: Iterable[Iterable[tuple[str, str]]]
) -> Mapping[str, UseCount]:
    """How often these annotations use each entry, by its description."""
    wanted = {(entry.control, entry.name): entry.description for entry in entries}
    times: Counter[str] = Counter()
    found_in: Counter[str] = Counter()
    for annotation in annotations:
        counts = Counter(
            wanted[key]
            for control, name in annotation
            for key in ((control, name), (control, None))
            if key in wanted
        )
        times.update(counts)
        found_in.update(counts.keys())
    return {
        entry: UseCount(times=times[entry], annotations=found_in[entry])
        for entry in wanted.values()
    }


def _relation(label: str, attributes: Attributes) -> Iterator[tuple[str, str]]:
    yield RELATIONS, label
    for name, value in attributes.items():
        for one in value if isinstance(value, tuple) else (value,):
            yield RELATIONS, attribute_label(name, one)


def _choices(item: str, attributes: Attributes) -> Iterator[tuple[str, str]]:
    for name, value in attributes.items():
        for one in value if isinstance(value, tuple) else (value,):
            written = (YES if one else NO) if isinstance(one, bool) else format_value(one)
            yield attribute_control(item, name), written
