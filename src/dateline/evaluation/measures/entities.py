"""Mentions and their links."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dateline.evaluation.columns.pairing import Pair
from dateline.evaluation.columns.side import MENTION, UNLINKED, Side
from dateline.evaluation.measures.attributes import attribute_measures
from dateline.evaluation.measures.registry import Measured, group
from dateline.metrics.counts import IntArray
from dateline.metrics.linking import Links, linking
from dateline.metrics.spans import nested, semeval


@group("entities", "entities", lambda side: len(side.mentions) > 0)
def entities(pair: Pair) -> Iterator[Measured]:
    """Mentions with their types: SemEval's four modes, nested ones apart, and attributes."""
    names = pair.vocabulary.types["entities"]
    gold, predicted = pair.gold.mentions, pair.predicted.mentions
    size = pair.documents, len(names)
    for mode, counts in semeval(gold, predicted, *size).items():
        yield Measured(mode, counts, names.labels)
    yield Measured("nested", nested(gold, predicted, *size), names.labels)
    found = pair.mentions
    right = found.exact & found.typed
    yield from attribute_measures(
        pair.vocabulary.attributes["entities"],
        (gold, pair.gold.mention_values),
        (predicted, pair.predicted.mention_values),
        (found.gold[right], found.predicted[right]),
        pair.documents,
    )


@group("linking", "entities", lambda side: bool((side.entry != UNLINKED).any()))
def links(pair: Pair) -> Iterator[Measured]:
    """Mentions with type and knowledge base entry."""
    names = pair.vocabulary.types["entities"]
    found = linking(
        _links(pair.gold, pair.places.of_gold[MENTION]),
        _links(pair.predicted, pair.places.of_predicted[MENTION]),
        pair.documents,
        len(names),
    )
    for name, counts in found.items():
        yield Measured(name, counts, names.labels)


def _links(side: Side, place: IntArray) -> Links:
    kept = np.flatnonzero(side.entry != UNLINKED)
    mentions = side.mentions
    return Links(mentions.document[kept], mentions.label[kept], place[kept], side.entry[kept])
