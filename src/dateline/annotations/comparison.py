"""How two annotations of one text differ, item by item, as far as items match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.annotations.differences import format_value
from dateline.annotations.items import (
    TextItem,
    clusters_of,
    items_of_layer,
    label_of,
    ranges_of,
    spans_of,
    text_items,
    text_of,
)
from dateline.annotations.matching import Matches
from dateline.annotations.pairing import (
    RELATIONS_OF,
    matched_entities,
    paired_arguments,
    paired_factuality,
    paired_relations,
)
from dateline.model import (
    SPAN_LAYERS,
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

NOTHING = "nothing"

Values = tuple[str, str | None, str | None]
"""An aspect of an item, and the value of each annotator."""


class ItemDifference(Struct, frozen=True):
    """An aspect of an item that two annotations differ in.

    ``spans`` are the place of the item. ``first`` and ``second`` are the values, None for an
    annotation that lacks the item. ``items`` are the ids of the item in the first and in the second
    annotation, empty where it is not there.
    """

    spans: Spans
    aspect: str
    first: str | None
    second: str | None
    items: tuple[str, str] = ("", "")


class Comparison:
    """Two annotations of one text and their matches."""

    def __init__(self, first: Annotation, second: Annotation, matches: Matches) -> None:
        self._annotations = first, second
        self._matches = matches
        self._quotes = tuple(
            {name: f'"{text_of(spans_of(item))}"' for name, item in items.items()}
            for items in (text_items(first), text_items(second))
        )
        self._names = tuple({e.id: e.name for e in side.entities} for side in (first, second))
        self._events = {event.id: event for event in first.events}
        self._clusters = clusters_of(first), clusters_of(second)
        self._known = {**matches.mentions, **matches.events, **matches.claims}

    def of_layer(self, layer: str) -> Iterator[ItemDifference]:
        """What only one annotator has in a layer, and the aspects in which matches differ.

        Attributes of the document are not among them; `attribute_differences` compares these.
        """
        if layer in SPAN_LAYERS:
            yield from self._of_spans(layer)
        if layer in RELATIONS_OF:
            yield from self._of_relations(layer)
        if layer == "entities":
            for place, one, other in matched_entities(*self._annotations, self._matches):
                for aspect, left, right in attribute_differences(one.attributes, other.attributes):
                    yield _difference(place, (f"entity {aspect}", left, right), one, other)
                for values in _links(one.links, other.links):
                    yield _difference(place, values, one, other)
        if layer == "events":
            yield from self._of_event_parts()
            yield from self._of_cluster_links()

    def _of_event_parts(self) -> Iterator[ItemDifference]:
        """Attributes of matched arguments, and factuality of matched events."""
        for event, mine, theirs in paired_arguments(*self._annotations, self._matches):
            for aspect, left, right in attribute_differences(mine.attributes, theirs.attributes):
                yield self._of_event(event, f"argument {mine.role} {aspect}", left, right)
        for event, source, one, other in paired_factuality(*self._annotations, self._matches):
            if one != other:
                values = one or NOTHING, other or NOTHING
                yield self._of_event(event, f"factuality by {source}", *values)

    def _of_spans(self, layer: str) -> Iterator[ItemDifference]:
        first, second = (items_of_layer(annotation, layer) for annotation in self._annotations)
        others = {item.id: item for item in second}
        for item in first:
            match = self._matches.of_layer(layer).get(item.id)
            if match is None:
                yield _difference(spans_of(item), ("presence", label_of(item), None), item, None)
            else:
                other = others.pop(match)
                for values in self._of_items(item, other):
                    yield _difference(spans_of(item), values, item, other)
        for item in others.values():
            yield _difference(spans_of(item), ("presence", None, label_of(item)), None, item)

    def _of_items(self, one: TextItem, other: TextItem) -> Iterator[Values]:
        """The aspects in which two matched items differ."""
        if ranges_of(spans_of(one)) != ranges_of(spans_of(other)):
            yield "span", format_value(spans_of(one)), format_value(spans_of(other))
        if label_of(one) != label_of(other):
            yield "label", label_of(one), label_of(other)
        yield from attribute_differences(one.attributes, other.attributes)
        if isinstance(one, Mention) and isinstance(other, Mention):
            yield from self._entities(one.entity, other.entity)
        if isinstance(one, Event) and isinstance(other, Event):
            yield from self._event_coreference(one, other)
            yield from self._arguments(one, other)
        if isinstance(one, Claim) and isinstance(other, Claim):
            yield from self._claims(one, other)

    def _of_relations(self, layer: str) -> Iterator[ItemDifference]:
        """Relations that only one annotator has, and those with other attributes."""
        for place, one, other in paired_relations(*self._annotations, self._matches, layer):
            if (
                one is None
                or other is None
                or [*attribute_differences(one.attributes, other.attributes)]
            ):
                yield ItemDifference(
                    spans=place,
                    aspect="relation",
                    first=self._relation(0, one),
                    second=self._relation(1, other),
                    items=(one.source if one else "", other.source if other else ""),
                )

    def _relation(self, side: int, relation: Relation | None) -> str | None:
        if relation is None:
            return None
        text = f"{relation.type} {self._quotes[side][relation.target]}"
        attributes = relation.attributes
        return f"{text} ({format_value(attributes)})" if attributes else text

    def _of_cluster_links(self) -> Iterator[ItemDifference]:
        """Links of matched clusters, at the first annotator's first event."""
        links = [{c.id: c.links for c in a.event_clusters} for a in self._annotations]
        for cluster, match in self._matches.clusters.items():
            event = self._events[self._clusters[0][cluster][0]]
            for values in _links(links[0].get(cluster, ()), links[1].get(match, ())):
                yield self._of_event(event, *values)

    def _of_event(
        self, event: Event, aspect: str, first: str | None, second: str | None
    ) -> ItemDifference:
        """A difference of an event of the first annotator."""
        return ItemDifference(
            spans=event.trigger,
            aspect=aspect,
            first=first,
            second=second,
            items=(event.id, self._matches.events.get(event.id, "")),
        )

    def _entities(self, one: str | None, other: str | None) -> Iterator[Values]:
        if (self._matches.entities.get(one) if one else None) != other:
            names = [
                (names.get(entity) or entity) if entity else NOTHING
                for names, entity in zip(self._names, (one, other), strict=True)
            ]
            yield "entity", names[0], names[1]

    def _event_coreference(self, one: Event, other: Event) -> Iterator[Values]:
        coreferent = [
            {event for event in clusters.get(own.cluster or "", ()) if event != own.id}
            for clusters, own in zip(self._clusters, (one, other), strict=True)
        ]
        if {self._other(event) for event in coreferent[0]} != coreferent[1]:
            one_events, other_events = (self._listed(i, sorted(coreferent[i])) for i in (0, 1))
            yield "event coreference", one_events, other_events

    def _arguments(self, one: Event, other: Event) -> Iterator[Values]:
        arguments = (
            {(a.role, self._other(a.filler)): a.filler for a in one.arguments},
            {(a.role, a.filler): a.filler for a in other.arguments},
        )
        if arguments[0].keys() != arguments[1].keys():
            values = []
            for side, own in enumerate(arguments):
                only = sorted(own.keys() - arguments[1 - side].keys())
                quotes = self._quotes[side]
                values.append(
                    ", ".join(f"{key[0]} {quotes.get(own[key], own[key])}" for key in only)
                )
            yield "arguments", values[0] or NOTHING, values[1] or NOTHING

    def _claims(self, one: Claim, other: Claim) -> Iterator[Values]:
        if self._matches.mentions.get(one.claimer, one.claimer) != other.claimer:
            yield "claimer", self._listed(0, [one.claimer]), self._listed(1, [other.claimer])
        if ranges_of(one.cue or ()) != ranges_of(other.cue or ()):
            yield "cue", format_value(one.cue), format_value(other.cue)
        if {self._matches.events.get(name, "") for name in one.events} != {*other.events}:
            yield "events", self._listed(0, one.events), self._listed(1, other.events)

    def _other(self, id_: str) -> str:
        """The id of a match in the second annotation; without a match, one that cannot occur."""
        return self._known.get(id_, f"only first {id_}")

    def _listed(self, side: int, ids: Sequence[str]) -> str:
        return ", ".join(self._quotes[side].get(name, name) for name in ids) or NOTHING


def _difference(
    spans: Spans, values: Values, one: TextItem | Entity | None, other: TextItem | Entity | None
) -> ItemDifference:
    aspect, first, second = values
    return ItemDifference(
        spans=spans,
        aspect=aspect,
        first=first,
        second=second,
        items=(one.id if one else "", other.id if other else ""),
    )


def attribute_differences(one: Attributes, other: Attributes) -> Iterator[tuple[str, str, str]]:
    """The attributes that differ; the order of several labels does not matter."""
    for name in sorted({*one, *other}):
        values = format_value(one.get(name)), format_value(other.get(name))
        if values[0] != values[1]:
            yield name, *values


def _links(one: tuple[Link, ...], other: tuple[Link, ...]) -> Iterator[Values]:
    values = format_value(one), format_value(other)
    if values[0] != values[1]:
        yield "links", *values
