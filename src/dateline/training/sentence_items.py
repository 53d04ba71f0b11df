"""Items of gold that models can learn sentence by sentence, and a count of those left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from dateline.evaluation.gold_documents import GoldDocument
from dateline.model import Range, Spans

DISCONTINUOUS = "discontinuous"
CROSSING = "not in one sentence"
OVERLAPPING = "overlapping a longer one"
AMBIGUOUS = "events with the name of a type of mention"


class Item(NamedTuple):
    """A mention or trigger that is one span in one sentence.

    ``label`` is its type, ``id`` that of the mention or event. Offsets are in the document.
    """

    start: int
    end: int
    label: str
    id: str


def labelled_items(
    document: GoldDocument, types: Collection[str], left_out: Counter[str], *, events: bool = True
) -> Iterator[Item]:
    """The mentions of a document, and with ``events`` triggers; ``types`` are those of mentions.

    Items that cannot be learnt are counted in ``left_out``, by reason.
    """
    for mention in document.items.mentions:
        yield from _usable(mention.spans, mention.type, mention.id, document, left_out)
    for event in document.items.events if events else ():
        if event.type in types:
            left_out[AMBIGUOUS] += 1
        else:
            yield from _usable(event.trigger, event.type, event.id, document, left_out)


def is_in_one_sentence(spans: Spans, document: GoldDocument) -> bool:
    """Whether all fragments are in the same sentence."""
    first, last = spans[0].start, spans[-1].end
    return any(start <= first and last <= end for start, end in document.sentences)


def inside(items: Collection[Item], sentence: Range) -> list[Item]:
    """The items of a sentence."""
    return [item for item in items if sentence[0] <= item.start and item.end <= sentence[1]]


def _usable(
    spans: Spans, label: str, id_: str, document: GoldDocument, left_out: Counter[str]
) -> Iterator[Item]:
    if len(spans) > 1:
        left_out[DISCONTINUOUS] += 1
    elif not is_in_one_sentence(spans, document):
        left_out[CROSSING] += 1
    else:
        yield Item(spans[0].start, spans[0].end, label, id_)
