"""The mentions that the BIO tags of a dataset do not express."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dateline.dataset.columns import EntityRow, SentenceMention
from dateline.dataset.token_index import OUTSIDE, Sentence
from dateline.model import Document, Range


class LostMentions(NamedTuple):
    """Ids of the mentions with no tags of their own, and of those with tags too wide.

    A mention has no tags if a longer one overlaps it, or if it is discontinuous or in several
    sentences. One that starts or ends within a token has tags for the whole token.
    """

    untagged: list[str]
    widened: list[str]


def lost_mentions(
    document: Document, sentence: Sentence, tags: list[str], mentions: Iterable[SentenceMention]
) -> LostMentions:
    """What the tags of a sentence do not express of the mentions that overlap it."""
    lost = LostMentions([], [])
    tagged = dict(_tagged(tags))
    for mention in mentions:
        span, place = mention.spans[0], mention.tokens[0]
        is_whole = (
            len(mention.spans) == 1 and sentence.start <= span.start and span.end <= sentence.end
        )
        if not is_whole or tagged.get((place.start, place.end)) != mention.type:
            lost.untagged.append(mention.id)
            continue
        start, _ = document.tokens[sentence.first + place.start]
        _, end = document.tokens[sentence.first + place.end - 1]
        if (start, end) != (span.start, span.end):
            lost.widened.append(mention.id)
    return lost


class TagLosses:
    """Numbers of mentions: all, those with no tags of their own, and those with tags too wide."""

    def __init__(self) -> None:
        self.mentions = 0
        self.untagged = 0
        self.widened = 0

    def add(self, mentions: int, rows: Iterable[EntityRow]) -> None:
        """Count a document's mentions, given the rows of its sentences."""
        self.mentions += mentions
        self.untagged += mentions
        for row in rows:
            # A mention in several sentences is untagged in each; one without a token is in none.
            self.untagged -= len(row.mentions) - len(row.untagged)
            self.widened += len(row.widened)


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
