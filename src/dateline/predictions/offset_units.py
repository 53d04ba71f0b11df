"""What offsets count, if not code points: found by trying which way the quotes come out right."""

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
    ("UTF-16 code units, as JavaScript and Java count", _utf16),
    ("bytes of UTF-8", _bytes),
    ("code points with the end included", lambda text, span: text[span.start : span.end + 1]),
    ("code points counted from 1", lambda text, span: text[max(span.start - 1, 0) : span.end - 1]),
    (
        "code points of a text whose lines end in CR LF",
        lambda text, span: text.replace("\n", "\r\n")[span.start : span.end],
    ),
)


def recognise(text: str, spans: Sequence[Span]) -> str:
    """What the offsets count, where another unit than code points proves more of the quotes.

    Empty where code points are best, as they should be, or nothing explains the quotes better.
    """
    best, proved = "", _proved(text, spans, lambda text, span: text[span.start : span.end])
    for name, slice_of in UNITS:
        found = _proved(text, spans, slice_of)
        if found > proved:
            best, proved = name, found
    if not best:
        return ""
    return f"{proved} of {len(spans)} spans are right if offsets count {best}"


def _proved(text: str, spans: Sequence[Span], slice_of: Slice) -> int:
    return sum(span.start >= 0 and slice_of(text, span) == span.text for span in spans)
