"""Links to knowledge bases that do not go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.model import Link


def link_problems(links: Iterable[Link]) -> Iterator[tuple[int, str]]:
    """Duplicate links and contradictions to NIL: the link's position, and what is wrong."""
    entries: dict[str, list[str | None]] = {}
    for position, link in enumerate(links):
        others = entries.setdefault(link.kb, [])
        if link.id in others:
            yield position, f"the link to {link.kb}:{link.id or 'NIL'} is duplicated"
        elif others and None in (link.id, *others):
            yield position, f"has both NIL and an entry of {link.kb}"
        others.append(link.id)
