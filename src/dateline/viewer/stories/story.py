"""The content of a story: entities, events and claims of its documents, joined by their links.

What has the same entry of a knowledge base is the same in all documents; what has no link is known
in its document only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from dateline.annotations.items import text_items
from dateline.model import Annotation, Claim, Document, Event, Link, Mention, Struct
from dateline.rendering.site_links import document_link, item_link
from dateline.viewer.cards import Cards
from dateline.viewer.labels import Labels, ShownLabel
from dateline.viewer.stories.dates import StatedDate, date_attributes, stated_dates
from dateline.viewer.stories.stances import NOT_SO, Stances

Key = tuple[str, str]
"""A knowledge base and an entry, or a document and an id."""


class StoryDocument(Struct, frozen=True):
    """A document of a story; ``mark`` is its short name on the page of the story, such as A."""

    document: Document
    annotation: Annotation | None
    title: str
    withheld: bool
    mark: str = ""

    @property
    def link(self) -> str:
        """Its page, from the page of the story."""
        return f"../{document_link(self.document.id)}"


class Place(Struct, frozen=True):
    """An item of a document, with the link to it from the page of the story."""

    mark: str
    item: str
    link: str
    quote: str


class Filler(Struct, frozen=True):
    """A role of an event, and the names of what fills it."""

    role: str
    names: tuple[str, ...]


class Claimed(Struct, frozen=True):
    """A claim, and what it says of an event.

    ``value`` is the title of the factuality that it gives the event, and ``side`` that of its side
    of it (`Stances`); both are empty if it has none.
    """

    claimer: Key
    name: str
    label: ShownLabel
    place: Place
    value: str = ""
    side: str = ""


class Instance(Struct, frozen=True):
    """An event in one or several documents, with what is claimed about it."""

    label: ShownLabel
    places: tuple[Place, ...]
    fillers: tuple[Filler, ...]
    date: StatedDate | None
    claims: tuple[Claimed, ...]

    @property
    def quote(self) -> str:
        """The trigger in the first document, or the event's id."""
        return self.places[0].quote or self.places[0].item

    @property
    def by_side(self) -> Mapping[str, Sequence[Claimed]]:
        """The claims that take a side, by their side."""
        found: dict[str, list[Claimed]] = {}
        for claim in sorted(self.claims, key=lambda claim: claim.side == NOT_SO):
            if claim.side:
                found.setdefault(claim.side, []).append(claim)
        return found

    @property
    def is_disputed(self) -> bool:
        """Whether claims are on different sides of the event."""
        return len(self.by_side) > 1


class RelatedClaims(Struct, frozen=True):
    """Two claims with a relation between them."""

    label: ShownLabel
    symmetric: bool
    source: Claimed
    target: Claimed


class Story(Struct, frozen=True):
    """A group of documents and what they tell.

    ``is_opposite`` says whether claims on different sides of an event contradict each other.
    """

    group: str
    documents: tuple[StoryDocument, ...]
    instances: tuple[Instance, ...]
    claims: tuple[Claimed, ...]
    related: tuple[RelatedClaims, ...]
    is_opposite: bool

    @property
    def dated(self) -> list[Instance]:
        """The events with a date, in the order of their dates."""
        with_date = [(one.date, at, one) for at, one in enumerate(self.instances) if one.date]
        return [one for _, _, one in sorted(with_date, key=lambda found: found[:2])]

    @property
    def undated(self) -> list[Instance]:
        """The events without a date, in the order of the texts."""
        return [one for one in self.instances if one.date is None]

    @property
    def disputed(self) -> list[Instance]:
        """The events that claims differ about."""
        return [one for one in self.instances if one.is_disputed]


def story_of(group: str, documents: Sequence[StoryDocument], labels: Labels) -> Story:
    """The story that the documents of a group tell."""
    found = _Joined(labels)
    documents = [replace(one, mark=_mark(number)) for number, one in enumerate(documents)]
    for document in documents:
        if document.annotation is not None:
            found.add(document, document.annotation)
    return Story(
        group=group,
        documents=tuple(documents),
        instances=tuple(found.instances()),
        claims=tuple(found.claims),
        related=tuple(found.related),
        is_opposite=found.stances.are_opposite,
    )


def _mark(number: int) -> str:
    """A, B and so on to Z, AA, AB and so on."""
    rest, letter = divmod(number, 26)
    return (_mark(rest - 1) if rest else "") + chr(ord("A") + letter)


class _Joined:
    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self.stances = Stances(labels)
        self._dates = date_attributes(labels.ontology)
        self._symmetric = {r.name for r in labels.ontology.claim_relations if r.symmetric}
        self._names: dict[Key, str] = {}
        self._events: dict[Key, list[tuple[_Reader, Event]]] = {}
        self._about: dict[Key, list[Claimed]] = {}
        self.claims: list[Claimed] = []
        self.related: list[RelatedClaims] = []

    def add(self, document: StoryDocument, annotation: Annotation) -> None:
        reader = _Reader(document, annotation, self._labels)
        for entity in annotation.entities:
            self._names.setdefault(reader.entity_key(entity.id), reader.cards.quote(entity.id))
        for event in annotation.events:
            self._events.setdefault(reader.event_key(event), []).append((reader, event))
        events = {event.id: event for event in annotation.events}
        claims = {claim.id: self._claimed(reader, claim) for claim in annotation.claims}
        self.claims += claims.values()
        for claim in annotation.claims:
            for event in (events[name] for name in claim.events if name in events):
                value = {given.source: given.value for given in event.factuality}.get(claim.id)
                shown = self._labels.factuality(value) if value else ""
                about = self._about.setdefault(reader.event_key(event), [])
                side = self.stances.of(claim, value)
                about.append(replace(claims[claim.id], value=shown, side=side))
        for relation in annotation.claim_relations:
            if not {relation.source, relation.target} <= claims.keys():
                continue
            self.related.append(
                RelatedClaims(
                    label=self._labels.of("claim_relations", relation.type),
                    symmetric=relation.type in self._symmetric,
                    source=claims[relation.source],
                    target=claims[relation.target],
                )
            )

    def instances(self) -> Iterator[Instance]:
        for key, events in self._events.items():
            yield Instance(
                label=self._labels.of("events", events[0][1].type),
                places=tuple(reader.place(event.id) for reader, event in events),
                fillers=tuple(self._fillers(events)),
                date=min(
                    (
                        date
                        for reader, event in events
                        for one in event.arguments
                        for date in reader.dates_of(one.filler, self._dates)
                    ),
                    default=None,
                    key=lambda date: (date.start[:10], -len(date.text)),
                ),
                claims=tuple(self._about.get(key, ())),
            )

    def _fillers(self, events: Iterable[tuple[_Reader, Event]]) -> Iterator[Filler]:
        """What fills the roles, without the times that are dates anyway."""
        found: dict[str, dict[Key, str]] = {}
        for reader, event in events:
            for one in event.arguments:
                if not reader.dates_of(one.filler, self._dates):
                    key = reader.key_of(one.filler)
                    name = self._names.get(key) or reader.cards.quote(one.filler) or one.filler
                    found.setdefault(one.role, {}).setdefault(key, name)
        for role, names in found.items():
            yield Filler(role=role, names=tuple(dict.fromkeys(names.values())))

    def _claimed(self, reader: _Reader, claim: Claim) -> Claimed:
        key = reader.key_of(claim.claimer)
        name = self._names.get(key) or reader.cards.quote(claim.claimer) or claim.claimer
        if claim.claimer in self._labels.ontology.special_claimers:
            name = f"{name}, {reader.document.mark}"
        return Claimed(
            claimer=key,
            name=name,
            label=self._labels.of("claims", claim.act),
            place=reader.place(claim.id),
        )


class _Reader:
    """Reads an annotation with keys that are the same in all documents."""

    def __init__(self, document: StoryDocument, annotation: Annotation, labels: Labels) -> None:
        self.document = document
        self.cards = Cards(annotation, labels, withheld=document.withheld)
        self._items = text_items(annotation)
        self._entity_links = {entity.id: entity.links for entity in annotation.entities}
        self._event_links = {cluster.id: cluster.links for cluster in annotation.event_clusters}

    def entity_key(self, entity: str) -> Key:
        return self._key(self._entity_links.get(entity, ()), entity)

    def event_key(self, event: Event) -> Key:
        return self._key(self._event_links.get(event.cluster or "", ()), event.cluster or event.id)

    def key_of(self, id_: str) -> Key:
        item = self._items.get(id_)
        if isinstance(item, Mention) and item.entity is not None:
            return self.entity_key(item.entity)
        return self.event_key(item) if isinstance(item, Event) else self._key((), id_)

    def place(self, item: str) -> Place:
        name = self.document.document.id
        return Place(
            mark=self.document.mark,
            item=item,
            link=f"../{item_link(name, item)}",
            quote=self.cards.quote(item),
        )

    def dates_of(self, id_: str, names: tuple[str, ...]) -> list[StatedDate]:
        item = self._items.get(id_)
        return list(stated_dates(item.attributes, names)) if isinstance(item, Mention) else []

    def _key(self, links: Iterable[Link], id_: str) -> Key:
        known = [(link.kb, link.id) for link in links if link.id is not None]
        return min(known) if known else (self.document.document.id, id_)
