"""The edit that turns a text into another one, and where spans of the first are in the second."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import groupby

from dateline.annotations.contrasts.alignment import align
from dateline.model import Document, Range, Span, Spans, Struct


class Stretch(Struct, frozen=True):
    """Consecutive tokens that were edited: how many, and their range, before and after.

    A range is empty if no tokens are left, or none were there.
    """

    removed: int
    added: int
    before: Range
    after: Range


class TextEdit:
    """How the text of a document, ``before``, became that of another one, ``after``."""

    def __init__(self, before: Document, after: Document) -> None:
        self._texts = before.text, after.text
        self._tokens = before.tokens
        self._starts = [start for start, _ in before.tokens]
        words = _words(before), _words(after)
        pairs = align(*words)
        self._images = {
            one: after.tokens[other]
            for one, other in pairs
            if one is not None and other is not None
        }
        self._stretch_of: dict[int, Stretch] = {}
        self.stretches: list[Stretch] = []
        position = 0, 0
        for is_kept, run in groupby(pairs, key=lambda pair: _is_kept(*words, *pair)):
            sides = zip(*run, strict=True)
            old, new = ([number for number in side if number is not None] for side in sides)
            stretch = Stretch(
                removed=len(old),
                added=len(new),
                before=_range(before.tokens, old, position[0]),
                after=_range(after.tokens, new, position[1]),
            )
            position = stretch.before[1], stretch.after[1]
            if not is_kept:
                self.stretches.append(stretch)
                self._stretch_of |= dict.fromkeys(old, stretch)

    @cached_property
    def words(self) -> int:
        """The number of words that were replaced, removed or added."""
        return sum(max(stretch.removed, stretch.added) for stretch in self.stretches)

    def moved(self, spans: Spans) -> Spans:
        """Where the spans are after the edit; none if all of their words are gone.

        A fragment whose words are gone is left out, and fragments that the edit has brought
        together are one.
        """
        before, after = self._texts
        found: list[Range] = []
        end = 0
        for span in spans:
            place = self._moved(span)
            if place is None:
                continue
            are_joined = found and not after[found[-1][1] : place[0]].strip()
            if are_joined and before[end : span.start].strip():
                place = (found.pop()[0], place[1])
            found.append(place)
            end = span.end
        return tuple(Span(start=s, end=e, text=after[s:e]) for s, e in found)

    def allows(self, before: Spans, after: Spans) -> bool:
        """Whether spans of the edited text are where the edit leaves those of the original.

        Where a fragment ends among words that were replaced by another number of words, it may end
        with any of these.
        """
        moved = self.moved(before)
        if len(moved) != len(after):
            return False
        starts, ends = self._looser(before)
        return all(
            (one.start == other.start or any(s <= other.start < e for s, e in starts))
            and (one.end == other.end or any(s < other.end <= e for s, e in ends))
            for one, other in zip(moved, after, strict=True)
        )

    def stretch_at(self, spans: Spans) -> Stretch | None:
        """The edited words that spans of the original are among; None if they start elsewhere."""
        first, _ = self._tokens_of(spans[0])
        return self._stretch_of.get(first)

    def _moved(self, span: Span) -> Range | None:
        first, last = self._tokens_of(span)
        kept = [number for number in range(first, last + 1) if number in self._images]
        if not kept:
            return None
        start, end = self._images[kept[0]][0], self._images[kept[-1]][1]
        # An item may start or end within a token, which is then the same after the edit.
        if kept[0] == first and self._is_same(first):
            start += max(span.start - self._tokens[first][0], 0)
        if kept[-1] == last and self._is_same(last):
            end -= max(self._tokens[last][1] - span.end, 0)
        return (start, end) if start < end else None

    def _is_same(self, token: int) -> bool:
        return token not in self._stretch_of

    def _tokens_of(self, span: Span) -> Range:
        """The first and the last token that a span touches."""
        if not self._tokens:
            return 0, -1
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        if self._tokens[first][1] <= span.start and first + 1 < len(self._tokens):
            first += 1
        last = max(bisect_right(self._starts, span.end - 1) - 1, first)
        return first, last

    def _looser(self, spans: Spans) -> tuple[list[Range], list[Range]]:
        """Ranges in which fragments may start, and may end."""
        sides: tuple[list[Range], list[Range]] = [], []
        for span in spans:
            for ranges, token in zip(sides, self._tokens_of(span), strict=True):
                stretch = self._stretch_of.get(token)
                if stretch is not None and stretch.removed != stretch.added:
                    ranges.append(stretch.after)
        return sides


def _words(document: Document) -> list[str]:
    return [document.text[start:end] for start, end in document.tokens]


def _is_kept(
    before: Sequence[str], after: Sequence[str], one: int | None, other: int | None
) -> bool:
    return one is not None and other is not None and before[one] == after[other]


def _range(tokens: Sequence[Range], numbers: Sequence[int], position: int) -> Range:
    if not numbers:
        return position, position
    return tokens[numbers[0]][0], tokens[numbers[-1]][1]
