"""Rules about spans: offsets, quoted text, borders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.model import Span
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "T301", "error", "annotation", "A span lies inside the text and is not empty",
    "Offsets are code points, from 0 to the text's length, end exclusive.",
)  # fmt: skip
def bounds(context: AnnotationContext) -> Iterator[Finding]:
    length = len(context.text.text)
    for pointer, subject, span, _ in context.fragments:
        if not 0 <= span.start < span.end <= length:
            yield context.finding(
                pointer,
                subject,
                f"[{span.start}, {span.end}] is empty or leaves the text (0 to {length})",
                f"Find «{span.text}» in the text and correct the offsets.",
            )


@rule(
    "T302", "error", "annotation", "The quoted text is what stands at the offsets",
    "The quote is the proof of the offsets; it catches offsets counted in UTF-16 or bytes.",
)  # fmt: skip
def quotes(context: AnnotationContext) -> Iterator[Finding]:
    text = context.text.text
    for pointer, subject, span, spans in context.fragments:
        if text[span.start : span.end] != span.text:
            yield context.finding(
                f"{pointer}/text",
                subject,
                f"is «{span.text}», but [{span.start}, {span.end}] is "
                f"«{text[span.start : span.end]}»",
                _where(text, span),
                spans,
            )


@rule(
    "T303", "error", "annotation", "Fragments are sorted and disjoint",
    "One way only to write a discontinuous span, so that equal spans are equal.",
)  # fmt: skip
def fragments(context: AnnotationContext) -> Iterator[Finding]:
    for pointer, subject, spans in context.spans:
        for position in range(1, len(spans)):
            if spans[position].start <= spans[position - 1].end:
                yield context.finding(
                    f"{pointer}/{position}",
                    subject,
                    "starts before the fragment before it has ended, or right at its end",
                    "Sort the fragments, and join those that touch.",
                    spans,
                )


@rule(
    "T304", "warning", "annotation", "A span does not begin or end with a blank",
    "It is a slip of the mouse, and costs an exact match.",
)  # fmt: skip
def blanks(context: AnnotationContext) -> Iterator[Finding]:
    for pointer, subject, span, spans in context.fragments:
        if span.text != span.text.strip():
            yield context.finding(
                pointer,
                subject,
                f"«{span.text}» begins or ends with a blank",
                "Leave the blank out of the span.",
                spans,
            )


@rule(
    "T305", "warning", "annotation", "A span's borders are token borders",
    "Systems that work on tokens cannot find what starts inside one.",
)  # fmt: skip
def token_borders(context: AnnotationContext) -> Iterator[Finding]:
    starts, ends = context.text.token_starts, context.text.token_ends
    for pointer, subject, span, spans in context.fragments:
        if span.start not in starts or span.end not in ends:
            yield context.finding(
                pointer,
                subject,
                f"«{span.text}» starts or ends inside a token",
                "Widen or narrow the span to whole tokens, or waive it with a reason.",
                spans,
            )


@rule(
    "T306", "warning", "annotation", "A mention or trigger lies within one sentence",
    "Reading by sentence would cut it in two.",
)  # fmt: skip
def one_sentence(context: AnnotationContext) -> Iterator[Finding]:
    for pointer, subject, spans in context.spans:
        if pointer.startswith("/claims/"):
            continue
        sentence_at = context.text.sentence_at
        if sentence_at(spans[0].start) != sentence_at(spans[-1].end - 1):
            yield context.finding(
                pointer,
                subject,
                "crosses a sentence border",
                "Annotate the part in each sentence, or waive it with a reason.",
                spans,
            )


def _where(text: str, span: Span) -> str:
    """The hint for a wrong quote: where the quoted text stands, nearest to the offsets."""
    starts = [match.start() for match in re.finditer(re.escape(span.text), text)]
    if not starts:
        return "The text has no such words: correct the quote; the text itself never changes."
    start = min(starts, key=lambda place: abs(place - span.start))
    return f"«{span.text}» stands at [{start}, {start + len(span.text)}]: correct one of the two."
