"""Tags of tokens that mark mentions: BIO, IOB1, BIOES and BILOU, or labels alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from dateline.dataset.token_index import OUTSIDE
from dateline.interop.format import Placing
from dateline.interop.representation import text_of_tokens
from dateline.interop.source import UNNAMED, SourceDocument, source_annotation, spans_at
from dateline.model import Mention

TAG = re.compile(r"([BIESLU])-(\S+)")
"""A tag with the border that it marks, and its label."""

TAGGED = Placing(
    discontinuous="left out",
    overlap="none",
    duplicates=False,
    within_tokens=False,
    across_sentences=False,
)
"""Which mentions a tag for each token can mark."""

TagSpan = tuple[str, int, int]
"""Label, first token and end token (exclusive)."""


def spans_of_tags(tags: Iterable[str]) -> Iterator[TagSpan]:
    """The mentions that BIO, IOB1, BIOES or BILOU tags mark; all others are outside."""
    label, start, at = "", 0, -1
    for at, tag in enumerate(tags):
        match = TAG.fullmatch(tag)
        border, found = match.groups() if match else ("", "")
        if label and (found != label or border in "BSU"):
            yield label, start, at
            label = ""
        if found and not label:
            label, start = found, at
        if border and border in "ESLU":
            yield label, start, at + 1
            label = ""
    if label:
        yield label, start, at + 1


def spans_of_labels(labels: Iterable[str]) -> Iterator[TagSpan]:
    """The mentions where tokens have labels alone: neighbours with one label are one mention."""
    return spans_of_tags(tag if tag == OUTSIDE else f"I-{tag}" for tag in labels)


def tagged_document(
    name: str,
    sentences: Sequence[Sequence[tuple[str, str]]],
    spans: Callable[[Iterable[str]], Iterator[TagSpan]] = spans_of_tags,
) -> SourceDocument:
    """A document of sentences of tokens with their tags."""
    text, lines, words = text_of_tokens([[token for token, _ in rows] for rows in sentences])
    mentions: list[Mention] = []
    at = 0
    for rows in sentences:
        for label, first, last in spans(tag for _, tag in rows):
            place = (words[at + first][0], words[at + last - 1][1])
            mentions.append(
                Mention(id=f"m{len(mentions) + 1}", spans=spans_at(text, [place]), type=label)
            )
        at += len(rows)
    annotation = replace(source_annotation(name), mentions=tuple(mentions))
    return SourceDocument(
        name=name,
        text=text,
        sentences=lines,
        tokens=words,
        annotations={UNNAMED: annotation},
        items={"mentions": len(mentions)},
    )
