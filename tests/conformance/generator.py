"""Random documents with nested, discontinuous and duplicate spans, and entities in several documents."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TypeVar

from .documents import (
    EVENT_TYPES,
    NIL,
    OTHER_VALUE,
    ROLES,
    TEXT,
    TYPES,
    VALUE,
    Case,
    Claim,
    Document,
    Event,
    Items,
    Mention,
)

ENTITIES = ("e1", "e2", "e3", None)
CLUSTERS = ("v1", "v2", None)
ENTRIES = ("Q1", "Q2", "Q3", NIL)
SCORES = range(1, 100)
T = TypeVar("T")


def random_cases(number: int, seed: int) -> list[Case]:
    """Cases of one to three documents."""
    source = random.Random(seed)
    return [
        Case(
            f"random-{i:02}",
            tuple(_document(source) for _ in range(source.choice((1, 1, 2, 3)))),
        )
        for i in range(number)
    ]


def _document(source: random.Random) -> Document:
    gold = _gold(source)
    return Document(gold=gold, predicted=_predicted(source, gold))


def _gold(source: random.Random) -> Items:
    mentions = {}
    for _ in range(source.choice((0, 3, 5, 7))):
        mention = Mention(source.choice(TYPES), _span(source, mentions), source.choice(ENTITIES))
        mentions.setdefault((mention.type, mention.span), mention)
    events = {}
    for _ in range(source.choice((0, 2, 3, 4))):
        event = _event(source, _span(source, events), len(mentions))
        events.setdefault((event.type, event.span), event)
    claims = {_span(source, {}): source.choice((VALUE, OTHER_VALUE)) for _ in range(4)}
    return Items(
        mentions=tuple(mentions.values()),
        links={name: source.choice(ENTRIES) for name in ENTITIES if name},
        events=tuple(events.values()),
        claims=tuple(Claim(span, value) for span, value in claims.items()),
    )


def _predicted(source: random.Random, gold: Items) -> Items:
    mentions = [
        Mention(
            _often(source, 0.8, mention.type, TYPES),
            _often(source, 0.8, mention.span, [_span(source, {})]),
            _often(source, 0.7, mention.entity, ENTITIES),
        )
        for mention in gold.mentions
        if source.random() < 0.85
    ]
    mentions += [
        Mention(source.choice(TYPES), _span(source, {}), source.choice(ENTITIES))
        for _ in range(source.choice((0, 1, 2)))
    ]
    if mentions and source.random() < 0.3:
        mentions.append(source.choice(mentions))
    events = []
    for event in gold.events:
        kept = tuple(
            (_often(source, 0.8, role, ROLES), _often(source, 0.8, filler, range(len(mentions))))
            for role, filler in event.arguments
            if filler < len(mentions)
        )
        kind = _often(source, 0.8, event.type, EVENT_TYPES)
        cluster = _often(source, 0.7, event.cluster, CLUSTERS)
        if source.random() < 0.85:
            events.append(Event(kind, event.span, cluster, kept))
    if source.random() < 0.4:
        events.append(_event(source, _span(source, {}), len(mentions)))
    if events and source.random() < 0.3:
        events.append(source.choice(events))
    source.shuffle(mentions_left := [claim for claim in gold.claims if source.random() < 0.8])
    spans = dict.fromkeys([claim.span for claim in mentions_left] + [_span(source, {})])
    scores = source.sample(SCORES, len(spans))
    return Items(
        mentions=tuple(mentions),
        links={name: _often(source, 0.7, e, ENTRIES) for name, e in gold.links.items()},
        events=tuple(events),
        claims=tuple(Claim(s, VALUE, n / 100) for s, n in zip(spans, scores, strict=True)),
    )


def _span(source: random.Random, others: object) -> str:
    """A new span, or the one of another item; one in six is discontinuous."""
    taken = [key[1] for key in others] if isinstance(others, dict) else []
    if taken and source.random() < 0.15:
        return source.choice(taken)
    fragments = 2 if source.random() < 1 / 6 else 1
    first = source.randrange(len(TEXT) - 8)
    cuts = sorted(source.sample(range(first, first + 9), 2 * fragments))
    return ",".join(f"{a}-{b}" for a, b in zip(cuts[::2], cuts[1::2], strict=True))


def _event(source: random.Random, span: str, mentions: int) -> Event:
    size = source.choice((0, 1, 2, 3)) if mentions else 0
    arguments = {(source.choice(ROLES), source.randrange(mentions)) for _ in range(size)}
    kind, cluster = source.choice(EVENT_TYPES), source.choice(CLUSTERS)
    return Event(kind, span, cluster, tuple(sorted(arguments)))


def _often(source: random.Random, chance: float, value: T, others: Iterable[T]) -> T:
    """The value, or sometimes another one."""
    return value if source.random() < chance or not others else source.choice(list(others))
