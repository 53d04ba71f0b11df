"""Writing an annotation as Label Studio's result rows.

``from_result`` reads the rows back as the same annotation. ``docs/label-studio.md`` shows which
part of an annotation becomes which region or relation.
"""

from __future__ import annotations

from dateline.annotations.items import kind_of, text_items
from dateline.annotations.link_text import format_links
from dateline.label_studio.config.controls import (
    CLAIM,
    CLAIMER,
    ENTITY,
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT,
    EVENT_CLUSTER,
    EVENT_LINK,
    FACTUALITY,
    NOTE,
    UNSURE,
)
from dateline.label_studio.config.questions import (
    DOCUMENT_ITEM,
    ENTITY_ITEM,
    attribute_control,
    factuality_control,
    note_questions,
    questions,
)
from dateline.label_studio.config.relations import ABOUT, ARGUMENT, RELATION, attribute_label
from dateline.label_studio.convert.relations import arguments_of, labels_of, unshown_relations
from dateline.label_studio.convert.row_writer import RowWriter
from dateline.label_studio.result_rows import Rows
from dateline.model import Annotation, Claim, canonical
from dateline.ontology.labels import Ontology


def to_result(annotation: Annotation, ontology: Ontology) -> Rows:
    """The rows that show the annotation on the page, in canonical order."""
    annotation = canonical(annotation)
    asked = (*questions(ontology), *note_questions(ontology))
    writer = RowWriter(annotation.ids(), {question.control: question for question in asked})
    writer.document(DOCUMENT_ITEM, annotation.attributes)
    _write_mentions(writer, annotation, ontology)
    _write_events(writer, annotation, ontology)
    factuality = {(f.source, e.id): f.value for e in annotation.events for f in e.factuality}
    for claim in annotation.claims:
        writer.regions(CLAIM, claim.id, claim.spans, claim.act, claim.attributes)
        _write_source(writer, claim, ontology)
        for about in claim.events:
            writer.join(claim.id, about, ABOUT)
            if (claim.id, about) in factuality:
                value = factuality[claim.id, about]
                writer.join(claim.id, about, attribute_label(FACTUALITY, value))
    for relation in (*annotation.event_relations, *annotation.claim_relations):
        writer.join(relation.source, relation.target, relation.type)
    _write_notes(writer, annotation)
    return writer.result()


def _write_notes(writer: RowWriter, annotation: Annotation) -> None:
    items = text_items(annotation)
    for note in annotation.notes:
        if note.item in items:
            item = kind_of(items[note.item])
            if note.text:
                writer.answer(note.item, attribute_control(NOTE, item), note.text)
            if note.unsure:
                writer.answer(note.item, attribute_control(UNSURE, item), UNSURE)
        elif note.item is None:
            given = {NOTE: note.text, UNSURE: UNSURE if note.unsure else ""}
            for prefix, value in given.items():
                if value:
                    writer.document(prefix, {DOCUMENT_ITEM: value})


def _write_mentions(writer: RowWriter, annotation: Annotation, ontology: Ontology) -> None:
    unnamed = {entity.id: entity for entity in annotation.entities}
    for mention in annotation.mentions:
        writer.regions(ENTITY, mention.id, mention.spans, mention.type, mention.attributes)
        if mention.entity is not None:
            writer.answer(mention.id, ENTITY_ID, mention.entity)
        entity = unnamed.pop(mention.entity or "", None)
        if entity is not None:
            writer.answer(mention.id, ENTITY_NAME, entity.name)
            if entity.links:
                writer.answer(mention.id, ENTITY_LINK, format_links(entity.links))
            writer.attributes(mention.id, ENTITY_ITEM, entity.attributes)
    for relation in annotation.relations:
        for label in labels_of(relation, RELATION, ontology):
            writer.join(relation.source, relation.target, label)
    for relation in unshown_relations(annotation, ontology):
        writer.carry(relation)


def _write_events(writer: RowWriter, annotation: Annotation, ontology: Ontology) -> None:
    unlinked = {cluster.id: cluster for cluster in annotation.event_clusters}
    for event in annotation.events:
        regions = writer.regions(EVENT, event.id, event.trigger, event.type, event.attributes)
        for given in event.factuality:
            for region in regions if given.source in ontology.special_claimers else ():
                writer.answer(region, factuality_control(given.source), given.value)
        if event.cluster is not None:
            writer.answer(event.id, EVENT_CLUSTER, event.cluster)
        cluster = unlinked.pop(event.cluster or "", None)
        if cluster is not None:
            writer.answer(event.id, EVENT_LINK, format_links(cluster.links))
        for argument in arguments_of(event):
            for label in labels_of(argument, ARGUMENT, ontology):
                writer.join(event.id, argument.target, label)


def _write_source(writer: RowWriter, claim: Claim, ontology: Ontology) -> None:
    if claim.claimer in ontology.special_claimers:
        writer.answer(claim.id, CLAIMER, claim.claimer)
    elif claim.claimer:
        writer.join(claim.id, claim.claimer, CLAIMER)
    if claim.cue is not None:
        writer.cue(claim.id, claim.cue)
