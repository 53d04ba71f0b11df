"""Alignment of the items of several annotations of one text.

Mentions, events and claims are matched by their spans: first those with the same spans and label,
then those with the same spans, then those that overlap, each time maximising total similarity.
Entities and clusters are matched by the members that they share. Each item has at most one match,
and neither the order of items nor that of annotations matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

import numpy as np

from dateline.annotations.items import (
    chains_of,
    clusters_of,
    label_of,
    ranges_of,
    spans_of,
    text_items,
)
from dateline.metrics.assignment import assign
from dateline.model import Annotation, Range, Spans, Struct

OTHER_LABEL = 0.75
"""Minimal overlap (Dice) of two items with different labels for a match."""

Ids = Mapping[str, str]
"""Ids of one annotation's items, each with the id of its match in the other annotation."""

Group = Mapping[str, str]
"""Matched items of several annotators: the id of each one's item, by annotator."""


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


class Groups(Struct, frozen=True):
    """Every item of several annotations, grouped with its matches, in the order of the text."""

    mentions: tuple[Group, ...]
    entities: tuple[Group, ...]
    events: tuple[Group, ...]
    clusters: tuple[Group, ...]
    claims: tuple[Group, ...]


_Key = tuple[tuple[Range, ...], str, tuple[str, ...], str]

_Places = Mapping[str, Hashable]
"""Spans and label of each item by its id, to compare references of different annotations."""


class _Item(Struct, frozen=True):
    """What the matching needs of an item.

    ``traits`` decide between items with the same spans and label. ``key`` orders items; its last
    part, the id, only matters for items that are otherwise identical.
    """

    id: str
    ranges: tuple[Range, ...]
    label: str
    traits: frozenset[Hashable]
    key: _Key


_Weights = dict[tuple[str, str], float]
"""Similarity of pairs of items, by their ids; more than 0."""


def match(first: Annotation, second: Annotation) -> Matches:
    """Match the items of two annotations of the same text."""
    found = _match(first, second)
    return Matches(**{field: dict(weights.keys()) for field, weights in found.items()})


def group(annotations: Sequence[Annotation]) -> Groups:
    """Group the items of annotations of the same text.

    Pairwise matches are joined, the most similar first, as long as no group gets two items of one
    annotator. Raises ValueError if two annotations have the same annotator.
    """
    by_name = {annotation.annotator: annotation for annotation in annotations}
    if len(by_name) != len(annotations):
        raise ValueError("two annotations have the same annotator")
    names = sorted(by_name)
    found = {(a, b): _match(by_name[a], by_name[b]) for a, b in combinations(names, 2)}
    keys = {name: _keys(by_name[name]) for name in names}
    return Groups(
        **{
            field: _joined(
                {(name, id_): key for name in names for id_, key in keys[name][field].items()},
                {
                    ((a, one), (b, other)): weight
                    for (a, b), weights in found.items()
                    for (one, other), weight in weights[field].items()
                },
            )
            for field in Groups.__struct_fields__
        }
    )


def _match(first: Annotation, second: Annotation) -> dict[str, _Weights]:
    # Where several assignments are equally good, the order of the items chooses one, and that must
    # not depend on which annotation comes first.
    if _content(second) < _content(first):
        return {
            field: {(other, one): weight for (one, other), weight in weights.items()}
            for field, weights in _match(second, first).items()
        }
    keys = _keys(first), _keys(second)
    mentions = _by_place(_mentions(first), _mentions(second))
    places = _places(second)
    known = dict(mentions.keys())
    entities = _by_members(chains_of(first), chains_of(second), known, keys, "entities")
    matched = {one: places[other] for one, other in known.items()}
    events = _by_place(_events(first, matched), _events(second))
    known |= dict(events.keys())
    clusters = _by_members(clusters_of(first), clusters_of(second), known, keys, "clusters")
    matched |= {one: places[other] for one, other in events}
    claims = _by_place(_claims(first, matched), _claims(second))
    return {
        "mentions": mentions,
        "entities": entities,
        "events": events,
        "clusters": clusters,
        "claims": claims,
    }


def _mentions(annotation: Annotation) -> list[_Item]:
    return [
        _item(mention.id, mention.spans, mention.type, mention.attributes)
        for mention in annotation.mentions
    ]


def _events(annotation: Annotation, matched: _Places | None = None) -> list[_Item]:
    """The events; ``matched`` has the places of the fillers' matches, by ids of this annotation."""
    places = _places(annotation)
    return [
        _item(
            event.id,
            event.trigger,
            event.type,
            event.attributes,
            [(argument.role, argument.filler) for argument in event.arguments],
            places,
            matched,
        )
        for event in annotation.events
    ]


def _claims(annotation: Annotation, matched: _Places | None = None) -> list[_Item]:
    """The claims; ``matched`` as in `_events`, for claimers and events."""
    # A claimer that is not a mention is the same for every annotator.
    special = {claim.claimer: claim.claimer for claim in annotation.claims}
    places = special | _places(annotation)
    return [
        _item(
            claim.id,
            claim.spans,
            claim.act,
            {**claim.attributes, "": str(ranges_of(claim.cue or ()))},
            [("claimer", claim.claimer), *(("about", event) for event in claim.events)],
            places,
            matched,
        )
        for claim in annotation.claims
    ]


def _places(annotation: Annotation) -> dict[str, Hashable]:
    return {
        name: (ranges_of(spans_of(item)), label_of(item))
        for name, item in text_items(annotation).items()
    }


def _item(
    id_: str,
    spans: Spans,
    label: str,
    attributes: Mapping[str, str],
    references: Sequence[tuple[str, str]] = (),
    places: _Places = MappingProxyType({}),
    matched: _Places | None = None,
) -> _Item:
    """An item; its references are compared by place, because ids of annotations are unrelated."""
    ranges, values = ranges_of(spans), sorted(attributes.items())
    own = sorted(str((name, places.get(end))) for name, end in references)
    known = places if matched is None else {**places, **matched}
    return _Item(
        id=id_,
        ranges=ranges,
        label=label,
        traits=frozenset((*values, *((name, known.get(end)) for name, end in references))),
        key=(ranges, label, (*map(str, values), *own), id_),
    )


def _keys(annotation: Annotation) -> dict[str, dict[str, _Key]]:
    """The sort keys of the items of each kind, by id."""
    mentions = {item.id: item.key for item in _mentions(annotation)}
    events = {item.id: item.key for item in _events(annotation)}
    found = {
        "mentions": mentions,
        "events": events,
        "claims": {item.id: item.key for item in _claims(annotation)},
    }
    # An entity without mentions, or a cluster without events, has no place in the text.
    found["entities"] = {
        id_: min(mentions[member] for member in members)
        for id_, members in chains_of(annotation).items()
    }
    found["clusters"] = {
        id_: min(events[member] for member in members)
        for id_, members in clusters_of(annotation).items()
    }
    return found


def _content(annotation: Annotation) -> list[list[tuple[object, ...]]]:
    """The content of an annotation without ids, to put annotations in order."""
    return [
        sorted(item.key[:-1] for item in items)
        for items in (_mentions(annotation), _events(annotation), _claims(annotation))
    ]


def _by_place(left: Sequence[_Item], right: Sequence[_Item]) -> _Weights:
    """Match by spans and label, the rest by spans, and the rest of that by overlap.

    The similarity is above 3 in the first case, above 2 in the second, and up to 2 in the third.
    """
    found: _Weights = {}
    for candidates in (_same_place_and_label, _same_place, _overlapping):
        rows, columns = {one for one, _ in found}, {other for _, other in found}
        left = [item for item in left if item.id not in rows]
        right = [item for item in right if item.id not in columns]
        order = {item.id: item.key for item in left}, {item.id: item.key for item in right}
        found |= _best(candidates(left, right), *order)
    return found


def _same_place_and_label(left: Sequence[_Item], right: Sequence[_Item]) -> _Weights:
    return _equal(left, right, lambda item: (item.ranges, item.label), 3)


def _same_place(left: Sequence[_Item], right: Sequence[_Item]) -> _Weights:
    return _equal(left, right, lambda item: item.ranges, 2)


def _equal(
    left: Sequence[_Item],
    right: Sequence[_Item],
    what: Callable[[_Item], Hashable],
    least: int,
) -> _Weights:
    others: dict[Hashable, list[_Item]] = {}
    for item in right:
        others.setdefault(what(item), []).append(item)
    return {
        (one.id, other.id): least + _similarity(one, other)
        for one in left
        for other in others.get(what(one), ())
    }


def _overlapping(left: Sequence[_Item], right: Sequence[_Item]) -> _Weights:
    at: dict[int, list[_Item]] = {}
    for item in right:
        for offset in _offsets(item):
            at.setdefault(offset, []).append(item)
    by_id = {item.id: item for item in right}
    found: _Weights = {}
    for one in left:
        common = Counter(other.id for offset in _offsets(one) for other in at.get(offset, ()))
        for id_, count in common.items():
            other = by_id[id_]
            # Dice's coefficient of the two sets of characters.
            share = 2 * count / (len(list(_offsets(one))) + len(list(_offsets(other))))
            if one.label == other.label or share >= OTHER_LABEL:
                found[one.id, id_] = share + _similarity(one, other) / 2
    return found


def _offsets(item: _Item) -> Iterator[int]:
    for start, end in item.ranges:
        yield from range(start, end)


def _similarity(one: _Item, other: _Item) -> float:
    """Share of common traits, 0 to less than 1, to choose among items with the same spans."""
    return len(one.traits & other.traits) / (1 + len(one.traits | other.traits))


def _by_members(
    left: Mapping[str, Sequence[str]],
    right: Mapping[str, Sequence[str]],
    known: Ids,
    keys: tuple[Mapping[str, Mapping[str, _Key]], Mapping[str, Mapping[str, _Key]]],
    field: str,
) -> _Weights:
    """Match by the number of members that match each other."""
    wholes = {part: whole for whole, parts in right.items() for part in parts}
    shared = Counter(
        (whole, wholes[known[part]])
        for whole, parts in left.items()
        for part in parts
        if known.get(part) in wholes
    )
    return _best({pair: float(count) for pair, count in shared.items()}, *(k[field] for k in keys))


def _best(
    weights: _Weights, row_keys: Mapping[str, _Key], column_keys: Mapping[str, _Key]
) -> _Weights:
    """The one-to-one pairs with the greatest sum of weights."""
    rows = sorted({one for one, _ in weights}, key=row_keys.__getitem__)
    columns = sorted({other for _, other in weights}, key=column_keys.__getitem__)
    row_at = {id_: n for n, id_ in enumerate(rows)}
    column_at = {id_: n for n, id_ in enumerate(columns)}
    pairs = sorted(weights, key=lambda pair: (row_at[pair[0]], column_at[pair[1]]))
    chosen = assign(
        np.array([row_at[one] for one, _ in pairs]),
        np.array([column_at[other] for _, other in pairs]),
        (np.array([weights[pair] for pair in pairs]),),
    )
    return {pairs[n]: weights[pairs[n]] for n in chosen}


def _joined(
    keys: Mapping[tuple[str, str], _Key],
    links: Mapping[tuple[tuple[str, str], tuple[str, str]], float],
) -> tuple[Group, ...]:
    """Items by annotator and id, joined along the links between them, the strongest first."""
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 (slow to import)

    sets = DisjointSet(keys)
    order = sorted(links, key=lambda ends: (-links[ends], *sorted(keys[end] for end in ends), ends))
    for one, other in order:
        annotators = {name for name, _ in sets.subset(one)}
        if annotators.isdisjoint(name for name, _ in sets.subset(other)):
            sets.merge(one, other)
    groups = (dict(sorted(found)) for found in sets.subsets())
    return tuple(sorted(groups, key=lambda found: min(keys[place] for place in found.items())))
