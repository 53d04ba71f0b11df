"""Two annotators on one document: what both have, and what only one has."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dateline.annotations.items import (
    TextItem,
    items_of_layer,
    label_of,
    ranges_of,
    spans_of,
)
from dateline.annotations.matching import Matches, match
from dateline.model import Annotation, Claim, Document, Range, Spans, Struct

NOTHING = "O"
"""The label of a token that no item covers."""


class Tally(Struct, frozen=True):
    """Items that both have, and that the first and the second has."""

    common: int = 0
    first: int = 0
    second: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            common=self.common + other.common,
            first=self.first + other.first,
            second=self.second + other.second,
        )


Kind = tuple[str, str, str]
"""Layer, way of matching (exact, overlap, …), and label; an empty label stands for all together."""


class PairOnDocument(Struct, frozen=True):
    """What two annotators have in common on a document.

    All is by sentence, whose number comes first. ``spans`` has a tally for each kind; ``values``
    the pairs of values of each attribute on matched items, by layer and attribute; ``arguments`` a
    tally for each way of matching; ``claims`` one for each part of matched claims, in which both
    have as many as there are claims.
    """

    spans: Mapping[tuple[int, Kind], Tally]
    values: Mapping[tuple[str, str], Sequence[tuple[int, str | None, str | None]]]
    arguments: Mapping[tuple[int, str], Tally]
    claims: Mapping[tuple[int, str], Tally]
    matches: Matches


def compare(document: Document, first: Annotation, second: Annotation) -> PairOnDocument:
    """Compare two annotations of a document, on the layers that both have."""
    matches = match(first, second)
    layers = [layer for layer in first.layers if layer in second.layers]
    sides = {
        layer: (items_of_layer(first, layer), items_of_layer(second, layer)) for layer in layers
    }
    spans: Counter[tuple[int, Kind, str]] = Counter()
    values: dict[tuple[str, str], list[tuple[int, str | None, str | None]]] = {}
    for layer, (ours, theirs) in sides.items():
        by_id = {item.id: item for item in theirs}
        matched = matches.of_layer(layer)
        pairs = [(item, by_id[matched[item.id]]) for item in ours if item.id in matched]
        for place, kind, side in _tallied(document, layer, ours, theirs, pairs):
            spans[place, kind, side] += 1
        for one, other in pairs:
            for name in sorted({*one.attributes, *other.attributes}):
                both = one.attributes.get(name), other.attributes.get(name)
                place = sentence_of(document, spans_of(one))
                values.setdefault((layer, name), []).append((place, *both))
    return PairOnDocument(
        spans=_tallies(spans),
        values=values,
        arguments=_arguments(document, first, second, matches) if "events" in layers else {},
        claims=_claims(document, first, second, matches) if "claims" in layers else {},
        matches=matches,
    )


def token_labels(document: Document, annotation: Annotation, layer: str) -> list[str]:
    """A label for each token: that of the shortest item that covers it, or «O»."""
    labels = [NOTHING] * len(document.tokens)
    starts = [start for start, _ in document.tokens]
    items = items_of_layer(annotation, layer)
    for item in sorted(items, key=lambda i: (-_length(spans_of(i)), label_of(i), i.id)):
        for span in spans_of(item):
            token = max(bisect_right(starts, span.start) - 1, 0)
            while token < len(starts) and starts[token] < span.end:
                if document.tokens[token][1] > span.start:
                    labels[token] = label_of(item)
                token += 1
    return labels


def sentence_of(document: Document, spans: Spans) -> int:
    """The number of the sentence in which these begin."""
    starts = [start for start, _ in document.sentences]
    return max(bisect_right(starts, spans[0].start) - 1, 0)


def _length(spans: Spans) -> int:
    return sum(span.end - span.start for span in spans)


def _tallied(
    document: Document,
    layer: str,
    ours: Sequence[TextItem],
    theirs: Sequence[TextItem],
    pairs: Sequence[tuple[TextItem, TextItem]],
) -> Iterator[tuple[int, Kind, str]]:
    for side, items in (("first", ours), ("second", theirs)):
        for item in items:
            place = sentence_of(document, spans_of(item))
            for way in ("exact", "overlap"):
                yield place, (layer, way, label_of(item)), side
                yield place, (layer, way, ""), side
            yield place, (layer, "span", ""), side
    for exactly in (True, False):
        others = Counter(_key(item, labelled=exactly) for item in theirs)
        for item in ours:
            key = _key(item, labelled=exactly)
            if others[key]:
                others[key] -= 1
                place = sentence_of(document, spans_of(item))
                if exactly:
                    yield place, (layer, "exact", label_of(item)), "common"
                    yield place, (layer, "exact", ""), "common"
                else:
                    yield place, (layer, "span", ""), "common"
    for one, other in pairs:
        if label_of(one) == label_of(other):
            place = sentence_of(document, spans_of(one))
            yield place, (layer, "overlap", label_of(one)), "common"
            yield place, (layer, "overlap", ""), "common"


def _key(item: TextItem, *, labelled: bool) -> tuple[tuple[Range, ...], str]:
    return ranges_of(spans_of(item)), label_of(item) if labelled else ""


def _tallies(counts: Counter[tuple[int, Kind, str]]) -> dict[tuple[int, Kind], Tally]:
    found: dict[tuple[int, Kind], dict[str, int]] = {}
    for (place, kind, side), number in counts.items():
        found.setdefault((place, kind), {})[side] = number
    return {key: Tally(**sides) for key, sides in found.items()}


def _arguments(
    document: Document, first: Annotation, second: Annotation, matches: Matches
) -> dict[tuple[int, str], Tally]:
    """On events that match: arguments with the same role and filler, or a coreferent filler."""
    here = {mention.id: mention.entity for mention in first.mentions}
    there = {mention.id: mention.entity for mention in second.mentions}
    others = {event.id: event for event in second.events}
    known = {**matches.mentions, **matches.events, **matches.claims}
    matched = {*matches.entities.values()}
    found: dict[tuple[int, str], Tally] = {}
    for one in first.events:
        if one.id not in matches.events:
            continue
        place = sentence_of(document, one.trigger)
        for way in ("mention", "entity"):
            ours, theirs = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
            for argument in one.arguments:
                entity = matches.entities.get(here.get(argument.filler) or "")
                filler = known.get(argument.filler, f"only here {argument.filler}")
                ours[argument.role, entity if way == "entity" and entity else filler] += 1
            for argument in others[matches.events[one.id]].arguments:
                own = there.get(argument.filler)
                same = own if way == "entity" and own in matched else None
                theirs[argument.role, same or argument.filler] += 1
            tally = Tally(common=(ours & theirs).total(), first=ours.total(), second=theirs.total())
            found[place, way] = found.get((place, way), Tally()) + tally
    return found


def _claims(
    document: Document, first: Annotation, second: Annotation, matches: Matches
) -> dict[tuple[int, str], Tally]:
    """On claims that match: how many have the same claimer, cue, and events; of how many."""
    here = {mention.id: mention.entity for mention in first.mentions}
    there = {mention.id: mention.entity for mention in second.mentions}
    others = {claim.id: claim for claim in second.claims}

    def same_mention(one: Claim, other: Claim) -> bool:
        return matches.mentions.get(one.claimer, one.claimer) == other.claimer

    def same_claimer(one: Claim, other: Claim) -> bool:
        entity = matches.entities.get(here.get(one.claimer) or "")
        return same_mention(one, other) or (
            entity is not None and entity == there.get(other.claimer)
        )

    def same_cue(one: Claim, other: Claim) -> bool:
        return ranges_of(one.cue or ()) == ranges_of(other.cue or ())

    def same_events(one: Claim, other: Claim) -> bool:
        return {matches.events.get(name, "") for name in one.events} == {*other.events}

    found: dict[tuple[int, str], Tally] = {}
    for one in first.claims:
        if one.id not in matches.claims:
            continue
        place, other = sentence_of(document, one.spans), others[matches.claims[one.id]]
        for name, same in (
            ("claimer, the mention", same_mention), ("claimer, who it is", same_claimer),
            ("cue", same_cue), ("events", same_events),
        ):  # fmt: skip
            tally = Tally(common=int(same(one, other)), first=1, second=1)
            found[place, name] = found.get((place, name), Tally()) + tally
    return found
