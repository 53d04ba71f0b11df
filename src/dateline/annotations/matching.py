"""Alignment of the items of two annotations of one text.

Mentions, events and claims are matched by their spans: first those with the same spans and label,
then those with the same spans, then those that overlap, each time maximising total similarity.
Entities and clusters are matched by the members that they share. Each item has at most one match,
and neither the order of items nor that of annotations matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from dateline.annotations.differences import format_value
from dateline.annotations.items import (
    chains_of,
    clusters_of,
    label_of,
    ranges_of,
    spans_of,
    text_items,
)
from dateline.metrics.assignment import assign
from dateline.model import Annotation, Attributes, Range, Spans, Struct

OTHER_LABEL = 0.75
"""Minimal overlap (Dice) of two items with different labels for a match."""

Ids = Mapping[str, str]
"""Ids of one annotation's items, each with the id of its match in the other annotation."""


class Matches(Struct, frozen=True):
    """For each id in the first annotation, the id of its match in the second."""

    mentions: Ids
    entities: Ids
    events: Ids
    clusters: Ids
    claims: Ids

    def of_layer(self, layer: str) -> Ids:
        """The matches of a layer's items that are anchored in the text."""
        return {"entities": self.mentions, "events": self.events, "claims": self.claims}[layer]


ItemKey = tuple[tuple[Range, ...], str, tuple[str, ...], str]

Places = Mapping[str, Hashable]
"""Spans and label of each item by its id, to compare references of different annotations."""


K = TypeVar("K", ItemKey, tuple[int, ...])


class MatchItem(Struct, frozen=True):
    """What the matching needs of an item.

    ``traits`` decide between items with the same spans and label. ``key`` orders items; its last
    part, the id, only matters for items that are otherwise identical.
    """

    id: str
    ranges: tuple[Range, ...]
    label: str
    traits: frozenset[Hashable]
    key: ItemKey
    values: tuple[Hashable, ...]
    references: tuple[tuple[str, str], ...]

    def referring(self, places: Places) -> MatchItem:
        """The item with its references at other places; most items have none."""
        if not self.references:
            return self
        ends = ((name, places.get(end)) for name, end in self.references)
        return replace(self, traits=frozenset((*self.values, *ends)))


class ItemIndex:
    """What the matching needs of an annotation; computed once, for any number of matches."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotator = annotation.annotator
        self.chains = chains_of(annotation)
        self.clusters = clusters_of(annotation)
        self.places: Places = {
            name: (ranges_of(spans_of(item)), label_of(item))
            for name, item in text_items(annotation).items()
        }
        # A claimer that is not a mention is the same for every annotator.
        self.claimers: Places = {
            **{claim.claimer: claim.claimer for claim in annotation.claims},
            **{f.source: f.source for event in annotation.events for f in event.factuality},
        }
        self.mentions = [
            _item(mention.id, mention.spans, mention.type, mention.attributes)
            for mention in annotation.mentions
        ]
        self.events = [
            _item(
                event.id,
                event.trigger,
                event.type,
                event.attributes,
                [
                    *(argument.key for argument in event.arguments),
                    *((f"factuality {f.value}", f.source) for f in event.factuality),
                ],
                {**self.claimers, **self.places},
            )
            for event in annotation.events
        ]
        self.claims = [
            _item(
                claim.id,
                claim.spans,
                claim.act,
                {**claim.attributes, "": str(ranges_of(claim.cue or ()))},
                [("claimer", claim.claimer), *(("about", event) for event in claim.events)],
                {**self.claimers, **self.places},
            )
            for claim in annotation.claims
        ]
        # Without ids, to put annotations in order.
        self.content = [
            sorted(item.key[:-1] for item in items)
            for items in (self.mentions, self.events, self.claims)
        ]
        mentions, events = self.keys_of(self.mentions), self.keys_of(self.events)
        # An entity without mentions, or a cluster without events, has no place in the text.
        self.keys = {
            "mentions": mentions,
            "events": events,
            "claims": self.keys_of(self.claims),
            "entities": {
                id_: min(mentions[member] for member in members)
                for id_, members in self.chains.items()
            },
            "clusters": {
                id_: min(events[member] for member in members)
                for id_, members in self.clusters.items()
            },
        }

    @staticmethod
    def keys_of(items: Sequence[MatchItem]) -> dict[str, ItemKey]:
        """The sort keys of items by id."""
        return {item.id: item.key for item in items}


Weights = dict[tuple[str, str], float]
"""Similarity of pairs of items, by their ids; more than 0."""


def match(first: Annotation, second: Annotation) -> Matches:
    """Match the items of two annotations of the same text."""
    return match_indexed(ItemIndex(first), ItemIndex(second))


def match_indexed(first: ItemIndex, second: ItemIndex) -> Matches:
    """Match the items of two annotations of the same text, of which each is indexed once."""
    found = _match(first, second)
    return Matches(**{field: dict(weights.keys()) for field, weights in found.items()})


def _match(first: ItemIndex, second: ItemIndex) -> dict[str, Weights]:
    # Where several assignments are equally good, the order of the items chooses one, and that must
    # not depend on which annotation comes first.
    if second.content < first.content:
        return {
            field: {(other, one): weight for (one, other), weight in weights.items()}
            for field, weights in _match(second, first).items()
        }
    mentions = match_by_place(first.mentions, second.mentions)
    known = dict(mentions.keys())
    keys = first.keys, second.keys
    entities = _by_members(first.chains, second.chains, known, keys, "entities")
    places = {
        **first.claimers,
        **first.places,
        **{one: second.places[other] for one, other in known.items()},
    }
    events = match_by_place([event.referring(places) for event in first.events], second.events)
    known |= dict(events.keys())
    clusters = _by_members(first.clusters, second.clusters, known, keys, "clusters")
    places |= {one: second.places[other] for one, other in events}
    claims = match_by_place([claim.referring(places) for claim in first.claims], second.claims)
    return {
        "mentions": mentions,
        "entities": entities,
        "events": events,
        "clusters": clusters,
        "claims": claims,
    }


def _item(
    id_: str,
    spans: Spans,
    label: str,
    attributes: Attributes,
    references: Sequence[tuple[str, str]] = (),
    places: Places = MappingProxyType({}),
) -> MatchItem:
    """An item; its references are compared by place, because ids of annotations are unrelated."""
    ranges = ranges_of(spans)
    values = sorted((name, format_value(value)) for name, value in attributes.items())
    ends = [(name, places.get(end)) for name, end in references]
    return MatchItem(
        id=id_,
        ranges=ranges,
        label=label,
        traits=frozenset((*values, *ends)),
        key=(ranges, label, (*map(str, values), *sorted(map(str, ends))), id_),
        values=tuple(values),
        references=tuple(references),
    )


def match_by_place(left: Sequence[MatchItem], right: Sequence[MatchItem]) -> Weights:
    """Match by spans and label, the rest by spans, and the rest of that by overlap.

    The similarity is above 3 in the first case, above 2 in the second, and up to 2 in the third.
    """
    found: Weights = {}
    for candidates in (_same_place_and_label, same_place, overlapping):
        rows, columns = {one for one, _ in found}, {other for _, other in found}
        left = [item for item in left if item.id not in rows]
        right = [item for item in right if item.id not in columns]
        order = {item.id: item.key for item in left}, {item.id: item.key for item in right}
        found |= best_pairs(candidates(left, right), *order)
    return found


def _same_place_and_label(left: Sequence[MatchItem], right: Sequence[MatchItem]) -> Weights:
    return _equal(left, right, lambda item: (item.ranges, item.label), 3)


def same_place(left: Sequence[MatchItem], right: Sequence[MatchItem]) -> Weights:
    """Candidates with the same spans."""
    return _equal(left, right, lambda item: item.ranges, 2)


def _equal(
    left: Sequence[MatchItem],
    right: Sequence[MatchItem],
    what: Callable[[MatchItem], Hashable],
    least: int,
) -> Weights:
    others: dict[Hashable, list[MatchItem]] = {}
    for item in right:
        others.setdefault(what(item), []).append(item)
    return {
        (one.id, other.id): least + _similarity(one, other)
        for one in left
        for other in others.get(what(one), ())
    }


def overlapping(left: Sequence[MatchItem], right: Sequence[MatchItem]) -> Weights:
    """Candidates that overlap: much, or with the same label."""
    at: dict[int, list[MatchItem]] = {}
    for item in right:
        for offset in _offsets(item):
            at.setdefault(offset, []).append(item)
    by_id = {item.id: item for item in right}
    found: Weights = {}
    for one in left:
        common = Counter(other.id for offset in _offsets(one) for other in at.get(offset, ()))
        for id_, count in common.items():
            other = by_id[id_]
            # Dice's coefficient of the two sets of characters.
            share = 2 * count / (len(list(_offsets(one))) + len(list(_offsets(other))))
            if one.label == other.label or share >= OTHER_LABEL:
                found[one.id, id_] = share + _similarity(one, other) / 2
    return found


def _offsets(item: MatchItem) -> Iterator[int]:
    for start, end in item.ranges:
        yield from range(start, end)


def _similarity(one: MatchItem, other: MatchItem) -> float:
    """Share of common traits, 0 to less than 1, to choose among items with the same spans."""
    return len(one.traits & other.traits) / (1 + len(one.traits | other.traits))


def _by_members(
    left: Mapping[str, Sequence[str]],
    right: Mapping[str, Sequence[str]],
    known: Ids,
    keys: tuple[Mapping[str, Mapping[str, ItemKey]], Mapping[str, Mapping[str, ItemKey]]],
    field: str,
) -> Weights:
    """Match by the number of members that match each other."""
    wholes = {part: whole for whole, parts in right.items() for part in parts}
    shared = Counter(
        (whole, wholes[known[part]])
        for whole, parts in left.items()
        for part in parts
        if known.get(part) in wholes
    )
    return best_pairs(
        {pair: float(count) for pair, count in shared.items()}, *(k[field] for k in keys)
    )


def best_pairs(
    weights: Weights, row_keys: Mapping[str, K], column_keys: Mapping[str, K]
) -> Weights:
    """The one-to-one pairs with the greatest sum of weights; ``keys`` put items in order."""
    candidates = Counter(one for one, _ in weights), Counter(other for _, other in weights)
    # Nearly all items have one candidate, which has no other: solving nothing is much faster.
    found = {
        pair: weight
        for pair, weight in weights.items()
        if candidates[0][pair[0]] == 1 == candidates[1][pair[1]]
    }
    if len(found) == len(weights):
        return found
    rest = weights.keys() - found.keys()
    favourites = _favourites({pair: weights[pair] for pair in rest})
    if favourites is not None:
        return found | favourites
    rows = sorted({one for one, _ in rest}, key=row_keys.__getitem__)
    columns = sorted({other for _, other in rest}, key=column_keys.__getitem__)
    row_at = {id_: n for n, id_ in enumerate(rows)}
    column_at = {id_: n for n, id_ in enumerate(columns)}
    pairs = sorted(rest, key=lambda pair: (row_at[pair[0]], column_at[pair[1]]))
    chosen = assign(
        np.array([row_at[one] for one, _ in pairs]),
        np.array([column_at[other] for _, other in pairs]),
        (np.array([weights[pair] for pair in pairs]),),
    )
    return found | {pairs[n]: weights[pairs[n]] for n in chosen}


def _favourites(weights: Weights) -> Weights | None:
    """Each row with its best column, if no two rows want the same one and there are no ties."""
    best: dict[str, tuple[float, str]] = {}
    tied: set[str] = set()
    for (one, other), weight in weights.items():
        if one not in best or weight > best[one][0]:
            best[one] = weight, other
            tied.discard(one)
        elif weight == best[one][0]:
            tied.add(one)
    if tied or len({other for _, other in best.values()}) < len(best):
        return None
    return {(one, other): weight for one, (weight, other) in best.items()}
