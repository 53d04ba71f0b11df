"""Kinds of errors, and the errors on a layer by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dateline.model import Struct

CORRECT = "correct"
TYPE, BOUNDARY, BOTH = "type", "boundary", "boundary and type"
ENDS, OTHER_VALUE = "ends", "value"
MISSED, SPURIOUS = "missed", "spurious"
KINDS = (CORRECT, TYPE, BOUNDARY, BOTH, MISSED, SPURIOUS)
"""Kinds of matches and errors, on the 1:1 matching of ``dateline.metrics.span_matching.match``.

After Chinchor and Sundheim, "MUC-5 Evaluation Metrics", MUC-5 1993. ``type``, ``boundary`` and
``boundary and type`` say what is wrong in a pair; missed gold items and spurious predicted items
are in no pair."""
RELATION_KINDS = (CORRECT, TYPE, ENDS, MISSED, SPURIOUS)
"""Of relations: ``ends`` is a pair of the same type with one end in common."""
VALUE_KINDS = (CORRECT, OTHER_VALUE, MISSED, SPURIOUS)
"""Of attributes of documents: ``value`` is another value."""


class Example(Struct, frozen=True):
    """An error in its context. A label is empty if there is no gold or no predicted item.

    If the boundaries differ, ``predicted`` also has the predicted words.
    """

    kind: str
    document: str
    start: int
    end: int
    gold: str
    predicted: str
    context: str


class LayerErrors(Struct, frozen=True):
    """The errors on one layer.

    ``kinds`` maps labels to counts by kind: gold labels, and predicted labels for spurious items.
    ``confusions`` maps gold labels to predicted labels to counts, for items in a pair. Only items
    with a place in the text have examples.
    """

    layer: str
    kinds: Mapping[str, Mapping[str, int]]
    confusions: Mapping[str, Mapping[str, int]]
    examples: tuple[Example, ...]


class KindCounts:
    """Counts of kinds by label, and of confusions, while they are made."""

    def __init__(self, labels: Sequence[str], kinds: Sequence[str]) -> None:
        self._order = kinds
        self._kinds: dict[str, Counter[str]] = {label: Counter() for label in labels}
        self._confusions: dict[str, Counter[str]] = {label: Counter() for label in labels}

    def add(self, kind: str, gold: str, predicted: str) -> None:
        """Count an item; a label is empty if there is no gold or no predicted item."""
        self._kinds[gold or predicted][kind] += 1
        if gold and predicted:
            self._confusions[gold][predicted] += 1

    def errors(self, layer: str, examples: tuple[Example, ...] = ()) -> LayerErrors:
        """What was counted, for labels with items."""
        return LayerErrors(
            layer=layer,
            kinds={
                label: {kind: counts[kind] for kind in self._order}
                for label, counts in self._kinds.items()
                if counts
            },
            confusions={
                label: dict(counts.most_common())
                for label, counts in self._confusions.items()
                if counts
            },
            examples=examples,
        )
