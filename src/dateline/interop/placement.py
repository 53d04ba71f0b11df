"""Fitting spans into what a format can hold: fragments, tokens, sentences, overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from dateline.interop.format import Placing
from dateline.interop.losses import Reasons
from dateline.interop.source import spans_at
from dateline.model import Annotation, Document, Range, Spans

Note = Callable[[str, str], None]
"""Called with the id of an item and a reason."""


class Placed(NamedTuple):
    """An item's id, its label, and its spans."""

    id: str
    label: str
    spans: Spans


class Placer:
    """Fits the items of a document into a `Placing`."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._tokens = document.tokens
        self._starts = [start for start, _ in document.tokens]
        self._ends = [end for _, end in document.tokens]
        self._sentence_starts = [start for start, _ in document.sentences]

    def fitted(
        self, items: Iterable[Placed], placing: Placing, kind: str, reasons: Reasons
    ) -> dict[str, Spans]:
        """The spans of the items that are kept, by id; all others of this kind get a reason."""
        leave_out = partial(reasons.leave_out, kind)
        approximate = partial(reasons.approximate, kind)
        fitting = []
        for item in items:
            spans = self._fitted(item, placing, leave_out, approximate)
            if spans is not None:
                fitting.append(item._replace(spans=spans))
        if not (placing.duplicates and placing.same_place):
            fitting = list(_distinct(fitting, leave_out, labels=placing.same_place))
        if placing.overlap != "any":
            fitting = list(self._apart(fitting, leave_out, nested=placing.overlap == "nested"))
        return {item.id: item.spans for item in fitting}

    def _fitted(
        self, item: Placed, placing: Placing, leave_out: Note, approximate: Note
    ) -> Spans | None:
        spans = item.spans
        if len(spans) > 1 and placing.discontinuous != "kept":
            if placing.discontinuous == "left out":
                leave_out(item.id, "is discontinuous")
                return None
            if placing.discontinuous == "first":
                approximate(item.id, "is discontinuous: the first fragment only")
                spans = spans[:1]
            else:
                approximate(item.id, "is discontinuous: from the first to the last fragment")
                spans = spans_at(self._text, [(spans[0].start, spans[-1].end)])
        for fits, adapted, otherwise, how in (
            (placing.within_tokens, self._whole_tokens, "has no token", "widened to whole tokens"),
            (placing.between_tokens, self._within_tokens, "has no token", "shortened to tokens"),
            (
                placing.line_ends,
                self._without_line_ends,
                "has nothing but line ends",
                "without line ends at its borders",
            ),
        ):
            if fits:
                continue
            ranges = list(adapted(spans))
            if not ranges:
                leave_out(item.id, otherwise)
                return None
            if ranges != [(span.start, span.end) for span in spans]:
                approximate(item.id, how)
                spans = spans_at(self._text, ranges)
        if not placing.across_sentences and self.sentence_at(spans[0].start) != self.sentence_at(
            spans[-1].end - 1
        ):
            leave_out(item.id, "is in several sentences")
            return None
        return spans

    def _whole_tokens(self, spans: Spans) -> Iterator[Range]:
        """The ranges of the tokens that the spans overlap; those of adjacent tokens are joined."""
        pieces: list[list[int]] = []
        for span in spans:
            first, last = self._overlapped(span.start, span.end)
            if first >= last:
                continue
            if pieces and first <= pieces[-1][1]:
                pieces[-1][1] = max(pieces[-1][1], last)
            else:
                pieces.append([first, last])
        for first, last in pieces:
            yield self._starts[first], self._ends[last - 1]

    def _within_tokens(self, spans: Spans) -> Iterator[Range]:
        """The ranges without what is before their first and after their last token."""
        for span in spans:
            first, last = self._overlapped(span.start, span.end)
            if first < last:
                yield max(span.start, self._starts[first]), min(span.end, self._ends[last - 1])

    def _without_line_ends(self, spans: Spans) -> list[Range]:
        return joined_over_line_ends(self._text, [(span.start, span.end) for span in spans])

    def _overlapped(self, start: int, end: int) -> Range:
        return bisect_right(self._ends, start), bisect_left(self._starts, end)

    def _apart(self, items: list[Placed], leave_out: Note, *, nested: bool) -> Iterator[Placed]:
        """The items without those that overlap a longer one; with ``nested``, or cross it."""
        kept: list[Range] = []
        chosen = set()
        for item in sorted(items, key=self._by_length):
            start, end = envelope(item.spans)
            at = bisect_left(kept, (start, start))
            around = kept if nested else kept[max(at - 1, 0) : at + 1]
            clashes = [r for r in around if r[0] < end and start < r[1]]
            if nested:
                clashes = [r for r in clashes if not (r[0] <= start and end <= r[1])]
            if clashes:
                leave_out(item.id, "crosses a longer one" if nested else "overlaps a longer one")
                continue
            kept.insert(at, (start, end))
            chosen.add(item.id)
        yield from (item for item in items if item.id in chosen)

    def _by_length(self, item: Placed) -> tuple[int, int, int]:
        """Longest first, in tokens, so that the order is the same in a text rebuilt from them."""
        start, end = envelope(item.spans)
        first, last = self._overlapped(start, end)
        return first - last, start, -end

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence that an offset is in."""
        return bisect_right(self._sentence_starts, offset)


def flat_labels(
    document: Document, annotation: Annotation
) -> tuple[dict[str, str], dict[str | None, str]]:
    """The types of the mentions that do not overlap a longer one, and the first one of each chain.

    The former are by the id of the mention, the latter by the id of the entity.
    """
    placed = [Placed(m.id, m.type, m.spans) for m in annotation.mentions]
    chosen = Placer(document).fitted(placed, Placing(overlap="none"), "mentions", Reasons())
    labelled = sorted(
        (m for m in annotation.mentions if m.id in chosen), key=lambda m: m.spans[0].start
    )
    first: dict[str | None, str] = {}
    for mention in labelled:
        first.setdefault(mention.entity, mention.type)
    return {mention.id: mention.type for mention in labelled}, first


LINE_ENDS = "\r\n"


def joined_over_line_ends(text: str, ranges: Iterable[Range]) -> list[Range]:
    """The ranges without line ends at their borders; with only those between them, they are one."""
    joined: list[Range] = []
    for start, end in ranges:
        part = text[start:end]
        first = start + len(part) - len(part.lstrip(LINE_ENDS))
        last = start + len(part.rstrip(LINE_ENDS))
        if first >= last:
            continue
        if joined and not text[joined[-1][1] : first].strip(LINE_ENDS):
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined


def envelope(spans: Spans) -> Range:
    """The range from the first to the last fragment."""
    return spans[0].start, spans[-1].end


def crossing(chain: Iterable[tuple[str, Spans]]) -> Iterator[str]:
    """The items of a chain, by id and spans, whose brackets cross those of a longer one."""
    kept: list[Spans] = []
    for name, spans in sorted(
        chain, key=lambda i: (i[1][0].start - i[1][-1].end, len(i[1]), i[1][0].start)
    ):
        if any(_crosses(spans, other) for other in kept):
            yield name
        else:
            kept.append(spans)


def _crosses(inner: Spans, outer: Spans) -> bool:
    """Whether spans cross others that are not shorter."""
    (start, end), (first, last) = envelope(inner), envelope(outer)
    if end <= first or last <= start:
        return False
    if start < first or last < end or len(inner) > 1 < len(outer):
        return True
    fragments = [(s.start, s.end) for s in outer if s.start < end and start < s.end]
    return any(not (s <= start and end <= e) for s, e in fragments)


def _distinct(items: Iterable[Placed], leave_out: Note, *, labels: bool) -> Iterator[Placed]:
    seen: dict[object, str] = {}
    for item in items:
        first = seen.setdefault((item.label if labels else "", item.spans), item.id)
        if first == item.id:
            yield item
        else:
            leave_out(item.id, f"has the place{' and the label' if labels else ''} of another one")
