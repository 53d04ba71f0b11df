"""The units that are counted when an annotation is exported: items, and the parts of them.

Each unit has a kind, a name that is unique in its document, and a value. What an export loses is
the difference of the units before and after, so that nothing can be lost unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from dateline.model import Annotation, Attributes, Document, Link, Relation, Source

KINDS: Mapping[str, str] = {
    "texts": "the text of a document",
    "segmentation": "sentences and tokens",
    "metadata": "title, language, date, source, rights and so on of a document",
    "document attributes": "",
    "mentions": "",
    "mention attributes": "",
    "coreference": "which entity a mention refers to",
    "entities": "types and names of entities",
    "entity attributes": "",
    "entity links": "",
    "relations": "",
    "relation attributes": "",
    "events": "triggers with their types",
    "event attributes": "",
    "arguments": "",
    "argument attributes": "",
    "factuality": "values of events by source",
    "event coreference": "which event instance an event belongs to",
    "event links": "",
    "event relations": "",
    "claims": "claims with their act and claimer",
    "claim attributes": "",
    "cues": "",
    "claim events": "the events that a claim is about",
    "claim relations": "",
}
"""The kinds of units, with what they are where the name does not say it."""

METADATA = ("title", "language", "date", "group", "contrast", "meta", "source", "rights")
"""The fields of a document that are its metadata."""


class Unit(msgspec.Struct, frozen=True, gc=False):
    """A unit: its value, and the ids or names of the items without which it cannot be."""

    kind: str
    name: str
    value: object
    needs: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Kind and name, which identify a unit of a document."""
        return self.kind, self.name


def units_of_document(document: Document) -> Iterator[Unit]:
    """The text, the segmentation and the metadata that are given."""
    yield Unit("texts", "text", document.text)
    yield Unit("segmentation", "segmentation", (document.sentences, document.tokens))
    for field in METADATA:
        value = getattr(document, field)
        if value and value != Source():
            yield Unit("metadata", field, value)


def units_of(annotation: Annotation) -> Iterator[Unit]:
    """The units of an annotation."""
    for name, value in annotation.attributes.items():
        yield Unit("document attributes", name, value)
    for mention in annotation.mentions:
        yield Unit("mentions", mention.id, (mention.spans, mention.type))
        yield from _attributes("mention attributes", mention.id, mention.attributes, mention.id)
        if mention.entity is not None:
            needs = (mention.id, mention.entity)
            yield Unit("coreference", mention.id, mention.entity, needs)
    for entity in annotation.entities:
        yield Unit("entities", entity.id, (entity.type, entity.name))
        yield from _attributes("entity attributes", entity.id, entity.attributes, entity.id)
        yield from _links("entity links", entity.id, entity.links)
    yield from _relations("relations", annotation.relations)
    yield from _events(annotation)
    yield from _claims(annotation)


def _events(annotation: Annotation) -> Iterator[Unit]:
    for event in annotation.events:
        yield Unit("events", event.id, (event.trigger, event.type))
        yield from _attributes("event attributes", event.id, event.attributes, event.id)
        for argument in event.arguments:
            name, needs = f"{event.id} {argument.role} {argument.filler}", argument.filler
            yield Unit("arguments", name, argument.role, (event.id, needs))
            yield from _attributes(
                "argument attributes", name, argument.attributes, event.id, needs, name
            )
        for given in event.factuality:
            needs_source = (event.id, given.source)
            yield Unit("factuality", f"{event.id} {given.source}", given.value, needs_source)
        if event.cluster is not None:
            yield Unit("event coreference", event.id, event.cluster, (event.id,))
    for cluster in annotation.event_clusters:
        yield from _links("event links", cluster.id, cluster.links)
    yield from _relations("event relations", annotation.event_relations)


def _claims(annotation: Annotation) -> Iterator[Unit]:
    for claim in annotation.claims:
        value = (claim.spans, claim.act, claim.claimer)
        yield Unit("claims", claim.id, value, (claim.claimer,))
        yield from _attributes("claim attributes", claim.id, claim.attributes, claim.id)
        if claim.cue is not None:
            yield Unit("cues", claim.id, claim.cue, (claim.id,))
        for event in claim.events:
            yield Unit("claim events", f"{claim.id} {event}", event, (claim.id, event))
    yield from _relations("claim relations", annotation.claim_relations)


def _relations(kind: str, relations: tuple[Relation, ...]) -> Iterator[Unit]:
    for relation in relations:
        needs = (relation.source, relation.target)
        yield Unit(kind, relation.name, relation.type, needs)
        if kind == "relations":
            yield from _attributes(
                "relation attributes", relation.name, relation.attributes, *needs, relation.name
            )


def _attributes(kind: str, name: str, attributes: Attributes, *needs: str) -> Iterator[Unit]:
    for attribute, value in attributes.items():
        yield Unit(kind, f"{name}.{attribute}", value, needs)


def _links(kind: str, name: str, links: tuple[Link, ...]) -> Iterator[Unit]:
    entries: dict[str, list[Link]] = {}
    for link in links:
        entries.setdefault(link_name(name, link), []).append(link)
    for entry, same in entries.items():
        yield Unit(kind, entry, tuple(same), (name,))


def link_name(item: str, link: Link) -> str:
    """The name of a link in a report."""
    return f"{item} {link.kb}:{link.id or 'NIL'}"
