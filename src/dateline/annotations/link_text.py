"""Links as one line of text, short enough to type: ``wikidata@2025-01-01:Q42 geonames:NIL``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from dateline.model import Link

NIL = "NIL"


def format_links(links: Iterable[Link]) -> str:
    """The links, separated by spaces."""
    return " ".join(format_link(link) for link in links)


def parse_links(text: str) -> tuple[Link, ...] | None:
    """The links that the text stands for, or None if a part of it is not a link."""
    links = [parse_link(part) for part in text.split()]
    found = tuple(link for link in links if link is not None)
    return found if found and len(found) == len(links) else None


def format_link(link: Link) -> str:
    """``kb:id`` or ``kb@date:id``; the id is ``NIL`` if the knowledge base has no entry.

    Ambiguous characters are percent-encoded, so that ``parse_link`` returns the same link.
    """
    date = "" if link.date is None else f"@{_encode(link.date)}"
    if link.id is None:
        entry = NIL
    elif link.id == NIL:
        entry = "%4EIL"
    else:
        entry = _encode(link.id, keep=":@")
    return f"{_encode(link.kb)}{date}:{entry}"


def parse_link(text: str) -> Link | None:
    """The link that the text stands for, or None if it is not a link."""
    source, colon, entry = text.strip().partition(":")
    if not colon:
        return None
    kb, at, date = source.partition("@")
    return Link(
        kb=unquote(kb),
        date=unquote(date) if at else None,
        id=None if entry == NIL else unquote(entry),
    )


def _encode(text: str, keep: str = "") -> str:
    return re.sub(r"[%:@\s]", lambda m: m[0] if m[0] in keep else quote(m[0], safe=""), text)
