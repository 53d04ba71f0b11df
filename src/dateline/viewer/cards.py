"""What a page says about each item of an annotation: its attributes, and what it has to do with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from markupsafe import Markup, escape

from dateline.annotations.derived_relations import derived_relations
from dateline.annotations.items import (
    Item,
    TextItem,
    chains_of,
    clusters_of,
    label_of,
    spans_of,
    text_items,
    text_of,
)
from dateline.model import (
    RELATION_FIELDS,
    Annotation,
    Attributes,
    Claim,
    Entity,
    Event,
    Link,
    Mention,
    Relation,
    Spans,
    Struct,
)
from dateline.ontology.labels import Attribute
from dateline.viewer.labels import Labels, ShownLabel, shown_attributes

FIELDS = ("events", "claims", "entities", "mentions")
"""The fields whose items have a card, in the order of the page."""


@lru_cache(maxsize=50_000)
def escaped(text: str) -> str:
    """The text escaped for HTML; most texts of a page are on it several times."""
    return str(escape(text))


class Value(Struct, frozen=True):
    """A value of a fact; ``item`` is the id of the item that it is, if any."""

    text: str
    item: str = ""
    note: str = ""

    def html(self, prefix: str = "") -> Markup:
        """The value, as a link if it is an item; ``prefix`` is before the ids on the page."""
        return Markup(self.written(prefix))  # noqa: S704 (escaped)

    def written(self, prefix: str) -> str:
        """The value as HTML."""
        text = escaped(self.text)
        if self.item:
            text = f'<a href="#{escaped(prefix + self.item)}" dir="auto">{text}</a>'
        else:
            text = f'<span dir="auto">{text}</span>'
        return f'{text} <small dir="auto">{escaped(self.note)}</small>' if self.note else text


class Fact(Struct, frozen=True):
    """Something about an item, such as an attribute or the arguments with one role."""

    name: str
    values: tuple[Value, ...]
    hint: str = ""

    def written(self, prefix: str) -> str:
        """The fact as an entry of a list of descriptions, in HTML."""
        hint = f' title="{escaped(self.hint)}"' if self.hint else ""
        values = "".join(f"<dd>{value.written(prefix)}</dd>" for value in self.values)
        return f"<div><dt{hint}>{escaped(self.name)}</dt>{values}</div>"


class Card(Struct, frozen=True):
    """An item: its label, its text, and what is known about it.

    ``quote`` is empty if the text is withheld; ``place`` has the offsets, empty for entities.
    """

    id: str
    field: str
    label: ShownLabel
    quote: str
    place: str
    facts: tuple[Fact, ...]

    def html(self, prefix: str, *, is_anchor: bool, problems: str = "") -> Markup:
        """The card as an entry of a list; ``prefix`` is before the ids on the page.

        It has the item's id if ``is_anchor``; ``problems`` is HTML. It is written here and not in a
        template, because a page has hundreds of cards.
        """
        id_ = escaped(prefix + self.id)
        anchor = f' id="{id_}"' if is_anchor else ""
        facts = "".join(fact.written(prefix) for fact in self.facts)
        place = f" <small>{self.place}</small>" if self.place else ""
        return Markup(  # noqa: S704 (escaped)
            f'<li{anchor} class="card {self.label.style}" data-card="{id_}">\n'
            f'<a class="go" href="#{id_}"><span class="chip {self.field[0]}">'
            f"{escaped(self.label.title)}</span> "
            f'<span class="quote" dir="auto">{escaped(self.quote or self.place or self.id)}</span>'
            f'</a>\n<div class="more">\n<dl>{facts}</dl>\n{problems}'
            f'<p class="id"><code>{escaped(self.id)}</code>{place}</p>\n</div>\n</li>\n'
        )


class ShownRelation(Struct, frozen=True):
    """A relation between two items."""

    label: ShownLabel
    source: Value
    target: Value
    attributes: str


class Cards:
    """The cards of an annotation; without quotes if the text is withheld."""

    def __init__(self, annotation: Annotation, labels: Labels, *, withheld: bool = False) -> None:
        self._annotation = annotation
        self._labels = labels
        self._withheld = withheld
        self._items = text_items(annotation)
        self._chains = chains_of(annotation)
        self._clusters = clusters_of(annotation)
        self._entities = {entity.id: entity for entity in annotation.entities}
        self._links = {cluster.id: cluster.links for cluster in annotation.event_clusters}

    @cached_property
    def _relations(self) -> Mapping[str, Sequence[Relation]]:
        """Relations by field, with those of events that are derived."""
        given = self._annotation
        derived = derived_relations(given.events, self._labels.ontology.event_relations)
        return {
            "relations": given.relations,
            "event_relations": (*given.event_relations, *derived),
            "claim_relations": given.claim_relations,
        }

    @cached_property
    def _related(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """For each item, the titles of its relations, and the ids at their other ends."""
        found: dict[str, list[tuple[str, str]]] = {}
        for field in RELATION_FIELDS:
            for relation in self._relations[field]:
                title = self._labels.of(field, relation.type).title
                found.setdefault(relation.source, []).append((f"{title} →", relation.target))
                found.setdefault(relation.target, []).append((f"← {title}", relation.source))
        return found

    @cached_property
    def _incoming(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """For each item, what it is to others, and the ids of these."""
        found: dict[str, list[tuple[str, str]]] = {}
        for event in self._annotation.events:
            for one in event.arguments:
                found.setdefault(one.filler, []).append((f"{one.role} of", event.id))
            for given in event.factuality:
                found.setdefault(given.source, []).append(("Factuality of", event.id))
        for claim in self._annotation.claims:
            found.setdefault(claim.claimer, []).append(("Claims", claim.id))
            for name in claim.events:
                found.setdefault(name, []).append(("In claim", claim.id))
        return found

    def of(self, field: str) -> Iterator[Card]:
        """The cards of the items in a field, in the order of the annotation."""
        for item in getattr(self._annotation, field):
            is_entity = isinstance(item, Entity)
            yield Card(
                id=item.id,
                field=field,
                label=self._labels.of("mentions" if is_entity else field, label_of(item)),
                quote=self.quote(item.id),
                place="" if is_entity else place_of(spans_of(item)),
                facts=tuple(self._facts(item)),
            )

    def relations(self, field: str) -> Iterator[ShownRelation]:
        """The relations in a field, derived ones included."""
        for relation in self._relations[field]:
            yield ShownRelation(
                label=self._labels.of(field, relation.type),
                source=self._value(relation.source),
                target=self._value(relation.target),
                attributes=_listed(relation.attributes, self._declared(field)),
            )

    def marks(self, item: Item) -> Iterator[tuple[str, str]]:
        """Ids of the items that belong to an item, each with what it is to it."""
        match item:
            case Entity():
                yield from ((name, "") for name in self._chains.get(item.id, ()))
            case Mention() if item.entity is not None:
                yield from ((one, "") for one in self._chains[item.entity] if one != item.id)
            case Event():
                yield from ((one.filler, one.role) for one in item.arguments)
                yield from ((one, "same event") for one in self._same_event(item) if one != item.id)
            case Claim():
                if item.claimer in self._items:
                    yield item.claimer, "claimer"
                yield from ((event, "about") for event in item.events)

    def quote(self, id_: str) -> str:
        """The text of an item, the name of an entity, or the title of another claimer."""
        if id_ in self._items:
            return "" if self._withheld else text_of(spans_of(self._items[id_]))
        if id_ in self._entities:
            return "" if self._withheld else self._entities[id_].name
        return self._labels.claimer(id_)

    def _value(self, id_: str, note: str = "") -> Value:
        is_item = id_ in self._items or id_ in self._entities
        return Value(text=self.quote(id_) or id_, item=id_ if is_item else "", note=note)

    def _facts(self, item: Item) -> Iterator[Fact]:
        match item:
            case Mention():
                yield from self._attributes(item.attributes, self._declared("mentions"))
                yield from self._references("Entity", (item.entity,) if item.entity else ())
            case Entity():
                yield from self._attributes(
                    item.attributes, self._labels.ontology.entity_attributes
                )
                yield from _links(item.links)
                yield from self._references("Mentions", self._chains.get(item.id, ()))
            case Event():
                yield from self._of_event(item)
            case Claim():
                yield from self._of_claim(item)
        if not isinstance(item, Entity):
            yield from self._of_relations(item)
            yield from self._uses(item)

    def _of_event(self, event: Event) -> Iterator[Fact]:
        roles: dict[str, list[Value]] = {}
        for one in event.arguments:
            note = _listed(one.attributes, self._labels.ontology.argument_attributes)
            roles.setdefault(one.role, []).append(self._value(one.filler, note))
        for role, values in roles.items():
            yield Fact(role, tuple(values), self._labels.role(event.type, role))
        yield from self._attributes(event.attributes, self._declared("events"))
        if event.factuality:
            yield Fact(
                "Factuality",
                tuple(
                    self._value(one.source, self._labels.factuality(one.value))
                    for one in event.factuality
                ),
            )
        same = [one for one in self._same_event(event) if one != event.id]
        yield from self._references("Same event", same)
        yield from _links(self._links.get(event.cluster or "", ()))

    def _of_claim(self, claim: Claim) -> Iterator[Fact]:
        yield from self._references("Claimer", (claim.claimer,))
        if claim.cue:
            quoted = place_of(claim.cue) if self._withheld else text_of(claim.cue)
            yield Fact("Cue", (Value(quoted),))
        yield from self._references("About", claim.events)
        yield from self._attributes(claim.attributes, self._declared("claims"))
        outer = [o.id for o in self._annotation.claims if o is not claim and _within(claim, o)]
        inner = [o.id for o in self._annotation.claims if o is not claim and _within(o, claim)]
        yield from self._references("Within claim", outer)
        yield from self._references("Contains claim", inner)

    def _of_relations(self, item: TextItem) -> Iterator[Fact]:
        for title, other in self._related.get(item.id, ()):
            yield Fact(title, (self._value(other),))

    def _uses(self, item: TextItem) -> Iterator[Fact]:
        """The items that refer to an item."""
        used: dict[str, list[str]] = {}
        for name, by in self._incoming.get(item.id, ()):
            used.setdefault(name, []).append(by)
        for name, ids in used.items():
            yield from self._references(name, ids)

    def _references(self, name: str, ids: Iterable[str]) -> Iterator[Fact]:
        values = tuple(self._value(one) for one in ids)
        if values:
            yield Fact(name, values)

    def _attributes(
        self, attributes: Attributes, declared: tuple[Attribute, ...]
    ) -> Iterator[Fact]:
        hints = {one.title: one.description for one in declared}
        for title, value in shown_attributes(attributes, declared):
            yield Fact(title, (Value(value),), hints.get(title, ""))

    def _declared(self, field: str) -> tuple[Attribute, ...]:
        return self._labels.ontology.attributes_by_field.get(field, ())

    def _same_event(self, event: Event) -> Sequence[str]:
        return self._clusters.get(event.cluster, ()) if event.cluster else ()


def place_of(spans: Spans) -> str:
    """Offsets of spans in code points, such as ``12–17, 20–25``."""
    return ", ".join(f"{span.start}–{span.end}" for span in spans)


def _listed(attributes: Attributes, declared: tuple[Attribute, ...]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in shown_attributes(attributes, declared))


def _links(links: Iterable[Link]) -> Iterator[Fact]:
    values = tuple(Value(f"{link.kb}:{link.id or 'NIL'}", note=link.date or "") for link in links)
    if values:
        yield Fact("Links", values)


def _within(inner: Claim, outer: Claim) -> bool:
    """Whether a claim is in the extent of another; of two with the same extent, the later one."""
    extents = [(one.spans[0].start, -one.spans[-1].end, one.id) for one in (outer, inner)]
    return extents[0] < extents[1] and inner.spans[-1].end <= outer.spans[-1].end
