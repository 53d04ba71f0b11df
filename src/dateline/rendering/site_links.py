"""Where documents, items, passages, stories and reports are in the site that `dateline view` makes.

All links are relative to the site's folder. They depend on ids only, but for those to passages, so
they stay valid when the corpus changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

INDEX = "index.html"
DOCUMENTS = "documents"
STORIES = "stories"
REPORTS: Mapping[str, str] = {
    "datasheet": "Datasheet",
    "agreement": "Agreement",
    "leaderboard": "Leaderboard",
}
"""The reports that a site may have, with their titles, in the order of its header."""

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_DIGITS = 16


def document_file(document: str) -> str:
    """The path of the page of a document, such as ``documents/a.html``."""
    return f"{DOCUMENTS}/{document}.html"


def document_link(document: str) -> str:
    """The page of a document, as a link."""
    return quote(document_file(document))


def item_link(document: str, item: str) -> str:
    """An item of a document's annotation by its id, such as ``documents/a.html#e12``."""
    return f"{document_link(document)}#{quote(item, safe='')}"


def passage_link(document: str, start: int, end: int) -> str:
    """A passage of a document by its offsets in code points.

    It has the form of RFC 5147 for plain text, such as ``documents/a.html#char=12,20``.
    """
    return f"{document_link(document)}#char={start},{end}"


def report_file(name: str) -> str:
    """The path of the page of a report, such as ``reports/agreement.html``."""
    return f"reports/{name}.html"


def story_file(group: str) -> str:
    """The path of the page of a group of documents, such as ``stories/summit.html``.

    A group whose name is not lower-case ASCII has a hash in place of its name.
    """
    name = group if _PLAIN.fullmatch(group) else _hashed(group)
    return f"{STORIES}/{name}.html"


def _hashed(group: str) -> str:
    return f"group-{hashlib.sha256(group.encode()).hexdigest()[:_DIGITS]}"
