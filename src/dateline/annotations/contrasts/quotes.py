"""Finds the items that the declarations of a contrast quote.

A quote is the text of an item. Where several items have the same text, it has words around it, and
the item in brackets: "he [denied] it".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dateline.annotations.contrasts.changes import Quoted
from dateline.annotations.items import kind_of, ranges_of, spans_of, text_items, text_of
from dateline.model import Annotation, Range

_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_FRAGMENTS = " … "
"""What is between the fragments of an item in its text."""


class Quotes:
    """The items of the original's gold and of the contrast's, by kind and text."""

    def __init__(self, texts: tuple[str, str], golds: tuple[Annotation, Annotation]) -> None:
        self._texts = texts
        self._places: dict[tuple[str, str, bool], set[tuple[Range, ...]]] = {}
        self._at: dict[tuple[str, tuple[Range, ...], bool], int] = {}
        for in_contrast, gold in enumerate(golds):
            for item in text_items(gold).values():
                ranges = ranges_of(spans_of(item))
                key = kind_of(item), text_of(spans_of(item)), bool(in_contrast)
                self._places.setdefault(key, set()).add(ranges)
                at = kind_of(item), ranges, bool(in_contrast)
                self._at[at] = self._at.get(at, 0) + 1

    def fits(self, quote: str | None, quoted: Quoted | None) -> bool:
        """Whether a quote stands for an item, and for no other place."""
        if quote is None or quoted is None:
            return quote is None and quoted is None
        if quote == quoted.text:
            return quoted.kind == "entity" or len(self._places_of(quoted)) == 1
        found = [*bracketed(quote, self._texts[quoted.in_contrast])]
        return found == [quoted.ranges]

    def problem(self, kind: str, quote: str, *, in_contrast: bool) -> str | None:
        """Why a quote stands for no item; None if it does."""
        text = self._texts[in_contrast]
        places = self._places.get((kind, quote, in_contrast), set())
        if kind == "entity" or len(places) == 1:
            return None
        if len(places) > 1:
            return (
                f'"{quote}" is the text of {len(places)} items; add words around it and put the '
                f'item in brackets, as in "{self._in_brackets(min(places), text)}"'
            )
        found = [*bracketed(quote, text)]
        if len(found) > 1:
            return f'"{quote}" occurs {len(found)} times; add more words'
        if not found or (kind, found[0], in_contrast) not in self._at:
            return f'no {kind} has the text "{quote}"'
        return None

    def shortest(self, quoted: Quoted) -> str:
        """The quote to declare for an item: its text, with words around it if needed."""
        if quoted.kind == "entity" or len(self._places_of(quoted)) <= 1:
            return quoted.text
        return self._in_brackets(quoted.ranges, self._texts[quoted.in_contrast])

    def has_one_label(self, quoted: Quoted) -> bool:
        """Whether no other item of the kind has the same place."""
        return self._at.get((quoted.kind, quoted.ranges, quoted.in_contrast), 0) <= 1

    def _places_of(self, quoted: Quoted) -> set[tuple[Range, ...]]:
        return self._places.get((quoted.kind, quoted.text, quoted.in_contrast), set())

    def _in_brackets(self, ranges: Sequence[Range], text: str) -> str:
        """The item in brackets, with as many words around it as no other place has."""
        words = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        for count in range(len(words)):
            start = [s for s, _ in words if s <= ranges[0][0]][-1 - count :][:1] or [0]
            end = [e for _, e in words if e >= ranges[-1][1]][: count + 1][-1:] or [len(text)]
            shown, position = "", start[0]
            for s, e in ranges:
                shown += f"{text[position:s]}[{text[s:e]}]"
                position = e
            if text.count(text[start[0] : end[0]]) == 1:
                return shown + text[position : end[0]]
        return text


def bracketed(quote: str, text: str) -> Iterator[tuple[Range, ...]]:
    """Where a quote occurs in a text: the places of what it has in brackets."""
    pieces = _BRACKETS.split(quote)
    if len(pieces) == 1:
        return
    plain, ranges = "", []
    for number, piece in enumerate(pieces):
        if number % 2:
            ranges.append((len(plain), len(plain) + len(piece)))
        plain += piece
    start = text.find(plain)
    while start >= 0:
        yield tuple((start + s, start + e) for s, e in ranges)
        start = text.find(plain, start + 1)


def occurs(quote: str, text: str) -> bool:
    """Whether a text has what a declaration quotes, item or not."""
    position = 0
    for fragment in quote.split(_FRAGMENTS):
        position = text.find(fragment, position)
        if position < 0:
            return any(True for _ in bracketed(quote, text))
        position += len(fragment)
    return True
