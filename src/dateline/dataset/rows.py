"""Converts a document and its annotations to the rows of each config.

Annotations must be valid: every reference must resolve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import UNSET

from dateline.corpus.former_format import FORMER_SEGMENTATION
from dateline.dataset.columns import (
    AnnotationMethod,
    AnnotationRow,
    ClaimEvent,
    ClaimRow,
    ContextSentence,
    DocumentRow,
    DroppedRange,
    EntityRow,
    EventRow,
    Offsets,
    RelationEnd,
    RelationRow,
    Row,
    SeedColumns,
    SegmentationColumns,
    SentenceArgument,
    SentenceEvent,
    SentenceMention,
)
from dateline.dataset.declared import DeclaredColumns
from dateline.dataset.items import content
from dateline.dataset.tag_losses import lost_mentions
from dateline.dataset.token_index import Sentence, TokenIndex, bio_tags
from dateline.model import (
    GOLD,
    Annotation,
    Argument,
    Document,
    Range,
    Span,
    Spans,
)
from dateline.ontology.labels import Ontology


class RowMaker:
    """Makes the rows for documents of a corpus with this ontology and these keys of ``meta``."""

    def __init__(self, ontology: Ontology, meta_keys: Sequence[str]) -> None:
        self._meta_keys = meta_keys
        self._columns = DeclaredColumns(ontology)
        makers = {
            "entities": self.entity_rows,
            "relations": self.relation_rows,
            "events": self.event_rows,
            "claims": self.claim_rows,
        }
        self._makers = {name: make for name, make in makers.items() if name in ontology.layers}

    def rows(
        self, document: Document, annotations: Mapping[str, Annotation]
    ) -> Mapping[str, Sequence[Row]]:
        """The rows of a document by config; ``annotations`` maps annotators to annotations."""
        gold = annotations.get(GOLD)
        rows: dict[str, Sequence[Row]] = {
            "documents": [self.document_row(document, gold)],
            "annotations": [self.annotation_row(annotations[name]) for name in sorted(annotations)],
        }
        if gold is not None:
            tokens = TokenIndex(document)
            for layer, make in self._makers.items():
                if layer in gold.layers:
                    rows[layer] = [self._columns.of(row) for row in make(document, gold, tokens)]
        return rows

    def document_row(self, document: Document, gold: Annotation | None) -> DocumentRow:
        """The row of a document; without gold, its lists of items are empty."""
        segmentation = document.segmentation or FORMER_SEGMENTATION
        row = DocumentRow(
            id=document.id,
            original_id=document.original_id,
            text=document.text,
            text_sha256=document.text_sha256,
            text_length=len(document.text),
            text_available=True,
            language=document.language,
            title=document.title,
            date=document.date,
            group=document.group,
            contrast_of=document.contrast.of if document.contrast else None,
            contrast_kind=document.contrast.kind if document.contrast else None,
            meta={key: document.meta.get(key) for key in self._meta_keys} or UNSET,
            source=document.source,
            rights=document.rights,
            split=document.split,
            seed=SeedColumns(
                document.seed.sha256,
                [DroppedRange(d.start, d.end, d.replacement) for d in document.seed.dropped],
            ),
            segmentation=SegmentationColumns(
                segmentation.name, segmentation.version, segmentation.given
            ),
            sentences=_offsets(document.sentences),
            tokens=_offsets(document.tokens),
            annotated=gold is not None,
            status=gold.status if gold else None,
            provenance=_method(gold) if gold else None,
            layers=gold.layers if gold else (),
            **content(gold, self._columns),
        )
        return self._columns.of(row)

    def annotation_row(self, annotation: Annotation) -> AnnotationRow:
        """The row of an annotation."""
        row = AnnotationRow(
            annotator=annotation.annotator,
            document=annotation.document,
            text_sha256=annotation.text_sha256,
            status=annotation.status,
            provenance=_method(annotation),
            layers=annotation.layers,
            **content(annotation, self._columns),
        )
        return self._columns.of(row)

    def entity_rows(
        self, document: Document, gold: Annotation, tokens: TokenIndex
    ) -> Iterator[EntityRow]:
        """A row for each sentence, with its BIO tags and the mentions that overlap it."""
        by_sentence: list[list[SentenceMention]] = [[] for _ in tokens.sentences]
        labelled: list[list[tuple[Range, str]]] = [[] for _ in tokens.sentences]
        for mention in gold.mentions:
            for number, ranges in tokens.by_sentence(mention.spans).items():
                row = SentenceMention(
                    mention.id,
                    mention.type,
                    mention.attributes,
                    mention.entity,
                    mention.spans,
                    _offsets(ranges),
                )
                by_sentence[number].append(self._columns.of(row))
                if len(mention.spans) == 1:
                    labelled[number].append((ranges[0], mention.type))
        for sentence in tokens.sentences:
            mentions = by_sentence[sentence.number]
            tags = bio_tags(len(sentence.tokens), labelled[sentence.number])
            lost = lost_mentions(document, sentence, tags, mentions)
            yield EntityRow(
                *_sentence(document, sentence),
                ner_tags=tags,
                mentions=mentions,
                untagged=lost.untagged,
                widened=lost.widened,
            )

    def relation_rows(
        self, document: Document, gold: Annotation, tokens: TokenIndex
    ) -> Iterator[RelationRow]:
        """A row for each relation between two mentions."""
        mentions = {mention.id: mention for mention in gold.mentions}
        names = {entity.id: entity.name for entity in gold.entities}
        for number, relation in enumerate(gold.relations):
            ends = mentions[relation.source], mentions[relation.target]
            head, tail = (
                RelationEnd(
                    mention.id,
                    mention.type,
                    joined(mention.spans),
                    _span_offsets(mention.spans),
                    mention.entity,
                    names.get(mention.entity or ""),
                    [sentence.number for sentence in tokens.sentences_of(mention.spans)],
                )
                for mention in ends
            )
            yield RelationRow(
                id=f"{document.id}/{number}",
                document=document.id,
                text_sha256=document.text_sha256,
                number=number,
                type=relation.type,
                head=self._columns.of(head),
                tail=self._columns.of(tail),
                attributes=relation.attributes,
                context=_context(tokens, *(mention.spans for mention in ends)),
            )

    def event_rows(
        self, document: Document, gold: Annotation, tokens: TokenIndex
    ) -> Iterator[EventRow]:
        """A row for each sentence, with the events whose trigger overlaps it."""
        fillers = _Fillers(gold)
        by_sentence: list[list[SentenceEvent]] = [[] for _ in tokens.sentences]
        for event in gold.events:
            for number, ranges in tokens.by_sentence(event.trigger).items():
                sentence = tokens.sentences[number]
                row = SentenceEvent(
                    event.id,
                    event.type,
                    event.trigger,
                    event.attributes,
                    event.factuality,
                    event.cluster,
                    _offsets(ranges),
                    [
                        self._columns.of(fillers.filled(argument, sentence))
                        for argument in event.arguments
                    ],
                )
                by_sentence[number].append(self._columns.of(row))
        for sentence in tokens.sentences:
            yield EventRow(*_sentence(document, sentence), events=by_sentence[sentence.number])

    def claim_rows(
        self, document: Document, gold: Annotation, tokens: TokenIndex
    ) -> Iterator[ClaimRow]:
        """A row for each claim."""
        mentions = {mention.id: mention for mention in gold.mentions}
        names = {entity.id: entity.name for entity in gold.entities}
        types = {event.id: event.type for event in gold.events}
        factuality = {
            (f.source, event.id): f.value for event in gold.events for f in event.factuality
        }
        for claim in gold.claims:
            # A claimer that is not a mention is a special claimer, such as the author.
            claimer = mentions.get(claim.claimer)
            yield ClaimRow(
                id=f"{document.id}/{claim.id}",
                document=document.id,
                text_sha256=document.text_sha256,
                claim=claim.id,
                text=joined(claim.spans),
                spans=claim.spans,
                context=_context(tokens, claim.spans),
                claimer=claim.claimer,
                claimer_text=joined(claimer.spans) if claimer else None,
                claimer_spans=_span_offsets(claimer.spans) if claimer else [],
                claimer_name=names[claimer.entity] if claimer and claimer.entity else None,
                cue_text=joined(claim.cue) if claim.cue else None,
                cue_spans=claim.cue or (),
                act=claim.act,
                attributes=claim.attributes,
                events=[
                    self._columns.of(
                        ClaimEvent(event, types[event], factuality.get((claim.id, event)))
                    )
                    for event in claim.events
                ],
            )


class _Fillers:
    """Spans and entity type of everything that can fill a role, by kind and id."""

    def __init__(self, annotation: Annotation) -> None:
        items: dict[tuple[str, str], tuple[Spans, str | None]] = {
            ("mention", mention.id): (mention.spans, mention.type)
            for mention in annotation.mentions
        }
        items.update({("event", event.id): (event.trigger, None) for event in annotation.events})
        items.update({("claim", claim.id): (claim.spans, None) for claim in annotation.claims})
        self._items = items

    def filled(self, argument: Argument, sentence: Sentence) -> SentenceArgument:
        """The argument with its filler, for the row of a sentence."""
        kind = "mention" if argument.mention else "event" if argument.event else "claim"
        spans, entity_type = self._items[kind, argument.filler]
        return SentenceArgument(
            argument.role,
            kind,
            argument.filler,
            joined(spans),
            _span_offsets(spans),
            entity_type,
            sentence.start <= spans[0].start and spans[-1].end <= sentence.end,
            argument.attributes,
        )


def joined(spans: Sequence[Span]) -> str:
    """The text of the fragments, joined by a space."""
    return spans[0].text if len(spans) == 1 else " ".join(span.text for span in spans)


def _sentence(
    document: Document, sentence: Sentence
) -> tuple[str, str, str, int, int, int, str, list[str], list[Offsets]]:
    return (
        f"{document.id}/{sentence.number}",
        document.id,
        document.text_sha256,
        sentence.number,
        sentence.start,
        sentence.end,
        sentence.text,
        sentence.tokens,
        _offsets(document.tokens[sentence.first : sentence.last]),
    )


def _context(tokens: TokenIndex, *places: Spans) -> list[ContextSentence]:
    """The sentences that overlap one of these places, in order."""
    spans = tuple(sorted((span for spans in places for span in spans), key=lambda s: s.start))
    return [
        ContextSentence(sentence.number, sentence.start, sentence.end, sentence.text)
        for sentence in tokens.sentences_of(spans)
    ]


def _span_offsets(spans: Sequence[Span]) -> list[Offsets]:
    return [Offsets(span.start, span.end) for span in spans]


def _offsets(ranges: Sequence[Range]) -> list[Offsets]:
    return [Offsets(start, end) for start, end in ranges]


def _method(annotation: Annotation) -> AnnotationMethod:
    return AnnotationMethod(annotation.provenance.kind, annotation.provenance.tool)
