"""A stretch of text with its items as HTML: nested, discontinuous and crossing ones."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import escape

from dateline.model import Struct

LAYERS = {"claims": "c", "mentions": "m", "events": "e", "cue": "q"}
"""The class of the items of a field, the outermost first where several have the same extent."""

_RANK = {name: rank for rank, name in enumerate(LAYERS)}


class Fragment(Struct, frozen=True):
    """A stretch of an item, in code points.

    ``anchor`` is the id of its element, only of the item's first fragment. ``classes`` are added to
    that of the layer. ``starts`` and ``ends`` say whether the item starts or ends there.
    """

    start: int
    end: int
    layer: str
    item: str
    anchor: str = ""
    classes: str = ""
    starts: bool = True
    ends: bool = True


@dataclass
class _Node:
    """An element, with the elements in it; ``height`` is how many mentions it is deep."""

    fragment: Fragment
    children: list[_Node] = field(default_factory=list)

    @property
    def height(self) -> int:
        below = max((child.height for child in self.children), default=0)
        return below + (self.fragment.layer == "mentions")


def marked_up(text: str, start: int, end: int, fragments: Iterable[Fragment]) -> str:
    """The text from ``start`` to ``end`` as HTML, with an element for each fragment.

    Fragments are clipped to the stretch. Of two that cross, the one that starts later is split
    where the other ends; its parts have the same ``data-i``.
    """
    found = [part for one in fragments if (part := _clipped(one, start, end)) is not None]
    return "".join(_html(text, start, end, _tree(found)))


def _clipped(fragment: Fragment, start: int, end: int) -> Fragment | None:
    if fragment.end <= start or end <= fragment.start:
        return None
    return _part(fragment, max(fragment.start, start), min(fragment.end, end))


def _part(fragment: Fragment, start: int, end: int) -> Fragment:
    if (start, end) == (fragment.start, fragment.end):
        return fragment
    is_first, is_last = start == fragment.start, end == fragment.end
    return Fragment(
        start=start,
        end=end,
        layer=fragment.layer,
        item=fragment.item,
        anchor=fragment.anchor if is_first else "",
        classes=fragment.classes,
        starts=fragment.starts and is_first,
        ends=fragment.ends and is_last,
    )


def _tree(fragments: Sequence[Fragment]) -> list[_Node]:
    waiting = [(_order(one), number, one) for number, one in enumerate(fragments)]
    heapq.heapify(waiting)
    top: list[_Node] = []
    opened: list[_Node] = []
    number = len(waiting)
    while waiting:
        _, _, fragment = heapq.heappop(waiting)
        while opened and opened[-1].fragment.end <= fragment.start:
            opened.pop()
        limit = opened[-1].fragment.end if opened else fragment.end
        if fragment.end > limit:
            number += 1
            rest = _part(fragment, limit, fragment.end)
            heapq.heappush(waiting, (_order(rest), number, rest))
            fragment = _part(fragment, fragment.start, limit)
        node = _Node(fragment)
        (opened[-1].children if opened else top).append(node)
        opened.append(node)
    return top


def _order(fragment: Fragment) -> tuple[int, int, int, str]:
    return fragment.start, -fragment.end, _RANK[fragment.layer], fragment.item


def _html(text: str, start: int, end: int, nodes: Sequence[_Node]) -> Iterator[str]:
    position = start
    for node in nodes:
        one = node.fragment
        yield str(escape(text[position : one.start]))
        yield _opening(node)
        yield from _html(text, one.start, one.end, node.children)
        yield "</span>"
        position = one.end
    yield str(escape(text[position:end]))


def _opening(node: _Node) -> str:
    one = node.fragment
    classes = [LAYERS[one.layer]]
    if one.layer == "mentions" and node.height > 1:
        classes.append(f"h{min(node.height, 5)}")
    classes += [name for name, has in (("s", one.starts), ("z", one.ends)) if has]
    classes += [one.classes] if one.classes else []
    anchor = f' id="{escape(one.anchor)}"' if one.anchor else ""
    return f'<span{anchor} class="{escape(" ".join(classes))}" data-i="{escape(one.item)}">'
