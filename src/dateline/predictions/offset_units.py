"""Recognizes the unit of offsets that are not code points, by trying which unit fits the quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dateline.model import Span, Struct


class _Unit(Struct, frozen=True):
    """A way to count: what is counted, how many there are in one offset, and shifts of the ends."""

    name: str
    form: Callable[[str], str | bytes]
    size: int = 1
    start: int = 0
    end: int = 0


def _same(text: str) -> str:
    return text


_CODE_POINTS = _Unit(name="code points", form=_same)
_UNITS = (
    _Unit(
        name="UTF-16 code units, as in JavaScript and Java",
        form=lambda text: text.encode("utf-16-le", "surrogatepass"),
        size=2,
    ),
    _Unit(name="bytes of UTF-8", form=lambda text: text.encode("utf-8", "surrogatepass")),
    _Unit(name="code points with the end included", form=_same, end=1),
    _Unit(name="code points counted from 1", form=_same, start=-1, end=-1),
    _Unit(
        name="code points of a text with CR LF line ends",
        form=lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    ),
)


def better_unit(text: str, spans: Sequence[Span]) -> str:
    """Say which other unit makes more quotes match their offsets than code points do.

    Empty if no unit does. Takes time in proportion to the text and the quotes.
    """
    best, most = "", _matching(text, spans, _CODE_POINTS)
    if most == len(spans):
        return ""
    for unit in _UNITS:
        found = _matching(text, spans, unit)
        if found > most:
            best, most = unit.name, found
    return f"{most} of {len(spans)} spans are right if offsets count {best}" if best else ""


def _matching(text: str, spans: Sequence[Span], unit: _Unit) -> int:
    # Compared in place: slices of a long text for each of many spans would take minutes.
    whole = unit.form(text)
    found = 0
    for span in spans:
        quote = unit.form(span.text)
        start, end = (span.start + unit.start) * unit.size, (span.end + unit.end) * unit.size
        found += start >= 0 and end - start == len(quote) and _has(whole, quote, start)
    return found


def _has(whole: str | bytes, part: str | bytes, start: int) -> bool:
    if isinstance(whole, str):
        return isinstance(part, str) and whole.startswith(part, start)
    return isinstance(part, bytes) and whole.startswith(part, start)
