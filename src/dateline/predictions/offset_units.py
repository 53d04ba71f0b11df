"""Recognizes the unit of offsets that are not code points, by trying which unit fits the quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dateline.model import Span

Slice = Callable[[str, Span], str]


def _utf16(text: str, span: Span) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * span.start : 2 * span.end].decode("utf-16-le", "replace")


def _bytes(text: str, span: Span) -> str:
    return text.encode()[span.start : span.end].decode("utf-8", "replace")


UNITS: Sequence[tuple[str, Slice]] = (
    ("UTF-16 code units, as in JavaScript and Java", _utf16),
    ("bytes of UTF-8", _bytes),
    ("code points with the end included", lambda text, span: text[span.start : span.end + 1]),
    ("code points counted from 1", lambda text, span: text[max(span.start - 1, 0) : span.end - 1]),
    (
        "code points of a text with CR LF line ends",
        lambda text, span: text.replace("\n", "\r\n")[span.start : span.end],
    ),
)


def better_unit(text: str, spans: Sequence[Span]) -> str:
    """Say which other unit makes more quotes match their offsets than code points do.

    Empty if no unit does.
    """
    best, most = "", _matching(text, spans, lambda text, span: text[span.start : span.end])
    for name, slice_of in UNITS:
        found = _matching(text, spans, slice_of)
        if found > most:
            best, most = name, found
    return f"{most} of {len(spans)} spans are right if offsets count {best}" if best else ""


def _matching(text: str, spans: Sequence[Span], slice_of: Slice) -> int:
    return sum(span.start >= 0 and slice_of(text, span) == span.text for span in spans)
