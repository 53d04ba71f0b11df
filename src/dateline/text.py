"""Hashes of texts, and parts of texts and messages to show to a person.

All offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from dateline.model import Range

_DIGITS = 18


def whole_number(text: str) -> int | None:
    """The number that a text of at most 18 decimal digits is; None if it is not one."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def sha256_of_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def passage(sentences: Sequence[Range], ranges: Sequence[Range]) -> Range:
    """From the start of the first sentence that the ranges touch to the end of the last."""
    start, end = min(start for start, _ in ranges), max(end for _, end in ranges)
    touched = [s for s in sentences if s[0] < end and start < s[1]]
    return (
        min([start, *(sentence_start for sentence_start, _ in touched)]),
        max([end, *(sentence_end for _, sentence_end in touched)]),
    )


def excerpt(text: str, start: int = 0, end: int | None = None, width: int = 60) -> str:
    """The text, or a part, on one line, shortened in the middle to ``width`` code points."""
    shown = text[max(start, 0) : None if end is None else max(end, 0)]
    if len(shown) > width:
        shown = f"{shown[: width // 2]}…{shown[-width // 2 + 1 :]}"
    return escaped(shown)


def escaped(text: str) -> str:
    """The text on one line, with escapes for what a terminal would obey or not show.

    For quotes in a message; ``rendering.printable`` makes whole messages safe, and keeps their line
    breaks and the direction marks that ordinary texts need.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def in_context(text: str, start: int, end: int, around: int = 20) -> str:
    """A part of the text in brackets, with the text before and after it, on one line."""
    return (
        f"{excerpt(text, start - around, start)}[{excerpt(text, start, end)}]"
        f"{excerpt(text, end, end + around)}"
    )


_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def redacted(text: object, secrets: Iterable[str | None], width: int = 300) -> str:
    """What a server or a client reported, to show to a person: on one line, without secrets.

    Secrets are found by their value, also in URLs; empty ones are ignored. Control characters are
    escaped, and the text is shortened to ``width`` code points.
    """
    shown = str(text)
    forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}
    for form in sorted(forms, key=len, reverse=True):
        shown = shown.replace(form, "[secret]")
    shown = " ".join(shown.split())
    return excerpt(shown, width=width)
