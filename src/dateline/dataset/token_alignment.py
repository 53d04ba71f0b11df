"""Between code points and tokens: which tokens a span touches, and in which sentence they lie."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from dateline.dataset.features import OUTSIDE
from dateline.model import Document, Range, Spans, Struct


class Sentence(Struct, frozen=True):
    """A sentence with its tokens; ``first`` and ``last`` bound them in the document's tokens.

    ``start`` and ``end`` are code points into the document's text.
    """

    number: int
    start: int
    end: int
    text: str
    tokens: list[str]
    first: int
    last: int


class Alignment:
    """The tokens and sentences of a document, looked up by code points."""

    def __init__(self, document: Document) -> None:
        self._starts = [start for start, _ in document.tokens]
        self._ends = [end for _, end in document.tokens]
        self.sentences = list(self._read(document))
        self._lasts = [sentence.last for sentence in self.sentences]
        self._sentence_starts = [sentence.start for sentence in self.sentences]
        self._sentence_ends = [sentence.end for sentence in self.sentences]

    def touched(self, start: int, end: int) -> Range:
        """The tokens, as a range of their positions, that share a code point with [start, end)."""
        first = bisect_right(self._ends, start)
        return first, max(first, bisect_left(self._starts, end))

    def sentences_of(self, spans: Spans) -> list[Sentence]:
        """The sentences that share a code point with one of the spans, in order."""
        numbers: set[int] = set()
        for span in spans:
            first = bisect_right(self._sentence_ends, span.start)
            numbers.update(range(first, bisect_left(self._sentence_starts, span.end)))
        return [self.sentences[number] for number in sorted(numbers)]

    def by_sentence(self, spans: Spans) -> dict[int, list[Range]]:
        """For each sentence, by number, the ranges of its own tokens that the spans touch.

        Ranges are sorted and disjoint; positions count from the sentence's first token.
        """
        places: dict[int, list[Range]] = {}
        covered = 0
        for span in spans:
            first, last = self.touched(span.start, span.end)
            # Two fragments may touch one token; it is counted once.
            first = max(first, covered)
            while first < last:
                number = bisect_right(self._lasts, first)
                sentence = self.sentences[number]
                border = min(last, sentence.last)
                places.setdefault(number, []).append(
                    (first - sentence.first, border - sentence.first)
                )
                first = border
            covered = max(covered, last)
        return places

    def _read(self, document: Document) -> Iterable[Sentence]:
        text, tokens = document.text, document.tokens
        last = 0
        for number, (start, end) in enumerate(document.sentences):
            first, last = last, bisect_left(self._starts, end)
            yield Sentence(
                number=number,
                start=start,
                end=end,
                text=text[start:end],
                tokens=[text[a:b] for a, b in tokens[first:last]],
                first=first,
                last=last,
            )


def bio(length: int, labelled: Iterable[tuple[Range, str]]) -> list[str]:
    """BIO tags of a sentence of ``length`` tokens, given ranges of tokens and their labels.

    The longest are tagged first, then the leftmost, then the first, each if its tokens are still
    free: so a mention wins over those nested in it.
    """
    tags = [OUTSIDE] * length
    for (first, last), label in sorted(labelled, key=_outermost_first):
        if all(tag == OUTSIDE for tag in tags[first:last]):
            tags[first:last] = [f"B-{label}", *([f"I-{label}"] * (last - first - 1))]
    return tags


def _outermost_first(labelled: tuple[Range, str]) -> Range:
    (first, last), _ = labelled
    return first - last, first
