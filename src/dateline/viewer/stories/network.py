"""Who claims what: claimers on one side, events on the other, and a line for each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from dateline.model import Struct
from dateline.viewer.stories.story import Claimed, Instance, Key, Story

N = TypeVar("N", bound=Hashable)

ROW = 24
"""Height of a row, in pixels of the picture."""

WIDTH, LEFT, RIGHT = 960, 300, 620
"""Width of the picture, and where lines start and end."""

_LETTERS = 40
_ROUNDS = 4


class Node(Struct, frozen=True):
    """A claimer or an event: its place, its name in full and as shown."""

    number: int
    y: int
    name: str
    shown: str
    link: str = ""
    style: str = ""
    is_disputed: bool = False


class Line(Struct, frozen=True):
    """The claims of a claimer about an event."""

    claimer: int
    event: int
    path: str
    title: str
    is_disputed: bool


class Network(Struct, frozen=True):
    """The picture; ``height`` in pixels."""

    claimers: tuple[Node, ...]
    events: tuple[Node, ...]
    lines: tuple[Line, ...]
    height: int


def network_of(story: Story) -> Network:
    """The network of a story; it has the claimers and events that claims connect."""
    claims = [(claim, at) for at, one in enumerate(story.instances) for claim in one.claims]
    by_claimer = Counter(claim.claimer for claim, _ in claims)
    names = {claim.claimer: claim.name for claim, _ in reversed(claims)}
    claimers = [key for key, _ in by_claimer.most_common()]
    events = [at for at, one in enumerate(story.instances) if one.claims]
    pairs: dict[tuple[Key, int], list[Claimed]] = {}
    for claim, at in claims:
        pairs.setdefault((claim.claimer, at), []).append(claim)
    claimers, events = _untangled(claimers, events, list(pairs))
    rows = max(len(claimers), len(events))
    left = _spread(claimers, rows)
    right = _spread(events, rows)
    return Network(
        claimers=tuple(
            Node(number=at, y=left[key], name=names[key], shown=_short(names[key]))
            for at, key in enumerate(claimers)
        ),
        events=tuple(_event(at, right[at], story.instances[at]) for at in events),
        lines=tuple(
            Line(
                claimer=claimers.index(key),
                event=at,
                path=_curve(left[key], right[at]),
                title=f"{names[key]}: {', '.join(_said(claim) for claim in some)}",
                is_disputed=story.instances[at].is_disputed and any(c.side for c in some),
            )
            for (key, at), some in pairs.items()
        ),
        height=ROW * rows,
    )


def _event(number: int, y: int, instance: Instance) -> Node:
    return Node(
        number=number,
        y=y,
        name=f"{instance.label.title}: {instance.quote}",
        shown=_short(instance.quote),
        link=instance.places[0].link,
        style=instance.label.style,
        is_disputed=instance.is_disputed,
    )


def _said(claim: Claimed) -> str:
    return f"{claim.label.title} ({claim.value})" if claim.value else claim.label.title


def _untangled(
    claimers: list[Key], events: list[int], pairs: Sequence[tuple[Key, int]]
) -> tuple[list[Key], list[int]]:
    """Both sides in an order with few crossing lines: each node near the middle of its partners."""
    for _ in range(_ROUNDS):
        place = {key: at / len(claimers) for at, key in enumerate(claimers)}
        middle = _middles([(event, place[key]) for key, event in pairs])
        events = sorted(events, key=middle.__getitem__)
        place_of_event = {event: at / len(events) for at, event in enumerate(events)}
        middle_of_key = _middles([(key, place_of_event[event]) for key, event in pairs])
        claimers = sorted(claimers, key=middle_of_key.__getitem__)
    return claimers, events


def _middles(places: Sequence[tuple[N, float]]) -> Mapping[N, float]:
    found: dict[N, list[float]] = {}
    for node, place in places:
        found.setdefault(node, []).append(place)
    return {node: sum(some) / len(some) for node, some in found.items()}


def _spread(nodes: Sequence[N], rows: int) -> dict[N, int]:
    """The heights of nodes, spread evenly over all rows."""
    return {node: round((at + 0.5) * ROW * rows / len(nodes)) for at, node in enumerate(nodes)}


def _curve(left: int, right: int) -> str:
    middle = (LEFT + RIGHT) // 2
    return f"M{LEFT} {left}C{middle} {left} {middle} {right} {RIGHT} {right}"


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
