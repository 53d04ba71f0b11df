"""Counts of what two annotators have in common on a document, by sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dateline.annotations.items import Item, TextItem, items_of_layer, label_of, ranges_of, spans_of
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
    AttributeValue,
    Claim,
    Document,
    Relation,
    Spans,
    Struct,
)
from dateline.ontology.labels import Attribute, Ontology

Unit = tuple[int, Any, Any]
"""A sentence's number, and the values of the two annotators for a unit in it, or None.

Several labels are a frozenset.
"""

OUTSIDE = "O"
"""The label of a token that no item covers."""

BY_MENTION, BY_ENTITY = "mention", "entity"
"""Ways in which fillers of arguments are compared."""
CLAIMER_BY_MENTION, CLAIMER_BY_ENTITY = "claimer (mention)", "claimer (entity)"


class PairCount(Struct, frozen=True):
    """The number of items that both annotators have, that the first has, and that the second has.

    Numbers of different sentences can be added.
    """

    common: int = 0
    first: int = 0
    second: int = 0

    def __add__(self, other: PairCount) -> PairCount:
        return PairCount(
            common=self.common + other.common,
            first=self.first + other.first,
            second=self.second + other.second,
        )


Kind = tuple[str, str, str]
"""Layer, match mode (``exact``, ``overlap``, ``span``) and label; an empty label means all."""


class DocumentCounts(Struct, frozen=True):
    """The counts of a document; keys start with the number of the sentence.

    ``spans`` has counts by kind, ``relations`` by layer and type (an empty type means all),
    ``arguments`` by the way in which fillers are compared, ``claims`` by the compared field of
    matched claims. ``values`` has the pairs of values of each attribute of matched items, by layer
    and attribute, which are named as in `attribute_kinds`.
    """

    spans: Mapping[tuple[int, Kind], PairCount]
    relations: Mapping[tuple[int, tuple[str, str]], PairCount]
    values: Mapping[tuple[str, str], Sequence[Unit]]
    arguments: Mapping[tuple[int, str], PairCount]
    claims: Mapping[tuple[int, str], PairCount]
    matches: Matches

    def total(self, layers: Collection[str]) -> PairCount:
        """Items of these layers with the same spans and label, and all that is compared of them.

        That is relations, arguments with the same mention, and of matched items each value of an
        attribute, claimer, cue and events.
        """
        found = [
            *(n for (_, (of, mode, name)), n in self.spans.items()
              if of in layers and mode == "exact" and not name),
            *(n for (_, (of, name)), n in self.relations.items() if of in layers and not name),
            *(PairCount(common=int(one == other), first=1, second=1)
              for (of, _), units in self.values.items() if of in layers
              for _, one, other in units),
        ]  # fmt: skip
        if "events" in layers:
            found += [n for (_, mode), n in self.arguments.items() if mode == BY_MENTION]
        if "claims" in layers:
            found += [n for (_, name), n in self.claims.items() if name != CLAIMER_BY_ENTITY]
        return sum(found, PairCount())

    def labels(self, layers: Collection[str]) -> dict[tuple[str, str], PairCount]:
        """Items with the same spans and label, and relations, by layer and label."""
        found: dict[tuple[str, str], PairCount] = defaultdict(PairCount)
        for (_, (of, mode, name)), number in self.spans.items():
            if of in layers and mode == "exact" and name:
                found[of, name] += number
        for (_, (of, name)), number in self.relations.items():
            if of in layers and name:
                found[of if of == "relations" else f"relations of {of}", name] += number
        return found


def count_document(
    document: Document,
    first: Annotation,
    second: Annotation,
    matches: Matches,
    ontology: Ontology,
) -> DocumentCounts:
    """Compare two annotations of a document on the layers that both have."""
    layers = [layer for layer in first.layers if layer in second.layers]
    spans: dict[tuple[int, Kind], PairCount] = defaultdict(PairCount)
    relations: dict[tuple[int, tuple[str, str]], PairCount] = defaultdict(PairCount)
    values: dict[tuple[str, str], list[Unit]] = defaultdict(list)

    def compare(
        layer: str, sentence: int, one: Attributes, other: Attributes, of: str = ""
    ) -> None:
        for name in sorted({*one, *other}):
            unit = sentence, _value(one.get(name)), _value(other.get(name))
            values[layer, f"{of}{name}"].append(unit)

    for layer in (name for name in layers if name in SPAN_LAYERS):
        items = items_of_layer(first, layer), items_of_layer(second, layer)
        matched, others = matches.of_layer(layer), {item.id: item for item in items[1]}
        pairs = [(item, others[matched[item.id]]) for item in items[0] if item.id in matched]
        for item, mode, count in _span_counts(*items, pairs):
            sentence = sentence_of(document, spans_of(item))
            spans[sentence, (layer, mode, "")] += count
            if mode != "span":
                spans[sentence, (layer, mode, label_of(item))] += count
        for one, other in pairs:
            both = _comparable(one, other, ontology.attributes_of(layer))
            compare(layer, sentence_of(document, spans_of(one)), *both)
    for layer, place, of, mine, theirs in _parts(first, second, matches, ontology):
        if layer in layers:
            compare(layer, sentence_of(document, place) if place else 0, mine, theirs, of)
    for layer in (name for name in layers if name in RELATIONS_OF):
        for place, left, right in paired_relations(first, second, matches, layer):
            sentence, relation = sentence_of(document, place), left or right
            count = PairCount(
                common=int(left is not None and right is not None),
                first=int(left is not None),
                second=int(right is not None),
            )
            for type_ in ("", relation.type if relation is not None else ""):
                relations[sentence, (layer, type_)] += count
            if left is not None and right is not None:
                compare(layer, sentence, *_comparable(left, right, ontology.attributes_of(layer)))
    return DocumentCounts(
        spans=spans,
        relations=relations,
        values=values,
        arguments=_argument_counts(document, first, second, matches, ontology)
        if "events" in layers
        else {},
        claims=_claim_counts(document, first, second, matches, ontology)
        if "claims" in layers
        else {},
        matches=matches,
    )


def _parts(
    first: Annotation, second: Annotation, matches: Matches, ontology: Ontology
) -> Iterator[tuple[str, Spans, str, Attributes, Attributes]]:
    """Attributes of the document, and of what matched items have or refer to.

    With them come the layer, the place of the item, and what precedes the names of the attributes.
    The factuality of an event is an attribute for each source.
    """
    yield "document", (), "", first.attributes, second.attributes
    if ontology.entity_attributes:
        for place, entity, match in matched_entities(first, second, matches):
            both = _comparable(entity, match, ontology.entity_attributes)
            yield "entities", place, "entity ", *both
    for event, one, other in paired_arguments(first, second, matches):
        yield "events", event.trigger, "argument ", one.attributes, other.attributes
    for event, source, *values in paired_factuality(first, second, matches):
        mine, theirs = ({} if value is None else {source: value} for value in values)
        yield "events", event.trigger, "factuality by ", mine, theirs


def _comparable(
    one: Item | Relation, other: Item | Relation, declared: Iterable[Attribute]
) -> tuple[Attributes, Attributes]:
    """The attributes that both labels have; others are a disagreement about the label."""
    labels = label_of(one), label_of(other)
    absent = {attribute.name for attribute in declared if not all(map(attribute.is_of, labels))}
    if not absent:
        return one.attributes, other.attributes
    mine, theirs = (
        {name: value for name, value in item.attributes.items() if name not in absent}
        for item in (one, other)
    )
    return mine, theirs


def _value(value: AttributeValue | None) -> Any:
    return frozenset(value) if isinstance(value, tuple) else value


def token_labels(document: Document, annotation: Annotation, layer: str) -> list[str]:
    """A label for each token: that of the shortest item that covers it, or ``O``."""
    labels = [OUTSIDE] * len(document.tokens)
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
    """The number of the sentence in which the spans begin."""
    starts = [start for start, _ in document.sentences]
    return max(bisect_right(starts, spans[0].start) - 1, 0)


def _length(spans: Spans) -> int:
    return sum(span.end - span.start for span in spans)


def _span_counts(
    first: Sequence[TextItem],
    second: Sequence[TextItem],
    pairs: Sequence[tuple[TextItem, TextItem]],
) -> Iterator[tuple[TextItem, str, PairCount]]:
    for items, count in ((first, PairCount(first=1)), (second, PairCount(second=1))):
        for item in items:
            for mode in ("exact", "overlap", "span"):
                yield item, mode, count
    for mode in ("exact", "span"):
        others = Counter(_key(item, mode) for item in second)
        for item in first:
            key = _key(item, mode)
            if others[key]:
                others[key] -= 1
                yield item, mode, PairCount(common=1)
    for one, other in pairs:
        if label_of(one) == label_of(other):
            yield one, "overlap", PairCount(common=1)


def _key(item: TextItem, mode: str) -> Hashable:
    return ranges_of(spans_of(item)), label_of(item) if mode == "exact" else ""


def _argument_counts(
    document: Document,
    first: Annotation,
    second: Annotation,
    matches: Matches,
    ontology: Ontology,
) -> dict[tuple[int, str], PairCount]:
    """Arguments of matched events that have the same role and filler, or a coreferent filler."""
    entities = {mention.id: mention.entity for mention in first.mentions}
    other_entities = {mention.id: mention.entity for mention in second.mentions}
    others = {event.id: event for event in second.events}
    known = {**matches.mentions, **matches.events, **matches.claims}
    matched = {*matches.entities.values()}
    modes = (BY_MENTION, BY_ENTITY) if ontology.has_coreference else (BY_MENTION,)
    found: dict[tuple[int, str], PairCount] = defaultdict(PairCount)
    for event in first.events:
        if event.id not in matches.events:
            continue
        sentence = sentence_of(document, event.trigger)
        for mode in modes:
            one, other = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
            for argument in event.arguments:
                entity = matches.entities.get(entities.get(argument.filler) or "")
                filler = known.get(argument.filler, f"only first {argument.filler}")
                one[argument.role, entity if mode == BY_ENTITY and entity else filler] += 1
            for argument in others[matches.events[event.id]].arguments:
                entity = other_entities.get(argument.filler)
                same = entity if mode == BY_ENTITY and entity in matched else None
                other[argument.role, same or argument.filler] += 1
            found[sentence, mode] += PairCount(
                common=(one & other).total(), first=one.total(), second=other.total()
            )
    return found


def _claim_counts(
    document: Document,
    first: Annotation,
    second: Annotation,
    matches: Matches,
    ontology: Ontology,
) -> dict[tuple[int, str], PairCount]:
    """Matched claims that have the same claimer, cue and events; of all matched claims."""
    entities = {mention.id: mention.entity for mention in first.mentions}
    other_entities = {mention.id: mention.entity for mention in second.mentions}
    others = {claim.id: claim for claim in second.claims}

    def same_mention(one: Claim, other: Claim) -> bool:
        return matches.mentions.get(one.claimer, one.claimer) == other.claimer

    def same_entity(one: Claim, other: Claim) -> bool:
        entity = matches.entities.get(entities.get(one.claimer) or "")
        return same_mention(one, other) or (
            entity is not None and entity == other_entities.get(other.claimer)
        )

    def same_cue(one: Claim, other: Claim) -> bool:
        return ranges_of(one.cue or ()) == ranges_of(other.cue or ())

    def same_events(one: Claim, other: Claim) -> bool:
        return {matches.events.get(name, "") for name in one.events} == {*other.events}

    aspects = {
        CLAIMER_BY_MENTION: same_mention,
        **({CLAIMER_BY_ENTITY: same_entity} if ontology.has_coreference else {}),
        "cue": same_cue,
        **({"events": same_events} if "events" in ontology.layers else {}),
    }
    found: dict[tuple[int, str], PairCount] = defaultdict(PairCount)
    for one in first.claims:
        if one.id not in matches.claims:
            continue
        sentence, other = sentence_of(document, one.spans), others[matches.claims[one.id]]
        for name, same in aspects.items():
            found[sentence, name] += PairCount(common=int(same(one, other)), first=1, second=1)
    return found
