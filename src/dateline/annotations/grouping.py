"""Alignment of the items of any number of annotations of one text.

The matches of each two annotations are joined, the most similar first, as long as no group gets two
items of one annotator. Most annotators have the same items at most places, so annotators are not
compared with each other, but places: where an item has spans and label that are its annotator's
only one, it is joined with all others like it, and only the rest is matched, once for each
different combination of items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

from msgspec.structs import replace

from dateline.annotations.matching import (
    ItemIndex,
    ItemKey,
    MatchItem,
    Weights,
    best_pairs,
    match_by_place,
    overlapping,
    same_place,
)
from dateline.model import Annotation, Struct

Group = Mapping[str, str]
"""Matched items of several annotators: the id of each one's item, by annotator."""


class Groups(Struct, frozen=True):
    """Every item of several annotations, grouped with its matches, in the order of the text."""

    mentions: tuple[Group, ...]
    entities: tuple[Group, ...]
    events: tuple[Group, ...]
    clusters: tuple[Group, ...]
    claims: tuple[Group, ...]


def group(annotations: Sequence[Annotation]) -> Groups:
    """Group the items of annotations of the same text.

    Raises ValueError if two annotations have the same annotator.
    """
    indexes = {a.annotator: ItemIndex(a) for a in sorted(annotations, key=lambda a: a.annotator)}
    if len(indexes) != len(annotations):
        raise ValueError("two annotations have the same annotator")
    mentions = _by_place({name: index.mentions for name, index in indexes.items()})
    numbers = _numbers(mentions)
    # References are the same if they are to items of one group.
    places: dict[str, dict[str, Hashable]] = {
        name: {**index.claimers, **index.places} for name, index in indexes.items()
    }
    for (name, id_), number in numbers.items():
        places[name][id_] = ("mention", number)
    events = _by_place(
        {
            name: [event.referring(places[name]) for event in index.events]
            for name, index in indexes.items()
        }
    )
    event_numbers = _numbers(events)
    for (name, id_), number in event_numbers.items():
        places[name][id_] = ("event", number)
    claims = _by_place(
        {
            name: [claim.referring(places[name]) for claim in index.claims]
            for name, index in indexes.items()
        }
    )
    return Groups(
        mentions=tuple(mentions),
        entities=tuple(_by_members({n: i.chains for n, i in indexes.items()}, numbers)),
        events=tuple(events),
        clusters=tuple(_by_members({n: i.clusters for n, i in indexes.items()}, event_numbers)),
        claims=tuple(claims),
    )


def _numbers(groups: Iterable[Group]) -> dict[tuple[str, str], int]:
    """The number of the group of each item, by annotator and id."""
    return {place: number for number, one in enumerate(groups) for place in one.items()}


def _by_place(items: Mapping[str, Sequence[MatchItem]]) -> list[Group]:
    """Groups of items that are matched by their spans, in the order of the text."""
    spots = _spots(items)
    first = [
        replace(next(iter(spot.values())), id=str(number)) for number, spot in enumerate(spots)
    ]
    related = {**same_place(first, first), **overlapping(first, first)}
    links: dict[tuple[int, int], float] = {}
    for component in _components(len(spots), ((int(a), int(b)) for a, b in related)):
        if len(component) > 1:
            for pair, weight in _links(component, spots):
                links[pair] = max(weight, links.get(pair, 0))
    keys = [min(item.key for item in spot.values()) for spot in spots]
    joined = _joined([{*spot} for spot in spots], links, keys)
    joined.sort(key=lambda some: min(keys[number] for number in some))
    return [
        dict(sorted((name, item.id) for number in some for name, item in spots[number].items()))
        for some in joined
    ]


_Spot = dict[str, MatchItem]
"""Items that match each other whatever else there is, by annotator."""


def _spots(items: Mapping[str, Sequence[MatchItem]]) -> list[_Spot]:
    counts = {
        name: Counter((item.ranges, item.label) for item in own) for name, own in items.items()
    }
    several = {place for own in counts.values() for place, count in own.items() if count > 1}
    spots: dict[Hashable, _Spot] = {}
    for name, own in items.items():
        seen: Counter[Hashable] = Counter()
        for item in sorted(own, key=lambda item: item.key):
            key: Hashable = item.ranges, item.label
            if key in several:
                # Items with the same spans and label match by their other fields.
                key = item.ranges, item.label, item.traits
            spots.setdefault((key, seen[key]), {})[name] = item
            seen[key] += 1
    return list(spots.values())


def _links(
    component: Sequence[int], spots: Sequence[_Spot]
) -> Iterator[tuple[tuple[int, int], float]]:
    """Pairs of spots with items that some two annotators' matching pairs, with the similarity."""
    patterns: dict[frozenset[int], list[str]] = {}
    for name in dict.fromkeys(name for number in component for name in spots[number]):
        pattern = frozenset(number for number in component if name in spots[number])
        patterns.setdefault(pattern, []).append(name)
    for one, other in combinations(patterns, 2):
        sides = [
            _variants(sorted(own - rest), patterns[own], spots)
            for own, rest in ((one, other), (other, one))
        ]
        for left, right in product(*sides):
            if [item.key for item in right] < [item.key for item in left]:
                left, right = right, left
            for (a, b), weight in match_by_place(left, right).items():
                yield (min(int(a), int(b)), max(int(a), int(b))), weight


def _variants(
    numbers: Sequence[int], names: Iterable[str], spots: Sequence[_Spot]
) -> list[list[MatchItem]]:
    """The different items that these annotators have at these spots; ids are the spots' numbers."""
    found: dict[tuple[frozenset[Hashable], ...], list[MatchItem]] = {}
    for name in names:
        own = [spots[number][name] for number in numbers]
        found.setdefault(tuple(item.traits for item in own), own)
    return [
        [
            replace(item, id=str(number), key=(*item.key[:-1], str(number)))
            for number, item in zip(numbers, own, strict=True)
        ]
        for own in found.values()
        if own
    ]


def _by_members(
    wholes: Mapping[str, Mapping[str, Sequence[str]]], numbers: Mapping[tuple[str, str], int]
) -> list[Group]:
    """Groups of entities or clusters that are matched by the number of shared members.

    In the order of the text, as the ``numbers`` of groups of members are.
    """
    members = {
        (name, id_): frozenset(numbers[name, part] for part in parts)
        for name, own in wholes.items()
        for id_, parts in own.items()
    }
    size = max(numbers.values(), default=-1) + 1
    together = ((min(some), number) for some in members.values() for number in some)
    component_of = {
        number: at for at, linked in enumerate(_components(size, together)) for number in linked
    }
    by_component: dict[int, dict[str, list[tuple[tuple[int, ...], str]]]] = {}
    for (name, id_), some in members.items():
        own = by_component.setdefault(component_of[min(some)], {}).setdefault(name, [])
        own.append((tuple(sorted(some)), id_))
    found: list[tuple[tuple[int, ...], Group]] = []
    for by_name in by_component.values():
        # Annotators with the same entities are compared with the others once.
        patterns: dict[tuple[tuple[int, ...], ...], list[dict[str, str]]] = {}
        for name, own in by_name.items():
            pattern = tuple(some for some, _ in sorted(own))
            same = patterns.setdefault(pattern, [{} for _ in pattern])
            for group_, (_, id_) in zip(same, sorted(own), strict=True):
                group_[name] = id_
        nodes = [group_ for same in patterns.values() for group_ in same]
        parts = [some for pattern in patterns for some in pattern]
        if len(nodes) == len(patterns):
            links = dict.fromkeys(((0, n) for n in range(1, len(nodes))), 1.0)
        else:
            links = dict(_shared(patterns))
        found += [
            (
                min(parts[at] for at in joined),
                dict(sorted(place for at in joined for place in nodes[at].items())),
            )
            for joined in _joined([{*node} for node in nodes], links, parts)
        ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _shared(
    patterns: Collection[tuple[tuple[int, ...], ...]],
) -> Iterator[tuple[tuple[int, int], float]]:
    """Pairs of nodes, numbered through the patterns, that match, with the number of members."""
    starts, total = [], 0
    for pattern in patterns:
        starts.append(total)
        total += len(pattern)
    for (start, one), (other_start, other) in combinations(zip(starts, patterns, strict=True), 2):
        owner = {part: n for n, some in enumerate(other) for part in some}
        weights: Weights = {}
        for n, some in enumerate(one):
            for at, count in Counter(owner[part] for part in some if part in owner).items():
                weights[str(start + n), str(other_start + at)] = float(count)
        keys = [
            {str(at + n): some for n, some in enumerate(pattern)}
            for at, pattern in ((start, one), (other_start, other))
        ]
        for (a, b), weight in best_pairs(weights, *keys).items():
            yield (int(a), int(b)), weight


def _components(count: int, links: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The numbers below ``count``, in connected components."""
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 (slow to import)

    sets = DisjointSet(range(count))
    for one, other in links:
        sets.merge(one, other)
    return [sorted(some) for some in sets.subsets()]


def _joined(
    annotators: Sequence[set[str]],
    links: Mapping[tuple[int, int], float],
    keys: Sequence[ItemKey] | Sequence[tuple[int, ...]],
) -> list[list[int]]:
    """Join nodes along links, the strongest first, if they have no annotator in common."""
    group_of = {number: [number] for number in range(len(annotators))}
    names = {number: set(own) for number, own in enumerate(annotators)}
    for one, other in sorted(
        links,
        key=lambda ends: (-links[ends], sorted(keys[end] for end in ends), ends),
    ):
        first, second = group_of[one], group_of[other]
        if first is not second and names[first[0]].isdisjoint(names[second[0]]):
            names[first[0]] |= names[second[0]]
            first += second
            group_of.update(dict.fromkeys(second, first))
    return [some for number, some in group_of.items() if some[0] == number]
