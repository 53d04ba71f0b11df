"""Predictions from labelled places, and the places of tokens in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.model import Event, Mention, Range, Span, Struct
from dateline.predictions.prediction import Prediction
from dateline.text import sha256_of_text

AHEAD = 2000
"""How far ahead a token is searched, in code points."""
PENN = {
    "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}",
    "``": "“\"", "''": "”\"",
}  # fmt: skip
"""Brackets and quotes as the Penn Treebank writes them, and the characters they replace."""


class PlacementReport(Struct, frozen=True):
    """How the predicted words of a document were found in its text.

    ``exact`` were found verbatim, ``loose`` with other case, blanks or quotation marks, and
    ``ambiguous`` of them at several places. ``lost`` are not in the text; they stay in the
    predictions and cannot match gold. ``repaired`` is the number of tags that broke their scheme.
    """

    document: str
    exact: int
    loose: int
    ambiguous: int
    lost: tuple[str, ...]
    repaired: int = 0


def prediction_of(
    document: str, text: str, found: Sequence[tuple[str, str, Range | None]], layer: str
) -> Prediction:
    """A prediction from labels, words and places; words without a place cannot match gold.

    ``layer`` is ``"entities"`` for mentions or ``"events"`` for triggers.
    """
    spans = [
        (label, (Span(start=0, end=len(words) or 1, text=words),))
        if place is None
        else (label, (Span(start=place[0], end=place[1], text=text[slice(*place)]),))
        for label, words, place in found
    ]
    read = sha256_of_text(text)
    if layer == "entities":
        mentions = tuple(
            Mention(id=f"m{number}", spans=span, type=label)
            for number, (label, span) in enumerate(spans, 1)
        )
        return Prediction(document=document, text_sha256=read, mentions=mentions)
    events = tuple(
        Event(id=f"e{number}", trigger=span, type=label)
        for number, (label, span) in enumerate(spans, 1)
    )
    return Prediction(document=document, text_sha256=read, events=events)


def align_tokens(text: str, tokens: Sequence[str]) -> Iterator[Range | None]:
    """The place of each token of a text, in order; None for a token that is not found."""
    position = 0
    for number, token in enumerate(tokens):
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        place = _next_place(text, position, token, following)
        yield place
        if place is not None:
            position = place[1]


def _next_place(text: str, position: int, token: str, following: str | None) -> Range | None:
    here = (
        position
        + len(text[position : position + AHEAD])
        - len(text[position : position + AHEAD].lstrip())
    )
    for form in _forms(token):
        if text.startswith(form, here):
            return here, here + len(form)
    for form in _forms(token):
        start = text.find(form, here, here + AHEAD)
        while start >= 0:
            end = start + len(form)
            # Words are skipped only if the next token follows too. Otherwise a token that is not in
            # the text would be found far away, and all tokens in between would be lost.
            rest = text[end : end + AHEAD].lstrip()
            if following is None or any(rest.startswith(f) for f in _forms(following)):
                return start, end
            start = text.find(form, start + 1, here + AHEAD)
    return None


def _forms(token: str) -> tuple[str, ...]:
    stripped = token.strip()  # blanks that are not separators, such as U+2028
    return (token, *PENN.get(token, ""), *([stripped] if stripped not in ("", token) else []))
