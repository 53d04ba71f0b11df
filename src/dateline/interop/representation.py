"""How formats without types or without a text represent what they hold, which loses nothing else.

Readers of such formats use the same functions, so that they give back what was written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from dateline.annotations.items import text_of
from dateline.interop.source import spans_at
from dateline.model import (
    Annotation,
    Argument,
    Attributes,
    AttributeValue,
    Document,
    Factuality,
    Mention,
    Range,
    Relation,
    Spans,
)

_SPACE = re.compile(r"\s")
_LINE_END = re.compile(r"\r\n?")


def written(value: AttributeValue) -> tuple[str, ...]:
    """The value of an attribute as texts; several labels are several texts."""
    if isinstance(value, tuple):
        return tuple(sorted(value))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (str(value),)


def read_values(texts: Sequence[str]) -> AttributeValue:
    """The value that texts stand for: one text, or several labels."""
    return texts[0] if len(texts) == 1 else tuple(sorted(texts))


def filled(role: str, kind: str, filler: str) -> Argument:
    """An argument by the kind of its filler: "mention", "event" or "claim"."""
    if kind == "mention":
        return Argument(role=role, mention=filler)
    return (
        Argument(role=role, event=filler) if kind == "event" else Argument(role=role, claim=filler)
    )


def as_text(annotation: Annotation) -> Annotation:
    """The annotation with all values of attributes as text."""
    return _with_attributes(annotation, _as_text)


def with_names(annotation: Annotation, of: Callable[[str], str]) -> Annotation:
    """The annotation with other names of what `dateline.interop.units` identifies by names.

    These are types of relations, roles, attributes, and factuality values with their sources.
    """

    def renamed(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
        return tuple(replace(relation, type=of(relation.type)) for relation in relations)

    def valued(given: Factuality) -> Factuality:
        source = given.source if given.source in claims else of(given.source)
        return replace(given, source=source, value=of(given.value))

    claims = {claim.id for claim in annotation.claims}
    whole = _with_attributes(annotation, lambda given: {of(name): v for name, v in given.items()})
    return replace(
        whole,
        relations=renamed(whole.relations),
        events=tuple(
            replace(
                event,
                arguments=tuple(replace(a, role=of(a.role)) for a in event.arguments),
                factuality=tuple(
                    replace(
                        f,
                        source=f.source if f.source in claims else of(f.source),
                        value=of(f.value),
                    )
                    for f in event.factuality
                ),
            )
            for event in whole.events
        ),
        event_relations=renamed(whole.event_relations),
        claim_relations=renamed(whole.claim_relations),
    )


def text_of_tokens(
    sentences: Iterable[Sequence[str]],
) -> tuple[str, tuple[Range, ...], tuple[Range, ...]]:
    """A text of tokens: blanks between tokens, a line for each sentence.

    Returns the text and the ranges of its sentences and tokens. A blank in a token becomes "_".
    """
    words: list[Range] = []
    lines: list[Range] = []
    parts: list[str] = []
    position = 0
    for sentence in sentences:
        if not sentence:
            continue
        start = position
        for token in sentence:
            word = _SPACE.sub("_", token)
            words.append((position, position + len(word)))
            parts += [word, " "]
            position += len(word) + 1
        parts[-1] = "\n"
        lines.append((start, position - 1))
    return "".join(parts), tuple(lines), tuple(words)


def tokens_by_sentence(
    sentences: Iterable[Range], all_tokens: Iterable[Range]
) -> list[list[Range]]:
    """The tokens of each sentence, without sentences that have none."""
    found: list[list[Range]] = []
    tokens = iter(all_tokens)
    token = next(tokens, None)
    for _, end in sentences:
        inside = []
        while token is not None and token[0] < end:
            inside.append(token)
            token = next(tokens, None)
        if inside:
            found.append(inside)
    return found


def rebuilt(document: Document, annotation: Annotation) -> tuple[Document, Annotation]:
    """Both with the text that a reader rebuilds from the tokens, which all spans must fit."""
    sentences = tokens_by_sentence(document.sentences, document.tokens)
    text, lines, words = text_of_tokens(
        [[document.text[start:end] for start, end in tokens] for tokens in sentences]
    )
    old = [token for tokens in sentences for token in tokens]
    places = {token[0]: word[0] for token, word in zip(old, words, strict=True)}
    ends = {token[1]: word[1] for token, word in zip(old, words, strict=True)}
    renewed = replace(document, text=text, sentences=lines, tokens=words)
    return renewed, _moved(annotation, text, places.__getitem__, ends.__getitem__)


def with_sentences_only(document: Document, annotation: Annotation) -> tuple[Document, Annotation]:
    """Both with a text of sentences and line ends, where all spans begin and end in a token.

    A sentence begins with its first token, and ends with a line end if it does not follow the one
    before it at once. Further UTF-16 code units between two sentences, and those before the first,
    become blanks.
    """
    parts: list[str] = []
    sentences: list[Range] = []
    tokens: list[Range] = []
    shifts: list[tuple[int, int]] = []
    size = end = 0
    for (_, sentence_end), inside in _sentences_with_tokens(document):
        start = inside[0][0]
        gap = sum(1 + (character > "\uffff") for character in document.text[end:start])
        between = between_sentences(gap, first=not parts)
        shift = size + len(between) - start
        parts += [between, document.text[start:sentence_end]]
        sentences.append((start + shift, sentence_end + shift))
        tokens += [(first + shift, last + shift) for first, last in inside]
        shifts.append((start, shift))
        size, end = sentence_end + shift, sentence_end
    text = "".join(parts) + "\n"
    renewed = replace(document, text=text, sentences=tuple(sentences), tokens=tuple(tokens))

    def start_of(offset: int) -> int:
        return offset + shifts[bisect_right(shifts, (offset, len(text))) - 1][1]

    return renewed, _moved(annotation, text, start_of, lambda end: start_of(end - 1) + 1)


def between_sentences(size: int, *, first: bool) -> str:
    """What stands for a gap of this size between two sentences, or before the first one."""
    return " " * size if first or not size else "\n" + " " * (size - 1)


def _sentences_with_tokens(document: Document) -> Iterator[tuple[Range, list[Range]]]:
    tokens = tokens_by_sentence(document.sentences, document.tokens)
    ends = [end for _, end in document.sentences]
    for inside in tokens:
        yield document.sentences[bisect_right(ends, inside[0][0])], inside


def with_replaced(
    document: Document, annotation: Annotation, pattern: str
) -> tuple[Document, Annotation]:
    """Both with U+FFFD for each character of the text that matches the pattern."""
    text = re.sub(pattern, "\ufffd", document.text)
    moved = _moved(annotation, text, lambda offset: offset, lambda offset: offset)
    return replace(document, text=text), moved


def with_line_feeds(document: Document, annotation: Annotation) -> tuple[Document, Annotation]:
    """Both with a text whose line ends are LF: programs that read CR LF as LF shift offsets."""
    text = _LINE_END.sub("\n", document.text)
    pairs = [match.end() - 1 for match in _LINE_END.finditer(document.text) if len(match[0]) == 2]

    def moved(offset: int) -> int:
        return offset - bisect_right(pairs, offset)

    def ranges(some: Iterable[Range]) -> tuple[Range, ...]:
        return tuple((moved(start), moved(end - 1) + 1) for start, end in some)

    renewed = replace(
        document,
        text=text,
        sentences=ranges(document.sentences),
        tokens=ranges(document.tokens),
    )
    return renewed, _moved(annotation, text, moved, lambda end: moved(end - 1) + 1)


def _moved(
    annotation: Annotation, text: str, start: Callable[[int], int], end: Callable[[int], int]
) -> Annotation:
    """The annotation with the spans of another text."""

    def moved(spans: Spans) -> Spans:
        return spans_at(text, [(start(span.start), end(span.end)) for span in spans])

    return replace(
        annotation,
        mentions=tuple(replace(m, spans=moved(m.spans)) for m in annotation.mentions),
        events=tuple(replace(e, trigger=moved(e.trigger)) for e in annotation.events),
        claims=tuple(
            replace(c, spans=moved(c.spans), cue=None if c.cue is None else moved(c.cue))
            for c in annotation.claims
        ),
    )


def with_derived_names(annotation: Annotation) -> Annotation:
    """The annotation whose entities have the type and the text of their first mention."""
    first: dict[str | None, Mention] = {}
    for mention in sorted(annotation.mentions, key=lambda m: [(s.start, s.end) for s in m.spans]):
        first.setdefault(mention.entity, mention)
    entities = (
        replace(entity, type=first[entity.id].type, name=text_of(first[entity.id].spans))
        for entity in annotation.entities
    )
    return replace(annotation, entities=tuple(entities))


def _with_attributes(
    annotation: Annotation, change: Callable[[Attributes], Attributes]
) -> Annotation:
    def of(item: Any) -> Any:
        return replace(item, attributes=change(item.attributes))

    return replace(
        annotation,
        attributes=change(annotation.attributes),
        mentions=tuple(map(of, annotation.mentions)),
        entities=tuple(map(of, annotation.entities)),
        relations=tuple(map(of, annotation.relations)),
        events=tuple(
            replace(of(event), arguments=tuple(map(of, event.arguments)))
            for event in annotation.events
        ),
        claims=tuple(map(of, annotation.claims)),
    )


def _as_text(attributes: Attributes) -> Attributes:
    return {name: read_values(written(value)) for name, value in attributes.items()}
