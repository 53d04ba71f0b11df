"""The contexts of rules: a document or an annotation, with lookups that several rules need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from dateline.annotations.items import spans_of
from dateline.corpus.guidelines import CurrentGuidelines
from dateline.corpus.store import Corpus
from dateline.model import (
    GOLD,
    LAYER_FIELDS,
    Annotation,
    Claim,
    Contrast,
    Document,
    Entity,
    Event,
    Mention,
    Span,
    Spans,
    Struct,
)
from dateline.ontology.labels import Ontology
from dateline.text import in_context
from dateline.validation.examples import Examples
from dateline.validation.incidents import Finding

Item = TypeVar("Item", Mention, Event, Claim)


class DocumentContext:
    """A document, how to read its seed, and the examples of the guidelines."""

    def __init__(
        self,
        document: Document,
        stem: str,
        shares: Mapping[str, int],
        read_seed: Callable[[str], bytes | None],
        examples: Examples,
    ) -> None:
        self.document = document
        self.stem = stem
        self.shares = shares
        self.read_seed = read_seed
        self.examples = examples

    def finding(self, pointer: str, message: str, hint: str, quote: str = "") -> Finding:
        """A finding about this document."""
        return Finding(
            pointer=pointer, message=message, hint=hint, quote=quote, subject=self.document.id
        )


class TextContext:
    """A document's text with its token and sentence boundaries, shared by its annotations."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text

    @cached_property
    def token_starts(self) -> frozenset[int]:
        """Offsets at which a token starts."""
        return frozenset(start for start, _ in self.document.tokens)

    @cached_property
    def token_ends(self) -> frozenset[int]:
        """Offsets at which a token ends."""
        return frozenset(end for _, end in self.document.tokens)

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Offsets at which a sentence starts, in order."""
        return [start for start, _ in self.document.sentences]

    def sentence_at(self, offset: int) -> int:
        """Position of the sentence that an offset is in."""
        return bisect_right(self.sentence_starts, offset)


class AnnotationContext:
    """An annotation with its document's text and its items by id.

    ``listed_kind`` is ``human`` or ``model``, if the annotator is in the list of annotators.
    ``scenarios`` gives the ids that links to scenario sheets may have, by sheet.
    ``guidelines`` are the current ones, None if they cannot be read.
    """

    def __init__(
        self,
        annotation: Annotation,
        text: TextContext,
        ontology: Ontology,
        stem: str,
        folder: str,
        listed_kind: str | None,
        scenarios: Callable[[], Mapping[str, frozenset[str] | None]],
        guidelines: CurrentGuidelines | None,
    ) -> None:
        self.annotation = annotation
        self.text = text
        self.ontology = ontology
        self.stem = stem
        self.folder = folder
        self.listed_kind = listed_kind
        self.scenarios = scenarios
        self.guidelines = guidelines
        self.mentions: dict[str, Mention] = {m.id: m for m in annotation.mentions}
        self.entities: dict[str, Entity] = {e.id: e for e in annotation.entities}
        self.events: dict[str, Event] = {e.id: e for e in annotation.events}
        self.claims: dict[str, Claim] = {c.id: c for c in annotation.claims}

    @cached_property
    def spans(self) -> list[tuple[str, str, Spans]]:
        """Every group of spans: its JSON Pointer, the id of its item, and its fragments."""
        annotation = self.annotation
        groups = [
            (f"/mentions/{i}/spans", m.id, m.spans) for i, m in enumerate(annotation.mentions)
        ]
        groups += [
            (f"/events/{i}/trigger", e.id, e.trigger) for i, e in enumerate(annotation.events)
        ]
        for i, claim in enumerate(annotation.claims):
            groups.append((f"/claims/{i}/spans", claim.id, claim.spans))
            if claim.cue is not None:
                groups.append((f"/claims/{i}/cue", claim.id, claim.cue))
        return groups

    @cached_property
    def fragments(self) -> list[tuple[str, str, Span, Spans]]:
        """Every fragment: its JSON Pointer, the id of its item, itself, and all of its group."""
        return [
            (f"{pointer}/{position}", subject, span, spans)
            for pointer, subject, spans in self.spans
            for position, span in enumerate(spans)
        ]

    def duplicates(
        self, layer: str, items: Iterable[Item], key: Callable[[Item], Hashable]
    ) -> Iterator[Finding]:
        """Findings for labelled items of a layer with the same key as an earlier one."""
        first: dict[Hashable, str] = {}
        for position, item in enumerate(items):
            earlier = first.setdefault(key(item), item.id)
            if earlier != item.id:
                yield self.finding(
                    f"/{LAYER_FIELDS[layer][0]}/{position}",
                    item.id,
                    f'is a duplicate of "{earlier}"',
                    "Remove one of them. In an annotation file, add its id to retired.",
                    spans_of(item),
                )

    def finding(
        self, pointer: str, subject: str, message: str, hint: str, spans: Spans = ()
    ) -> Finding:
        """A finding about an item of this annotation, quoting it in its context."""
        return Finding(
            pointer=pointer, subject=subject, message=message, hint=hint, quote=self.quote(spans)
        )

    def quote(self, spans: Spans) -> str:
        """The text at the spans in brackets, with some text around it."""
        if not spans:
            return ""
        return in_context(self.text.text, spans[0].start, spans[-1].end)


class FilesContext(Struct, frozen=True):
    """The files of a corpus; base of the contexts of rules that look at several files."""

    corpus: Corpus

    def finding(
        self, path: Path, subject: str, message: str, hint: str, pointer: str = "", quote: str = ""
    ) -> Finding:
        """A finding about one of the files."""
        return Finding(
            file=self.corpus.relative(path),
            pointer=pointer,
            message=message,
            hint=hint,
            quote=quote,
            subject=subject,
        )

    def document_finding(
        self,
        document: str,
        pointer: str,
        message: str,
        hint: str,
        *,
        subject: str | None = None,
        quote: str = "",
    ) -> Finding:
        """A finding about a document; a waiver names the ``subject``, by default the document."""
        path = self.corpus.document_path(document)
        return self.finding(path, subject or document, message, hint, pointer, quote)


class DocumentFacts(Struct, frozen=True):
    """What rules about the corpus as a whole need of a document.

    ``has_gold`` is whether it has gold that fits its schema.
    """

    text_sha256: str
    split: str
    group: str | None
    duplicate: bool
    contrast: Contrast | None
    has_gold: bool

    @classmethod
    def of(cls, document: Document, annotations: Collection[str]) -> DocumentFacts:
        """The facts about a document; ``annotations`` are the annotators of those that fit."""
        return cls(
            text_sha256=document.text_sha256,
            split=document.split,
            group=document.group,
            duplicate=document.duplicate,
            contrast=document.contrast,
            has_gold=GOLD in annotations,
        )


class CorpusContext(FilesContext, frozen=True):
    """The whole corpus; ``documents`` are facts about its documents by id."""

    documents: Mapping[str, DocumentFacts]
