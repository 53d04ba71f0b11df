"""Maps spans to tokens and sentences, and mentions to BIO tags."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from dateline.model import Document, Range, Spans, Struct

OUTSIDE = "O"


class Sentence(Struct, frozen=True):
    """A sentence with its tokens, which are the document's tokens from ``first`` to ``last``.

    ``last`` is exclusive. ``start`` and ``end`` are offsets into the document's text.
    """

    number: int
    start: int
    end: int
    text: str
    tokens: list[str]
    first: int
    last: int


class TokenIndex:
    """Finds tokens and sentences of a document by offset."""

    def __init__(self, document: Document) -> None:
        self._starts = [start for start, _ in document.tokens]
        self._ends = [end for _, end in document.tokens]
        self.sentences = list(self._read(document))
        self._lasts = [sentence.last for sentence in self.sentences]
        self._sentence_starts = [sentence.start for sentence in self.sentences]
        self._sentence_ends = [sentence.end for sentence in self.sentences]

    def touched(self, start: int, end: int) -> Range:
        """The range of tokens that overlap the text from ``start`` to ``end``."""
        first = bisect_right(self._ends, start)
        return first, max(first, bisect_left(self._starts, end))

    def sentences_of(self, spans: Spans) -> list[Sentence]:
        """The sentences that overlap one of the spans, in order."""
        numbers: set[int] = set()
        for span in spans:
            first = bisect_right(self._sentence_ends, span.start)
            numbers.update(range(first, bisect_left(self._sentence_starts, span.end)))
        return [self.sentences[number] for number in sorted(numbers)]

    def by_sentence(self, spans: Spans) -> dict[int, list[Range]]:
        """The token ranges that overlap the spans, by number of the sentence.

        Ranges are sorted and disjoint, and count from the first token of the sentence.
        """
        places: dict[int, list[Range]] = {}
        covered = 0
        for span in spans:
            first, last = self.touched(span.start, span.end)
            # Two fragments may overlap one token, which counts once.
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


def bio_tag_names(labels: Sequence[str]) -> list[str]:
    """The names of the BIO tags for these labels, "O" first."""
    return [OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def bio_tags(length: int, labelled: Iterable[tuple[Range, str]]) -> list[str]:
    """The BIO tags of a sentence of ``length`` tokens, from ranges of tokens with their labels.

    Ranges are tagged by length, then position, then order, each if its tokens have no tag yet. So
    the outermost of nested mentions is tagged.
    """
    tags = [OUTSIDE] * length
    for (first, last), label in sorted(labelled, key=_longest_first):
        if all(tag == OUTSIDE for tag in tags[first:last]):
            tags[first:last] = [f"B-{label}", *([f"I-{label}"] * (last - first - 1))]
    return tags


def _longest_first(labelled: tuple[Range, str]) -> Range:
    (first, last), _ = labelled
    return first - last, first
