"""From a document and its annotations to the rows of each config: pure functions.

Annotations are taken to be valid: every reference resolves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET

from dateline.dataset.row_types import (
    AnnotationRow,
    Attributes,
    ClaimRow,
    Context,
    Cut,
    DocumentRow,
    EntityRow,
    EventRow,
    FilledRole,
    Items,
    Origin,
    PlacedEvent,
    PlacedMention,
    Row,
    Stretch,
    TypedEvent,
)
from dateline.dataset.token_alignment import Alignment, Sentence, bio
from dateline.model import (
    GOLD,
    Annotation,
    Argument,
    Claim,
    Document,
    Event,
    Mention,
    Range,
    Span,
    Spans,
)
from dateline.ontology.labels import Ontology


class RowMaker:
    """Makes the rows of a corpus with this ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self._described = frozenset(
            name for name, layer in ontology.layers.items() if layer.attributes
        )

    def rows(
        self, document: Document, annotations: Mapping[str, Annotation]
    ) -> Mapping[str, Sequence[Row]]:
        """The rows that a document adds to each config; ``annotations`` are by annotator."""
        gold = annotations.get(GOLD)
        rows: dict[str, Sequence[Row]] = {
            "documents": [self.document_row(document, gold)],
            "annotations": [self.annotation_row(annotations[name]) for name in sorted(annotations)],
        }
        if gold is not None:
            alignment = Alignment(document)
            if "entities" in gold.layers:
                rows["entities"] = list(self.entity_rows(document, gold, alignment))
            if "events" in gold.layers:
                rows["events"] = list(self.event_rows(document, gold, alignment))
            if "claims" in gold.layers:
                rows["claims"] = list(self.claim_rows(document, gold, alignment))
        return rows

    def document_row(self, document: Document, gold: Annotation | None) -> DocumentRow:
        """The row of a document; its lists of items are empty where there is no gold."""
        return DocumentRow(
            id=document.id,
            text=document.text,
            text_sha256=document.text_sha256,
            text_length=len(document.text),
            text_available=True,
            language=document.language,
            title=document.title,
            source=document.source,
            rights=document.rights,
            split=document.split,
            seed=Cut(
                document.seed.sha256, [Stretch(cut.start, cut.end) for cut in document.seed.dropped]
            ),
            sentences=_stretches(document.sentences),
            tokens=_stretches(document.tokens),
            annotated=gold is not None,
            status=gold.status if gold else None,
            provenance=_origin(gold) if gold else None,
            layers=gold.layers if gold else (),
            mentions=self._items("entities", gold.mentions) if gold else (),
            entities=gold.entities if gold else (),
            events=self._items("events", gold.events) if gold else (),
            event_relations=gold.event_relations if gold else (),
            claims=self._items("claims", gold.claims) if gold else (),
            claim_relations=gold.claim_relations if gold else (),
        )

    def annotation_row(self, annotation: Annotation) -> AnnotationRow:
        """The row of an annotation."""
        return AnnotationRow(
            annotator=annotation.annotator,
            document=annotation.document,
            text_sha256=annotation.text_sha256,
            status=annotation.status,
            provenance=_origin(annotation),
            layers=annotation.layers,
            mentions=self._items("entities", annotation.mentions),
            entities=annotation.entities,
            events=self._items("events", annotation.events),
            event_relations=annotation.event_relations,
            claims=self._items("claims", annotation.claims),
            claim_relations=annotation.claim_relations,
        )

    def entity_rows(
        self, document: Document, gold: Annotation, alignment: Alignment
    ) -> Iterator[EntityRow]:
        """A row for each sentence, with its BIO tags and the mentions that touch it."""
        placed: list[list[PlacedMention]] = [[] for _ in alignment.sentences]
        labelled: list[list[tuple[Range, str]]] = [[] for _ in alignment.sentences]
        for mention in gold.mentions:
            attributes = self._attributes("entities", mention)
            for number, ranges in alignment.by_sentence(mention.spans).items():
                placed[number].append(
                    PlacedMention(
                        mention.id,
                        mention.type,
                        attributes,
                        mention.entity,
                        mention.spans,
                        _stretches(ranges),
                    )
                )
                if len(mention.spans) == 1:
                    labelled[number].append((ranges[0], mention.type))
        for sentence in alignment.sentences:
            number = sentence.number
            yield EntityRow(
                *_sentence(document, sentence),
                ner_tags=bio(len(sentence.tokens), labelled[number]),
                mentions=placed[number],
            )

    def event_rows(
        self, document: Document, gold: Annotation, alignment: Alignment
    ) -> Iterator[EventRow]:
        """A row for each sentence, with the events whose trigger touches it."""
        fillers = _Fillers(gold)
        placed: list[list[PlacedEvent]] = [[] for _ in alignment.sentences]
        for event in gold.events:
            attributes = self._attributes("events", event)
            for number, ranges in alignment.by_sentence(event.trigger).items():
                sentence = alignment.sentences[number]
                placed[number].append(
                    PlacedEvent(
                        event.id,
                        event.type,
                        event.trigger,
                        attributes,
                        event.cluster,
                        _stretches(ranges),
                        [fillers.filled(argument, sentence) for argument in event.arguments],
                    )
                )
        for sentence in alignment.sentences:
            yield EventRow(*_sentence(document, sentence), events=placed[sentence.number])

    def claim_rows(
        self, document: Document, gold: Annotation, alignment: Alignment
    ) -> Iterator[ClaimRow]:
        """A row for each claim."""
        mentions = {mention.id: mention for mention in gold.mentions}
        names = {entity.id: entity.name for entity in gold.entities}
        types = {event.id: event.type for event in gold.events}
        for claim in gold.claims:
            # A claimer that is no mention is one of the ontology's claimers, such as the author.
            claimer = mentions.get(claim.claimer)
            yield ClaimRow(
                id=f"{document.id}/{claim.id}",
                document=document.id,
                text_sha256=document.text_sha256,
                claim=claim.id,
                text=joined(claim.spans),
                spans=claim.spans,
                context=[
                    Context(sentence.number, sentence.start, sentence.end, sentence.text)
                    for sentence in alignment.sentences_of(claim.spans)
                ],
                claimer=claim.claimer,
                claimer_text=joined(claimer.spans) if claimer else None,
                claimer_spans=_places(claimer.spans) if claimer else [],
                claimer_name=names[claimer.entity] if claimer and claimer.entity else None,
                cue_text=joined(claim.cue) if claim.cue else None,
                cue_spans=claim.cue or (),
                act=claim.act,
                attributes=self._attributes("claims", claim),
                events=[TypedEvent(event, types[event]) for event in claim.events],
            )

    def _attributes(self, layer: str, item: Mention | Event | Claim) -> Attributes:
        return item.attributes if layer in self._described else UNSET

    def _items(self, layer: str, items: Sequence[Mention | Event | Claim]) -> Items:
        if layer in self._described:
            return items
        plain = msgspec.to_builtins(items)
        for item in plain:
            del item["attributes"]
        return plain  # type: ignore[no-any-return]


class _Fillers:
    """What can fill a role in an annotation, by kind and id: its place, text and entity type."""

    def __init__(self, annotation: Annotation) -> None:
        items: dict[tuple[str, str], tuple[Spans, str | None]] = {
            ("mention", mention.id): (mention.spans, mention.type)
            for mention in annotation.mentions
        }
        items.update({("event", event.id): (event.trigger, None) for event in annotation.events})
        items.update({("claim", claim.id): (claim.spans, None) for claim in annotation.claims})
        self._items = items

    def filled(self, argument: Argument, sentence: Sentence) -> FilledRole:
        """The argument with what fills it, seen from a sentence."""
        kind = "mention" if argument.mention else "event" if argument.event else "claim"
        spans, entity_type = self._items[kind, argument.filler]
        return FilledRole(
            argument.role,
            kind,
            argument.filler,
            joined(spans),
            _places(spans),
            entity_type,
            sentence.start <= spans[0].start and spans[-1].end <= sentence.end,
        )


def joined(spans: Sequence[Span]) -> str:
    """The text of the fragments in a line, with a space between them."""
    return spans[0].text if len(spans) == 1 else " ".join(span.text for span in spans)


def _sentence(
    document: Document, sentence: Sentence
) -> tuple[str, str, str, int, int, int, str, list[str], list[Stretch]]:
    return (
        f"{document.id}/{sentence.number}",
        document.id,
        document.text_sha256,
        sentence.number,
        sentence.start,
        sentence.end,
        sentence.text,
        sentence.tokens,
        _stretches(document.tokens[sentence.first : sentence.last]),
    )


def _places(spans: Sequence[Span]) -> list[Stretch]:
    return [Stretch(span.start, span.end) for span in spans]


def _stretches(ranges: Sequence[Range]) -> list[Stretch]:
    return [Stretch(start, end) for start, end in ranges]


def _origin(annotation: Annotation) -> Origin:
    return Origin(annotation.provenance.kind, annotation.provenance.tool)
