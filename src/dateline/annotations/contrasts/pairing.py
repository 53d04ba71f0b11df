"""Pairs the items of a text's gold with those of the gold of an edited copy of it."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.annotations.contrasts.carrying import carried
from dateline.annotations.contrasts.text_edit import TextEdit
from dateline.annotations.items import items_of_layer, spans_of
from dateline.annotations.matching import match
from dateline.model import SPAN_LAYERS, Annotation, Struct


class Pairs(Struct, frozen=True):
    """For each id in the gold of the original, the id of the same item in that of the contrast.

    ``items`` are mentions, events and claims.
    """

    items: dict[str, str]
    entities: dict[str, str]
    clusters: dict[str, str]


def pair_items(original: Annotation, contrast: Annotation, edit: TextEdit) -> Pairs:
    """Pair items by where the edit leaves them.

    Of items among edited words, those that are left are paired in the order of the text.
    """
    found = match(carried(original, edit), contrast)
    pairs = Pairs(
        items={**found.mentions, **found.events, **found.claims},
        entities={**found.entities},
        clusters={**found.clusters},
    )
    pairs.items.update(
        pair for layer in SPAN_LAYERS for pair in _left_over(layer, original, contrast, edit, pairs)
    )
    _pair_wholes(
        pairs,
        {mention.id: mention.entity for mention in original.mentions},
        {mention.id: mention.entity for mention in contrast.mentions},
        pairs.entities,
    )
    _pair_wholes(
        pairs,
        {event.id: event.cluster for event in original.events},
        {event.id: event.cluster for event in contrast.events},
        pairs.clusters,
    )
    return pairs


def _left_over(
    layer: str, original: Annotation, contrast: Annotation, edit: TextEdit, pairs: Pairs
) -> Iterator[tuple[str, str]]:
    known = {*pairs.items.values()}
    others = [item for item in items_of_layer(contrast, layer) if item.id not in known]
    others.sort(key=lambda item: spans_of(item)[0].start)
    items = [item for item in items_of_layer(original, layer) if item.id not in pairs.items]
    for item in sorted(items, key=lambda item: spans_of(item)[0].start):
        stretch = edit.stretch_at(spans_of(item))
        if stretch is None:
            continue
        start, end = stretch.after
        other = next((one for one in others if start <= spans_of(one)[0].start < end), None)
        if other is not None:
            others.remove(other)
            yield item.id, other.id


def _pair_wholes(
    pairs: Pairs,
    wholes: dict[str, str | None],
    other_wholes: dict[str, str | None],
    known: dict[str, str],
) -> None:
    """Pair entities or clusters that have no pair, but of which two members are a pair."""
    taken = {*known.values()}
    for one, other in pairs.items.items():
        whole, other_whole = wholes.get(one), other_wholes.get(other)
        if whole is None or other_whole is None or whole in known or other_whole in taken:
            continue
        known[whole] = other_whole
        taken.add(other_whole)
