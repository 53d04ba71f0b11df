"""Numbers and lists in messages."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 file", "2,000 files"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def documents_and_contrasts(documents: int, contrasts: int) -> str:
    """Numbers of documents: "49 documents", "49 documents and 38 contrasts"."""
    shown = counted(documents, "document")
    return f"{shown} and {counted(contrasts, 'contrast')}" if contrasts else shown


def listed(
    items: Iterable[object], limit: int, *, total: int | None = None, more: str = "more"
) -> list[str]:
    """The first ``limit`` items as text, then "and N more" if there are others.

    ``total`` is the number of all items, if ``items`` has only some of them; ``more`` is the text
    after the number. Join the result with ", " or line breaks.
    """
    shown = [str(item) for item in items]
    rest = (len(shown) if total is None else total) - min(len(shown), limit)
    return [*shown[:limit], *([f"and {rest:,} {more}"] if rest > 0 else [])]
