"""What spaCy's documents have of an annotation: tokens, entities and span groups."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from dateline.annotations.items import chains_of
from dateline.model import Annotation, Document, Range, Spans

MENTIONS, TRIGGERS, CLAIMS = "sc", "triggers", "claims"
"""The span groups; "sc" is the one that spaCy's span categorizer learns by default."""

EXTENSION: Any = ("._.", "annotation", None, None)
"""The key of ``doc._.annotation`` in the user data of a document."""

GAP = "SPACE"
"""The part of speech of what is between the tokens, as spaCy has it for white space."""


class Place(NamedTuple):
    """Tokens of a spaCy document from ``first`` to ``last`` (exclusive) with their label."""

    first: int
    last: int
    label: str
    id: str = ""
    kb_id: str = ""


class NumberedTokens:
    """The tokens of a spaCy document that are not gaps, with their numbers in it."""

    def __init__(self, numbered: Sequence[tuple[int, Range]]) -> None:
        self._numbers = [number for number, _ in numbered]
        self._starts = [start for _, (start, _) in numbered]
        self._ends = [end for _, (_, end) in numbered]

    def places(self, items: Iterable[tuple[Spans, str, str, str]]) -> Iterator[Place]:
        """The tokens that each item overlaps, without items of several fragments."""
        for spans, *names in items:
            if len(spans) != 1:
                continue
            first = bisect_right(self._ends, spans[0].start)
            last = bisect_left(self._starts, spans[-1].end)
            if first < last:
                yield Place(self._numbers[first], self._numbers[last - 1] + 1, *names)

    def groups(self, annotation: Annotation) -> dict[str, list[Place]]:
        """What the span groups of an annotation have."""
        links = {e.id: next((n.id for n in e.links if n.id), "") for e in annotation.entities}
        mentions = {
            m.id: (m.spans, m.type, m.id, links.get(m.entity or "", ""))
            for m in annotation.mentions
        }
        found = {
            MENTIONS: mentions.values(),
            TRIGGERS: [(e.trigger, e.type, e.id, "") for e in annotation.events],
            CLAIMS: [(c.spans, c.act, c.id, "") for c in annotation.claims],
        }
        chains = [chain for chain in chains_of(annotation).values() if len(chain) > 1]
        for number, chain in enumerate(chains, 1):
            found[f"coref_clusters_{number}"] = [mentions[name] for name in chain]
        return {key: list(self.places(items)) for key, items in found.items()}


def longest(places: Iterable[Place]) -> list[Place]:
    """The places without those that overlap a longer one or an earlier one, as entities cannot."""
    taken: set[int] = set()
    found = []
    for place in sorted(places, key=lambda p: (p.first - p.last, p.first, p.label)):
        inside = range(place.first, place.last)
        if taken.isdisjoint(inside):
            taken.update(inside)
            found.append(place)
    return sorted(found)


def words_of(document: Document) -> tuple[list[tuple[str, bool]], list[tuple[int, Range]]]:
    """The words with whether a blank follows, and the tokens with the numbers of their words.

    What is between two tokens, but for one blank, is a word of its own, so that the text is exact.
    """
    words: list[tuple[str, bool]] = []
    numbered = []
    end = 0
    for start, next_end in (*document.tokens, (len(document.text), len(document.text))):
        gap = document.text[end:start]
        if words and gap.startswith(" "):
            words[-1] = words[-1][0], True
            gap = gap[1:]
        if gap:
            words.append((gap, False))
        if start < next_end:
            numbered.append((len(words), (start, next_end)))
            words.append((document.text[start:next_end], False))
        end = next_end
    return words, numbered


@contextmanager
def plugins_found() -> Iterator[None]:
    """Find the plugins of spaCy's packer once.

    It looks for them in all installed packages for each span group that it packs or unpacks.
    """
    from srsly.msgpack import msgpack_decoders, msgpack_encoders  # noqa: PLC0415

    registries = msgpack_encoders, msgpack_decoders
    for registry in registries:
        registry.get_all = partial(dict, registry.get_all())
    try:
        yield
    finally:
        for registry in registries:
            vars(registry).pop("get_all", None)
