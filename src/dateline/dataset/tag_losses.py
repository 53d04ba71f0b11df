"""Counts the mentions that the BIO tags of a dataset do not express."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.dataset.columns import EntityRow
from dateline.dataset.token_index import OUTSIDE
from dateline.model import Range


class TagLosses:
    """Numbers of mentions: all, those with no tags of their own, and those with tags too wide.

    A mention has no tags if a longer one overlaps it, or if it is discontinuous or in several
    sentences. One that starts or ends within a token has tags for the whole token.
    """

    def __init__(self) -> None:
        self.mentions = 0
        self.untagged = 0
        self.widened = 0

    def add(self, mentions: int, rows: Iterable[EntityRow]) -> None:
        """Count a document's mentions, given the rows of its sentences."""
        tagged: set[str] = set()
        widened: set[str] = set()
        for row in rows:
            ranges = dict(_tagged(row.ner_tags))
            for mention in row.mentions:
                places = [(place.start, place.end) for place in mention.tokens]
                if len(mention.spans) != 1 or len(places) != 1:
                    continue
                ((first, last),), (span,) = places, mention.spans
                is_within = row.start <= span.start and span.end <= row.end
                if not is_within or ranges.get((first, last)) != mention.type:
                    continue
                tagged.add(mention.id)
                start, end = row.token_offsets[first].start, row.token_offsets[last - 1].end
                if (start, end) != (span.start, span.end):
                    widened.add(mention.id)
        self.mentions += mentions
        self.untagged += mentions - len(tagged)
        self.widened += len(widened)


def _tagged(tags: list[str]) -> Iterable[tuple[Range, str]]:
    """Ranges of tokens with their labels."""
    start = 0
    for position, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if tag != OUTSIDE and prefix == "B":
            start = position
        following = tags[position + 1] if position + 1 < len(tags) else OUTSIDE
        if tag != OUTSIDE and following != f"I-{label}":
            yield (start, position + 1), label
