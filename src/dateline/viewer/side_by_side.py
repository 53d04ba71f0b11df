"""What two annotations of a document, side by side, have in common and in what they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dateline.annotations.comparison import Comparison, ItemDifference, attribute_differences
from dateline.annotations.matching import match
from dateline.model import Annotation, Struct

ONLY, DIFFERS = "only", "differs"
"""The classes of items that one annotation has alone, and of those that both have differently."""


class Compared(Struct, frozen=True):
    """Two annotations compared.

    ``classes`` are those of the items of each side by id, ``twins`` the ids of the matching items
    in the second annotation by those in the first. ``of_document`` are attributes that differ.
    """

    differences: tuple[ItemDifference, ...]
    classes: tuple[Mapping[str, str], Mapping[str, str]]
    twins: Mapping[str, str]
    of_document: tuple[tuple[str, str, str], ...]


def compared(first: Annotation, second: Annotation) -> Compared:
    """Compare two annotations in the layers that both have."""
    matches = match(first, second)
    comparison = Comparison(first, second, matches)
    layers = [layer for layer in first.layers if layer in second.layers]
    found = [row for layer in layers for row in comparison.of_layer(layer)]
    found.sort(key=lambda row: (row.spans[0].start, row.spans[-1].end, row.aspect))
    return Compared(
        differences=tuple(found),
        classes=(_classes(found, 0), _classes(found, 1)),
        twins={**matches.mentions, **matches.entities, **matches.events, **matches.claims},
        of_document=tuple(attribute_differences(first.attributes, second.attributes))
        if "document" in layers
        else (),
    )


def _classes(differences: Sequence[ItemDifference], side: int) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in differences:
        if one.items[side]:
            found[one.items[side]] = ONLY if one.aspect == "presence" else DIFFERS
    return found
