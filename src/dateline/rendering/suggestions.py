"""Hints for a name that is not allowed, and sentences of a message and its hint."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.rendering.listing import listed

SHOWN = 40
"""How many allowed names a hint lists."""

_LONGEST = 100
"""Code points of a name that are compared."""


def allowed(name: str, names: Iterable[str]) -> str:
    """A hint for a name that is none of these: the most similar one, if any, and all of them."""
    known = [*names]
    similar = most_similar(name, known)
    guess = f'Did you mean "{similar}"? ' if similar else ""
    return f"{guess}Allowed: {', '.join(listed(known, SHOWN)) or 'none'}."


def most_similar(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The name that this one is a misspelling of, also by case; empty if there is none."""
    import difflib  # noqa: PLC0415 (only a message needs it)

    by_lower: dict[str, str] = {}
    for known in names:
        by_lower.setdefault(known.lower(), known)
    found = difflib.get_close_matches(name[:_LONGEST].lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else ""


def sentences(message: str, hint: str = "") -> str:
    """A message, which may lack its full stop, and a hint if there is one."""
    ended = message if message.endswith((".", "?", "!")) else f"{message}."
    return f"{ended} {hint}".rstrip()
