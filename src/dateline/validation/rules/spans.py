"""Rules about spans: offsets, quoted text, boundaries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.model import Span
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule


@rule(
    "T301", "error", "annotation", "A span is not empty and is within the text",
    "Offsets are code points from 0 to the length of the text, end exclusive.",
)  # fmt: skip
def bounds(context: AnnotationContext) -> Iterator[Finding]:
    length = len(context.text.text)
    for pointer, subject, span, _ in context.fragments:
        if not 0 <= span.start < span.end <= length:
            yield context.finding(
                pointer,
                subject,
                f"[{span.start}, {span.end}] is empty or exceeds the text (0 to {length})",
                f'Find "{span.text}" in the text and fix the offsets.',
            )


@rule(
    "T302", "error", "annotation", "The quoted text matches the offsets",
    "The quote verifies the offsets. It catches offsets in UTF-16 units or bytes.",
)  # fmt: skip
def quotes(context: AnnotationContext) -> Iterator[Finding]:
    text = context.text.text
    for pointer, subject, span, spans in context.fragments:
        if text[span.start : span.end] != span.text:
            yield context.finding(
                f"{pointer}/text",
                subject,
                f'is "{span.text}", but [{span.start}, {span.end}] is '
                f'"{text[span.start : span.end]}"',
                _hint_for_quote(text, span),
                spans,
            )


@rule(
    "T303", "error", "annotation", "Fragments are sorted and disjoint",
    "A discontinuous span can be written in one way only, so equal spans compare equal.",
)  # fmt: skip
def fragments(context: AnnotationContext) -> Iterator[Finding]:
    for pointer, subject, spans in context.spans:
        for position in range(1, len(spans)):
            if spans[position].start <= spans[position - 1].end:
                yield context.finding(
                    f"{pointer}/{position}",
                    subject,
                    "overlaps or touches the previous fragment, or is not in order",
                    "Sort the fragments, and join those that overlap or touch.",
                    spans,
                )


@rule(
    "T304", "warning", "annotation", "A span does not start or end with whitespace",
    "It is usually a slip of the mouse, and it costs an exact match.",
)  # fmt: skip
def whitespace(context: AnnotationContext) -> Iterator[Finding]:
    for pointer, subject, span, spans in context.fragments:
        if span.text != span.text.strip():
            yield context.finding(
                pointer,
                subject,
                f'"{span.text}" starts or ends with whitespace',
                "Remove the whitespace from the span.",
                spans,
            )


@rule(
    "T305", "warning", "annotation", "Span boundaries are token boundaries",
    "Token-based systems cannot predict a span that starts or ends inside a token.",
)  # fmt: skip
def token_boundaries(context: AnnotationContext) -> Iterator[Finding]:
    starts, ends = context.text.token_starts, context.text.token_ends
    for pointer, subject, span, spans in context.fragments:
        if span.start not in starts or span.end not in ends:
            yield context.finding(
                pointer,
                subject,
                f'"{span.text}" starts or ends inside a token',
                "Extend or shorten the span to whole tokens, or add a waiver with a reason.",
                spans,
            )


@rule(
    "T306", "warning", "annotation", "A mention or trigger is within one sentence",
    "Systems that read one sentence at a time would see only a part of it.",
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
                "crosses a sentence boundary",
                "Annotate one sentence only, or add a waiver with a reason.",
                spans,
            )


def _hint_for_quote(text: str, span: Span) -> str:
    """The place of the quoted text that is nearest to the offsets."""
    starts = [match.start() for match in re.finditer(re.escape(span.text), text)]
    if not starts:
        return "The text does not contain the quote. Fix the quote; the text never changes."
    start = min(starts, key=lambda place: abs(place - span.start))
    return f'"{span.text}" is at [{start}, {start + len(span.text)}]. Fix the offsets or the quote.'
