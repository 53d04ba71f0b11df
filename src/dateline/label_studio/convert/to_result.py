"""Writing an annotation as Label Studio's result rows.

``from_result`` reads the rows back as the same annotation. ``docs/label-studio.md`` shows which
part of an annotation becomes which region or relation.
"""

from __future__ import annotations

from dateline.label_studio.config.controls import (
    ABOUT,
    CLAIM,
    CLAIMER,
    ENTITY,
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT,
    EVENT_CLUSTER,
)
from dateline.label_studio.convert.links import format_links
from dateline.label_studio.convert.row_writer import RowWriter
from dateline.label_studio.result_rows import Rows
from dateline.model import Annotation, Claim, canonical
from dateline.ontology.labels import Ontology


def to_result(annotation: Annotation, ontology: Ontology) -> Rows:
    """The rows that show the annotation on the page, in canonical order."""
    annotation = canonical(annotation)
    writer = RowWriter(annotation.ids())
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
    for event in annotation.events:
        writer.regions(EVENT, event.id, event.trigger, event.type, event.attributes)
        if event.cluster is not None:
            writer.answer(event.id, EVENT_CLUSTER, event.cluster)
        for argument in event.arguments:
            writer.join(event.id, argument.filler, argument.role)
    for claim in annotation.claims:
        writer.regions(CLAIM, claim.id, claim.spans, claim.act, claim.attributes)
        _write_source(writer, claim, ontology)
        for about in claim.events:
            writer.join(claim.id, about, ABOUT)
    for relation in (*annotation.event_relations, *annotation.claim_relations):
        writer.join(relation.source, relation.target, relation.type)
    return writer.result()


def _write_source(writer: RowWriter, claim: Claim, ontology: Ontology) -> None:
    if claim.claimer in ontology.special_claimers:
        writer.choice(claim.id, CLAIMER, claim.claimer)
    elif claim.claimer:
        writer.join(claim.id, claim.claimer, CLAIMER)
    if claim.cue is not None:
        writer.cue(claim.id, claim.cue)
