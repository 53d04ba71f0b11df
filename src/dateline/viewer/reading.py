"""A document's text set for reading: title, headings and paragraphs, with the items in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from markupsafe import Markup

from dateline.annotations.items import label_of, spans_of
from dateline.model import Annotation, Document, Spans, Struct
from dateline.viewer.labels import Labels
from dateline.viewer.markup import Fragment, marked_up

_HEADING = 15
"""Tokens that a heading has at most."""

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")


class Paragraph(Struct, frozen=True):
    """A line of the text as HTML, with its kind, and its start in the text in code points."""

    kind: Literal["title", "heading", "paragraph"]
    start: int
    html: Markup


def paragraphs(document: Document, fragments: Iterable[Fragment]) -> Iterator[Paragraph]:
    """The lines of a text that are not empty, with their items.

    The first line is the title if it is the document's. Another line is a heading if it is one
    short sentence without a mark at its end.
    """
    found = list(fragments)
    kinds = _Kinds(document)
    for line in _LINE.finditer(document.text):
        start, end = line.span()
        if line[0].strip():
            touching = [one for one in found if one.start < end and start < one.end]
            html = marked_up(document.text, start, end, touching)
            kind = kinds.of(start, end)
            yield Paragraph(kind=kind, start=start, html=Markup(html))  # noqa: S704 (escaped)


def fragments_of(
    annotation: Annotation, labels: Labels, classes: Mapping[str, str], prefix: str = ""
) -> Iterator[Fragment]:
    """The stretches of all items; ``classes`` are further ones by id.

    The prefix is before every id, so that a page can have two annotations.
    """
    for field in ("claims", "mentions", "events"):
        for item in getattr(annotation, field):
            style = labels.of(field, label_of(item)).style
            added = f"{style} {classes.get(item.id, '')}".strip()
            yield from _fragments(spans_of(item), field, prefix + item.id, added, anchored=True)
    for claim in annotation.claims:
        style = labels.of("claims", claim.act).style
        yield from _fragments(claim.cue or (), "cue", prefix + claim.id, style, anchored=False)


def _fragments(
    spans: Spans, layer: str, item: str, classes: str, *, anchored: bool
) -> Iterator[Fragment]:
    for number, span in enumerate(spans):
        yield Fragment(
            start=span.start,
            end=span.end,
            layer=layer,
            item=item,
            anchor=item if anchored and not number else "",
            classes=classes,
            starts=number == 0,
            ends=number == len(spans) - 1,
        )


class _Kinds:
    """Tells titles and headings by the document's segmentation."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._title = " ".join((document.title or "").split())
        self._is_first = True

    def of(self, start: int, end: int) -> Literal["title", "heading", "paragraph"]:
        line = " ".join(self._document.text[start:end].split())
        is_first, self._is_first = self._is_first, False
        if is_first and line == self._title:
            return "title"
        if unicodedata.category(line[-1]).startswith("P") or line[0] in "-–•*":
            return "paragraph"
        sentences = sum(1 for one in self._document.sentences if start <= one[0] < end)
        tokens = sum(1 for one in self._document.tokens if start <= one[0] < end)
        return "heading" if sentences == 1 and tokens <= _HEADING else "paragraph"
