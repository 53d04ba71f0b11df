"""Compares the gold of a contrast with that of its original: everything that differs.

Items are compared where the edit of the text leaves them. A change is described as it would be
declared, by the texts of items instead of their ids.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from dateline.annotations.contrasts.carrying import names_after
from dateline.annotations.contrasts.pairing import pair_items
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.differences import changed, format_value
from dateline.annotations.items import (
    TextItem,
    clusters_of,
    items_of_layer,
    kind_of,
    label_of,
    ranges_of,
    spans_of,
    text_items,
    text_of,
)
from dateline.annotations.layers import limited
from dateline.model import (
    LAYER_FIELDS,
    RELATION_FIELDS,
    SPAN_LAYERS,
    Annotation,
    Attributes,
    AttributeValue,
    Claim,
    Entity,
    Event,
    GoldChange,
    Link,
    Mention,
    Range,
    Relation,
    Struct,
)

T = TypeVar("T", bound=Hashable)

RELATION_ITEMS: Mapping[str, str] = {
    "relations": "relation",
    "event_relations": "eventRelation",
    "claim_relations": "claimRelation",
}
"""The item that a relation is in a declaration, by its field in annotations."""

LAYER_OF_ITEM: Mapping[str, str] = {
    "document": "document",
    "mention": "entities",
    "entity": "entities",
    "relation": "relations",
    "event": "events",
    "eventRelation": "events",
    "claim": "claims",
    "claimRelation": "claims",
}
"""The layer of each item of a declaration."""


class Quoted(Struct, frozen=True):
    """An item that a declaration quotes: its kind, text and place, in one of the two texts.

    An entity has its name, and no place.
    """

    kind: str
    text: str
    ranges: tuple[Range, ...]
    in_contrast: bool


class FoundChange(Struct, frozen=True):
    """A difference, as it would be declared.

    ``quoted`` and ``target`` are the items that its texts stand for, and ``pointer`` is the place
    in the gold of the contrast. An ``implied`` change follows from another one: nothing can refer
    to an item that was removed.
    """

    change: GoldChange
    quoted: Quoted | None = None
    target: Quoted | None = None
    pointer: str = ""
    implied: bool = False


class _Value(NamedTuple):
    """A field that differs."""

    field: str
    before: AttributeValue | None
    after: AttributeValue | None
    role: str | None = None
    source: str | None = None
    implied: bool = False


def gold_changes(original: Annotation, contrast: Annotation, edit: TextEdit) -> list[FoundChange]:
    """Every difference in the layers that both annotations have, in the order of the layers.

    Not compared are ids, dates of links, and the type of an entity, which its mentions have.
    """
    layers = compared_layers(original, contrast)
    comparison = _Comparison(limited(original, layers), limited(contrast, layers), edit)
    return [found for found in comparison.changes() if LAYER_OF_ITEM[found.change.item] in layers]


def compared_layers(original: Annotation, contrast: Annotation) -> tuple[str, ...]:
    """The layers that both annotations have."""
    return tuple(layer for layer in original.layers if layer in contrast.layers)


class _Side:
    """One of the two annotations, with its items by id."""

    def __init__(self, gold: Annotation, *, is_contrast: bool) -> None:
        self.gold = gold
        self.is_contrast = is_contrast
        self.items: dict[str, TextItem] = text_items(gold)
        self.entities: dict[str, Entity] = {entity.id: entity for entity in gold.entities}
        self.clusters = clusters_of(gold)
        self.links = {cluster.id: cluster.links for cluster in gold.event_clusters}
        self.pointers = {
            item.id: f"/{field}/{position}"
            for field in ("mentions", "entities", "events", "claims")
            for position, item in enumerate(getattr(gold, field))
        }

    def text(self, name: str | None) -> str | None:
        """The text of an item; the name of a claimer that is not a mention is itself."""
        item = self.items.get(name or "")
        return name if item is None else text_of(spans_of(item))

    def name(self, entity: str | None) -> str | None:
        """The name of an entity."""
        found = self.entities.get(entity or "")
        return entity if found is None else found.name

    def others(self, event: Event) -> list[str]:
        """The other events of the same cluster."""
        return [name for name in self.clusters.get(event.cluster or "", ()) if name != event.id]

    def quoted(self, name: str) -> Quoted:
        """An item as a declaration quotes it."""
        entity = self.entities.get(name)
        if entity is not None:
            return Quoted("entity", entity.name, (), self.is_contrast)
        item = self.items.get(name)
        if item is None:  # only in an annotation with errors
            return Quoted("", name, (), self.is_contrast)
        spans = spans_of(item)
        return Quoted(kind_of(item), text_of(spans), ranges_of(spans), self.is_contrast)


class _Comparison:
    def __init__(self, original: Annotation, contrast: Annotation, edit: TextEdit) -> None:
        self._before = _Side(original, is_contrast=False)
        self._after = _Side(contrast, is_contrast=True)
        self._edit = edit
        self._pairs = pair_items(original, contrast, edit)
        self._names = names_after(original, edit)
        self._images = {*self._pairs.items.values()}

    def changes(self) -> Iterator[FoundChange]:
        """Everything that differs."""
        before, after = self._before, self._after
        for value in _attributes(before.gold.attributes, after.gold.attributes):
            yield FoundChange(change=_change("document", value), pointer="/attributes")
        for layer in SPAN_LAYERS:
            yield from self._of_layer(layer)
            if layer == "entities":
                yield from self._of_entities()
            for field in LAYER_FIELDS[layer]:
                if field in RELATION_FIELDS:
                    yield from self._of_relations(field)
        yield from self._of_relations("relations")

    def _of_layer(self, layer: str) -> Iterator[FoundChange]:
        for item in items_of_layer(self._before.gold, layer):
            name = self._pairs.items.get(item.id)
            if name is None:
                yield self._whole(self._before, item)
                continue
            other = self._after.items[name]
            for value in self._values(item, other):
                yield self._field(self._after, other, value)
        for item in items_of_layer(self._after.gold, layer):
            if item.id not in self._images:
                yield self._whole(self._after, item)

    def _values(self, item: TextItem, other: TextItem) -> Iterator[_Value]:
        spans = "trigger" if isinstance(item, Event) else "spans"
        if not self._edit.allows(spans_of(item), spans_of(other)):
            yield _Value(spans, text_of(spans_of(item)), text_of(spans_of(other)))
        if label_of(item) != label_of(other):
            label = "act" if isinstance(item, Claim) else "type"
            yield _Value(label, label_of(item), label_of(other))
        yield from _attributes(item.attributes, other.attributes)
        if isinstance(item, Mention) and isinstance(other, Mention):
            if self._pairs.entities.get(item.entity or "") != other.entity:
                before, after = self._before.name(item.entity), self._after.name(other.entity)
                yield _Value("entity", before, after)
        elif isinstance(item, Event) and isinstance(other, Event):
            yield from self._of_event(item, other)
        elif isinstance(item, Claim) and isinstance(other, Claim):
            yield from self._of_claim(item, other)

    def _of_event(self, event: Event, other: Event) -> Iterator[_Value]:
        roles = dict.fromkeys(argument.role for argument in (*event.arguments, *other.arguments))
        for role in roles:
            yield from self._references(
                "arguments",
                [argument.filler for argument in event.arguments if argument.role == role],
                [argument.filler for argument in other.arguments if argument.role == role],
                role,
            )
        images = {(a.role, self._image(a.filler)): a.attributes for a in event.arguments}
        for argument in other.arguments:
            attributes = images.get(argument.key, argument.attributes)
            for value in _attributes(attributes, argument.attributes):
                yield value._replace(role=argument.role)
        yield from self._of_factuality(event, other)
        companions = [
            [name for name in self._before.others(event) if name in self._pairs.items],
            [name for name in self._after.others(other) if name in self._images],
        ]
        is_same = self._pairs.clusters.get(event.cluster or "") == other.cluster
        moves = bool(companions[0]) != bool(companions[1]) or (bool(companions[0]) and not is_same)
        if moves:
            one, another = (names[0] if names else None for names in companions)
            yield _Value("cluster", self._before.text(one), self._after.text(another))
        links = (
            side.links.get(one.cluster or "", ())
            for side, one in ((self._before, event), (self._after, other))
        )
        yield from (value._replace(implied=moves) for value in _links(*links))

    def _of_factuality(self, event: Event, other: Event) -> Iterator[_Value]:
        sources = {self._image(given.source): given.source for given in event.factuality}
        before = {self._image(given.source): given.value for given in event.factuality}
        after = {given.source: given.value for given in other.factuality}
        for image, value, new in changed(before, after):
            source = sources.get(image)
            is_removed = source in self._before.items and source not in self._pairs.items
            text = self._before.text(source) if is_removed else self._after.text(image)
            yield _Value("factuality", value, new, source=text, implied=is_removed)

    def _image(self, name: str) -> str:
        """The id of an item in the contrast; a removed one and a special claimer keep theirs."""
        return self._pairs.items.get(name, name)

    def _of_claim(self, claim: Claim, other: Claim) -> Iterator[_Value]:
        if self._image(claim.claimer) != other.claimer:
            before, after = self._before.text(claim.claimer), self._after.text(other.claimer)
            yield _Value("claimer", before, after)
        cues = claim.cue or (), other.cue or ()
        if bool(cues[0]) != bool(cues[1]) or (cues[0] and not self._edit.allows(*cues)):
            before, after = (text_of(cue) if cue else None for cue in cues)
            yield _Value("cue", before, after)
        yield from self._references("events", claim.events, other.events)

    def _references(
        self, field: str, before: Iterable[str], after: Iterable[str], role: str | None = None
    ) -> Iterator[_Value]:
        """References to items: a replaced one is one change, others are two."""
        images = {self._image(name): name for name in before}
        gone = [name for image, name in images.items() if image not in {*after}]
        new = [self._after.text(name) for name in after if name not in images]
        kept = [self._before.text(name) for name in gone if name in self._pairs.items]
        for name in gone:
            if name not in self._pairs.items:
                yield _Value(field, self._before.text(name), None, role, implied=True)
        if len(kept) == len(new) == 1:
            yield _Value(field, kept[0], new[0], role)
            return
        yield from (_Value(field, text, None, role) for text in kept)
        yield from (_Value(field, None, text, role) for text in new)

    def _of_entities(self) -> Iterator[FoundChange]:
        for entity in self._before.gold.entities:
            other = self._after.entities.get(self._pairs.entities.get(entity.id, ""))
            if other is None:
                continue
            values = [*_attributes(entity.attributes, other.attributes)]
            values += _links(entity.links, other.links)
            if other.name not in (entity.name, self._names.get(entity.id)):
                values.append(_Value("name", entity.name, other.name))
            for value in values:
                yield FoundChange(
                    change=_change("entity", value, quote=other.name),
                    quoted=self._after.quoted(other.id),
                    pointer=self._after.pointers[other.id],
                )

    def _of_relations(self, field: str) -> Iterator[FoundChange]:
        pairs = self._pairs.items
        before: dict[tuple[str, str, str], Relation] = {
            (r.type, pairs.get(r.source, f" {r.source}"), pairs.get(r.target, f" {r.target}")): r
            for r in getattr(self._before.gold, field)
        }
        after: dict[tuple[str, str, str], Relation] = {
            relation.key: relation for relation in getattr(self._after.gold, field)
        }
        positions = {key: f"/{field}/{position}" for position, key in enumerate(after)}
        item = RELATION_ITEMS[field]
        for key, one, other in changed(before, after):
            if one is None and other is not None:
                change = GoldChange(item=item, label=other.type, added=True)
                yield self._ends(self._after, other, change, positions[key])
            elif other is None and one is not None:
                change = GoldChange(item=item, label=one.type, removed=True)
                removed = one.source not in pairs or one.target not in pairs
                yield self._ends(self._before, one, change, implied=removed)
            elif one is not None and other is not None:
                for value in _attributes(one.attributes, other.attributes):
                    change = _change(item, value, label=other.type)
                    yield self._ends(self._after, other, change, positions[key])

    def _ends(
        self,
        side: _Side,
        relation: Relation,
        change: GoldChange,
        pointer: str = "",
        *,
        implied: bool = False,
    ) -> FoundChange:
        source, target = side.quoted(relation.source), side.quoted(relation.target)
        return FoundChange(
            change=replace(change, quote=source.text, target=target.text),
            quoted=source,
            target=target,
            pointer=pointer,
            implied=implied,
        )

    def _whole(self, side: _Side, item: TextItem) -> FoundChange:
        quoted = side.quoted(item.id)
        return FoundChange(
            change=GoldChange(
                item=quoted.kind,
                quote=quoted.text,
                label=label_of(item),
                added=side.is_contrast,
                removed=not side.is_contrast,
            ),
            quoted=quoted,
            pointer=side.pointers[item.id] if side.is_contrast else "",
        )

    def _field(self, side: _Side, item: TextItem, value: _Value) -> FoundChange:
        quoted = side.quoted(item.id)
        return FoundChange(
            change=_change(quoted.kind, value, quote=quoted.text, label=label_of(item)),
            quoted=quoted,
            pointer=side.pointers[item.id],
            implied=value.implied,
        )


def _change(item: str, value: _Value, **fields: Any) -> GoldChange:
    return GoldChange(
        item=item,
        field=value.field,
        role=value.role,
        source=value.source,
        before=value.before,
        after=value.after,
        **fields,
    )


def _attributes(before: Attributes, after: Attributes) -> Iterator[_Value]:
    for name, one, other in changed(before, after):
        yield _Value(name, one, other)


def _links(before: Iterable[Link], after: Iterable[Link]) -> Iterator[_Value]:
    """Links that differ, by their knowledge base and id."""
    old, now = (dict.fromkeys(map(format_value, links)) for links in (before, after))
    gone, new = [text for text in old if text not in now], [text for text in now if text not in old]
    if len(gone) == len(new) == 1:
        yield _Value("links", gone[0], new[0])
        return
    yield from (_Value("links", text, None) for text in gone)
    yield from (_Value("links", None, text) for text in new)
