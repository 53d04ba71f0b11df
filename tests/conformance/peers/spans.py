"""nervaluate: the four modes of SemEval-2013."""

from __future__ import annotations

from ..documents import TYPES, Case, Document, Items, bounds, points
from .peer import Numbers, Peer, Place, apart, contiguous, only_mentions

MODES = {"strict": "strict", "exact": "exact", "partial": "partial", "ent_type": "type"}


def _covered(document: Document) -> Document | None:
    """Mentions that overlap at most one of the other side: elsewhere the order decides."""
    gold, predicted = (
        apart(contiguous(items.mentions)) for items in (document.gold, document.predicted)
    )
    for _ in range(2):  # a mention that is left alone may have overlapped the other's second
        gold = [m for m in gold if _overlapped(m.span, predicted) < 2]
        predicted = [m for m in predicted if _overlapped(m.span, gold) < 2]
    if not gold or not predicted:
        return None  # nervaluate cannot load an empty document
    return Document(
        only_mentions(gold, document.gold), only_mentions(predicted, document.predicted)
    )


def _overlapped(span: str, others: list) -> int:
    return sum(not points(span).isdisjoint(points(other.span)) for other in others)


def run(case: Case, place: Place) -> Numbers:
    from nervaluate import Evaluator

    sides = [
        [_entities(items) for items in side]
        for side in zip(*((d.gold, d.predicted) for d in case.documents), strict=True)
    ]
    results = Evaluator(*sides, list(TYPES), loader="dict").evaluate()["overall"]
    return {
        mode: [float(results[mode].precision), float(results[mode].recall), float(results[mode].f1)]
        for mode in MODES
    }


def _entities(items: Items) -> list[dict[str, object]]:
    rows = []
    for mention in items.mentions:
        start, end = bounds(mention.span)
        rows.append({"label": mention.type, "start": start, "end": end - 1})
    return rows


PEERS = (
    Peer(
        "nervaluate",
        "nervaluate",
        ("entities",),
        run,
        {mode: f"entities: {own}" for mode, own in MODES.items()},
        _covered,
    ),
)
