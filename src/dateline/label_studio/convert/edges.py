"""Edges of regions that were drawn by hand: a slip of the mouse adds a blank or a comma."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from dateline.label_studio.config.controls import CLAIM
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.convert.regions import Region, ResultRegions
from dateline.label_studio.result_rows import rows_of, string
from dateline.model import Document, Span

_BY_HAND = ("manual", "prediction-changed")
"""What the page writes as the origin of a region that somebody drew, or whose ends were moved."""
_SEPARATORS = ",;:"
_FULL_STOP = "."


def with_trimmed_edges(
    read: ResultRegions, result: object, document: Document, controls: Collection[str]
) -> ResultRegions:
    """The regions, without blanks and punctuation at the edges of those that were drawn by hand.

    Punctuation is a token of its own: a comma, a semicolon or a colon, and the full stop of a
    sentence, which only claims keep. Regions of other controls, and those that come from the
    annotation to start from, are left as they are.
    """
    drawn = {string(row.get("id")) for row in rows_of(result) if row.get("origin") in _BY_HAND}
    trimmed: dict[str, Region] = {}
    for name in drawn & read.regions.keys():
        region = read.regions[name]
        if region.control in controls:
            keeps = region.control == CLAIM.labels
            spans = tuple(_trimmed(span, document, keeps_stop=keeps) for span in region.spans)
            if spans != region.spans:
                trimmed[name] = replace(region, spans=spans)
    if not trimmed:
        return read
    return replace(
        read,
        regions={name: trimmed.get(name, region) for name, region in read.regions.items()},
        problems=[*read.problems, *_notes(read.regions, trimmed)],
    )


def _notes(
    before: Mapping[str, Region], trimmed: Mapping[str, Region]
) -> Collection[ResultProblem]:
    return [
        ResultProblem(
            region=name,
            message="blanks or punctuation at its edges were left out",
            quote=region.text,
            repaired=True,
        )
        for name, region in before.items()
        if name in trimmed
    ]


def _trimmed(span: Span, document: Document, *, keeps_stop: bool) -> Span:
    """The span without what does not belong to it; unchanged if nothing would be left."""
    text = document.text
    start, end = _without_blanks(text, span.start, span.end)
    while start < end:
        first, last = _token(document, start), _token(document, end - 1)
        if last[1] == end and _is_punctuation(last, document, keeps_stop=keeps_stop):
            start, end = _without_blanks(text, start, last[0])
        elif first[0] == start and text[slice(*first)] in _SEPARATORS:
            start, end = _without_blanks(text, first[1], end)
        else:
            return Span(start=start, end=end, text=text[start:end])
    return span


def _is_punctuation(token: tuple[int, int], document: Document, *, keeps_stop: bool) -> bool:
    word = document.text[slice(*token)]
    if word == _FULL_STOP:
        return not keeps_stop and any(end == token[1] for _, end in document.sentences)
    return word in _SEPARATORS


def _token(document: Document, offset: int) -> tuple[int, int]:
    """The token at an offset, or after it if a blank is there; empty at the end of the text."""
    tokens = document.tokens
    at = bisect_left(tokens, offset + 1, key=lambda token: token[1])
    return tokens[at] if at < len(tokens) else (len(document.text), len(document.text))


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
