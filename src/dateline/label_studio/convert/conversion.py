"""An annotation as Label Studio's result rows, and back.

Both directions are pure. What ``to_result`` writes, ``from_result`` reads back as the same
annotation; ``docs/label-studio.md`` says which item becomes which region or relation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dateline.label_studio.convert.items import (
    ARGUMENT,
    CLAIM_RELATION,
    EVENT_RELATION,
    Item,
    Sheet,
    components,
    put_together,
)
from dateline.label_studio.convert.links import format_link, parse_link
from dateline.label_studio.convert.regions import Problem, read_page
from dateline.label_studio.convert.rows import Rows, RowWriter, mint
from dateline.label_studio.page.controls import (
    ABOUT,
    CLAIM,
    CLAIMER,
    COREFERENCE,
    CUE,
    ENTITY,
    ENTITY_ID,
    ENTITY_LINK,
    ENTITY_NAME,
    EVENT,
    EVENT_CLUSTER,
    LayerControls,
)
from dateline.model import (
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Claim,
    Document,
    Entity,
    Event,
    Link,
    Mention,
    Provenance,
    Relation,
    Spans,
    Struct,
    canonical,
)
from dateline.ontology.labels import Ontology

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Header(Struct, frozen=True):
    """What an annotation says of itself, which the page does not know."""

    annotator: str
    layers: tuple[str, ...]
    status: str
    provenance: Provenance
    retired: tuple[str, ...]


def header_of(annotation: Annotation) -> Header:
    """The annotation's own header."""
    return Header(
        annotator=annotation.annotator,
        layers=annotation.layers,
        status=annotation.status,
        provenance=annotation.provenance,
        retired=annotation.retired,
    )


def to_result(annotation: Annotation, ontology: Ontology) -> Rows:
    """The rows that show the annotation on the page, in the annotation's canonical order."""
    annotation = canonical(annotation)
    writer = RowWriter(annotation.ids())
    unnamed = {entity.id: entity for entity in annotation.entities}
    for mention in annotation.mentions:
        writer.item(ENTITY, mention.id, mention.spans, mention.type, mention.attributes)
        if mention.entity is not None:
            writer.answer(mention.id, ENTITY_ID, mention.entity)
        entity = unnamed.pop(mention.entity or "", None)
        if entity is not None:
            writer.answer(mention.id, ENTITY_NAME, entity.name)
            if entity.link is not None:
                writer.answer(mention.id, ENTITY_LINK, format_link(entity.link))
    for event in annotation.events:
        writer.item(EVENT, event.id, event.trigger, event.type, event.attributes)
        if event.cluster is not None:
            writer.answer(event.id, EVENT_CLUSTER, event.cluster)
        for argument in event.arguments:
            writer.join(event.id, argument.filler, argument.role)
    for claim in annotation.claims:
        writer.item(CLAIM, claim.id, claim.spans, claim.act, claim.attributes)
        _write_source(writer, claim, ontology)
        for about in claim.events:
            writer.join(claim.id, about, ABOUT)
    for relation in (*annotation.event_relations, *annotation.claim_relations):
        writer.join(relation.source, relation.target, relation.type)
    return writer.result()


def from_result(
    result: object, document: Document, header: Header, ontology: Ontology
) -> tuple[Annotation, list[Problem]]:
    """The annotation that the rows say, in canonical order, and all that is irregular in them.

    Layers are the header's, and any other that something was found in. Whatever the rows are, the
    result is an annotation; what could not be taken over is named by a problem.
    """
    sheet = put_together(read_page(result, document.text, ontology), ontology)
    problems = list(sheet.problems)
    taken = set(sheet.items)
    mentions, entities = _mentions(sheet, ontology, taken, problems)
    events = _events(sheet, ontology, taken, problems)
    claims = _claims(sheet, ontology, problems)
    found = {ENTITY.layer: mentions, EVENT.layer: events, CLAIM.layer: claims}
    annotation = Annotation(
        schema_version=SCHEMA_VERSION,
        document=document.id,
        text_sha256=document.text_sha256,
        annotator=header.annotator,
        layers=(*header.layers, *(layer for layer, items in found.items() if items)),
        status=header.status,
        provenance=header.provenance,
        mentions=tuple(mentions),
        entities=tuple(entities),
        events=tuple(events),
        event_relations=_relations(sheet, EVENT_RELATION),
        claims=tuple(claims),
        claim_relations=_relations(sheet, CLAIM_RELATION),
        retired=header.retired,
    )
    return canonical(annotation), problems


def _write_source(writer: RowWriter, claim: Claim, ontology: Ontology) -> None:
    if claim.claimer in ontology.special_claimers:
        writer.choice(claim.id, CLAIMER, claim.claimer)
    elif claim.claimer:
        writer.join(claim.id, claim.claimer, CLAIMER)
    if claim.cue is not None:
        writer.cue(claim.id, claim.cue)


def _mentions(
    sheet: Sheet, ontology: Ontology, taken: set[str], problems: list[Problem]
) -> tuple[list[Mention], list[Entity]]:
    items = sheet.of(ENTITY.labels)
    chains = _chains(sheet, items, ENTITY_ID, "entity", taken, problems)
    mentions = [
        Mention(
            id=item.id,
            spans=item.spans,
            type=item.label,
            attributes=_attributes(item, ENTITY, ontology),
            entity=chains.get(item.id),
        )
        for item in items
    ]
    members: dict[str, list[Item]] = {}
    for item in items:
        if item.id in chains:
            members.setdefault(chains[item.id], []).append(item)
        else:
            problems.extend(
                Problem(
                    region=item.id,
                    message=f"«{control}» is given, but no {ENTITY_ID} that it would belong to",
                    quote=item.text,
                )
                for control in (ENTITY_NAME, ENTITY_LINK)
                if control in item.answers
            )
    return mentions, [_entity(name, chain, problems) for name, chain in members.items()]


def _entity(name: str, chain: Sequence[Item], problems: list[Problem]) -> Entity:
    # Where two chains were joined, the one whose id survives has the first word.
    own = [item for item in chain if item.answers.get(ENTITY_ID, "").strip() == name]
    chain = [*own, *(item for item in chain if item not in own)]
    first = min(chain, key=lambda item: [(s.start, s.end) for s in item.spans])
    return Entity(
        id=name,
        type=first.label,
        name=_said_once(own, chain, ENTITY_NAME, problems) or first.text,
        link=_link(own, chain, problems),
    )


def _said_once(
    own: Sequence[Item], chain: Sequence[Item], control: str, problems: list[Problem]
) -> str | None:
    """What the first of the chain to answer says; a chain that contradicts itself is reported."""
    said = {item.answers[control]: item for item in reversed(own) if control in item.answers}
    if len(said) > 1:
        first, *others = reversed(said)
        problems.append(
            Problem(
                region=said[first].id,
                message=f"«{control}» of this entity is «{first}» here and «{'», «'.join(others)}» "
                "elsewhere; the first is taken",
                quote=said[first].text,
            )
        )
    return next((item.answers[control] for item in chain if control in item.answers), None)


def _link(own: Sequence[Item], chain: Sequence[Item], problems: list[Problem]) -> Link | None:
    written = _said_once(own, chain, ENTITY_LINK, problems)
    if written is None:
        return None
    link = parse_link(written)
    if link is None:
        problems.append(
            Problem(
                region=chain[0].id,
                message=f"«{written}» is no link; write it as KB:ID, or KB:NIL for no entry",
                quote=chain[0].text,
            )
        )
    return link


def _events(
    sheet: Sheet, ontology: Ontology, taken: set[str], problems: list[Problem]
) -> list[Event]:
    items = sheet.of(EVENT.labels)
    clusters = _chains(sheet, items, EVENT_CLUSTER, "cluster", taken, problems)
    arguments: dict[str, list[Argument]] = {item.id: [] for item in items}
    for arc in sheet.arcs.get(ARGUMENT, ()):
        filler = sheet.items[arc.target]
        arguments[arc.source].append(
            Argument(
                role=arc.label,
                mention=filler.id if filler.control == ENTITY.labels else None,
                event=filler.id if filler.control == EVENT.labels else None,
                claim=filler.id if filler.control == CLAIM.labels else None,
            )
        )
    return [
        Event(
            id=item.id,
            trigger=item.spans,
            type=item.label,
            arguments=tuple(arguments[item.id]),
            attributes=_attributes(item, EVENT, ontology),
            cluster=clusters.get(item.id),
        )
        for item in items
    ]


def _claims(sheet: Sheet, ontology: Ontology, problems: list[Problem]) -> list[Claim]:
    claims = [
        Claim(
            id=item.id,
            spans=item.spans,
            act=item.label,
            claimer=_claimer(sheet, item, problems),
            cue=_cue(sheet, item),
            events=tuple(event.id for event in sheet.targets(ABOUT, item.id)),
            attributes=_attributes(item, CLAIM, ontology),
        )
        for item in sheet.of(CLAIM.labels)
    ]
    used = {arc.target for arc in sheet.arcs.get(CUE, ())}
    problems.extend(
        Problem(region=item.id, message="the cue is joined to no claim", quote=item.text)
        for item in sheet.of(CUE)
        if item.id not in used
    )
    return claims


def _claimer(sheet: Sheet, claim: Item, problems: list[Problem]) -> str:
    mentions = sheet.targets(CLAIMER, claim.id)
    claimers = [item.id for item in mentions]
    if CLAIMER in claim.choices:
        claimers.append(claim.choices[CLAIMER])
    if len(claimers) != 1:
        message = "the claim has no claimer"
        if claimers:
            message = f"the claim has several claimers ({', '.join(claimers)}); the first is taken"
        problems.append(Problem(region=claim.id, message=message, quote=claim.text))
    return claimers[0] if claimers else ""


def _cue(sheet: Sheet, claim: Item) -> Spans | None:
    spans = [span for cue in sheet.targets(CUE, claim.id) for span in cue.spans]
    return tuple(sorted(spans, key=lambda span: (span.start, span.end))) or None


def _relations(sheet: Sheet, meaning: str) -> tuple[Relation, ...]:
    return tuple(
        Relation(type=arc.label, source=arc.source, target=arc.target)
        for arc in sheet.arcs.get(meaning, ())
    )


def _attributes(item: Item, controls: LayerControls, ontology: Ontology) -> dict[str, str]:
    names = {
        attribute.name: controls.attribute(attribute.name)
        for attribute in ontology.layers[controls.layer].attributes
    }
    return {
        name: item.choices[control] for name, control in names.items() if control in item.choices
    }


def _chains(
    sheet: Sheet,
    items: Sequence[Item],
    control: str,
    suffix: str,
    taken: set[str],
    problems: list[Problem],
) -> Mapping[str, str]:
    """The chain that each item belongs to: the id typed in, or joined by coreference arcs.

    Where chains are joined the id of the earliest item holds; a chain that has none is called
    after its first item, so that the same page always gives the same ids.
    """
    written: dict[str, str] = {}
    for item in items:
        name = item.answers.get(control, "").strip()
        if _ID.fullmatch(name):
            written[item.id] = name
        elif name:
            message = f"«{name}» is no id for «{control}»: use letters, digits, «.», «_» and «-»"
            problems.append(Problem(region=item.id, message=message, quote=item.text))
    names = {item.id for item in items}
    first: dict[str, str] = {}
    joined = [(item, first.setdefault(name, item)) for item, name in written.items()]
    joined += [(a.source, a.target) for a in sheet.arcs.get(COREFERENCE, ()) if a.source in names]
    taken.update(written.values())
    chains: dict[str, str] = {}
    for group in components((item.id for item in items), joined):
        chain = next((written[name] for name in group if name in written), None)
        if chain is None and len(group) > 1:
            chain = mint(f"{group[0][:56]}.{suffix}", taken)
        if chain is not None:
            chains.update(dict.fromkeys(group, chain))
    return chains
