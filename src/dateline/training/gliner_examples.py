"""Gold as training examples of GLiNER: the words of a sentence, and its mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from dateline.evaluation.gold import Gold
from dateline.training.sentence_items import Item, inside, labelled_items

UNALIGNED = "not at the bounds of GLiNER's words"
TOO_LONG = "longer than the model's spans"
CUT = "in a part that is cut off as too long"

Splitter = Callable[[str], Iterable[tuple[str, int, int]]]
"""Gives the words of a text with start and end; that of the model is used for prediction, too."""


class GlinerExamples(NamedTuple):
    """Examples as GLiNER reads them, and the number of mentions in them."""

    examples: list[dict[str, Any]]
    items: int


def gliner_examples(
    gold: Gold,
    split: Splitter,
    titles: Mapping[str, str],
    limits: tuple[int, int],
    left_out: Counter[str],
) -> GlinerExamples:
    """The sentences of gold that have words, with their mentions.

    ``titles`` has the title of each type. ``limits`` are the most words of a sentence and of a
    mention. Mentions that cannot be learnt are counted in ``left_out``, by reason; those that
    overlap can.
    """
    examples, count = [], 0
    longest_text, longest_span = limits
    for document in gold.documents:
        items = list(labelled_items(document, titles, left_out, events=False))
        for sentence in document.sentences:
            words = list(split(document.text[slice(*sentence)]))
            starts = {sentence[0] + start: number for number, (_, start, _) in enumerate(words)}
            ends = {sentence[0] + end: number for number, (_, _, end) in enumerate(words)}
            found = []
            for item in inside(items, sentence):
                reason = _reason(item, starts, ends, longest_text, longest_span)
                if reason:
                    left_out[reason] += 1
                else:
                    found.append([starts[item.start], ends[item.end], titles[item.label]])
            count += len(found)
            if words:
                text = [word for word, _, _ in words[:longest_text]]
                examples.append({"tokenized_text": text, "ner": found})
    return GlinerExamples(examples, count)


def _reason(
    item: Item,
    starts: Mapping[int, int],
    ends: Mapping[int, int],
    longest_text: int,
    longest_span: int,
) -> str | None:
    """Why a mention cannot be learnt, or None."""
    if item.start not in starts or item.end not in ends:
        return UNALIGNED
    first, last = starts[item.start], ends[item.end]
    if last >= longest_text:
        return CUT
    return TOO_LONG if last - first >= longest_span else None
