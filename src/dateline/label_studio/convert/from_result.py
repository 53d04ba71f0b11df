"""Reading Label Studio's result rows as an annotation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from dateline.label_studio.config.controls import (
    CLAIM,
    CLAIMER,
    CUE,
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
    LayerControls,
    controls_of,
)
from dateline.label_studio.config.questions import (
    DOCUMENT_ITEM,
    ENTITY_ITEM,
    attribute_control,
    cluster_questions,
    entity_questions,
    factuality_control,
)
from dateline.label_studio.config.relations import (
    ABOUT,
    ARGUMENT,
    CLAIM_RELATION,
    EVENT_RELATION,
)
from dateline.label_studio.convert.chains import Chain, ChainReader
from dateline.label_studio.convert.edges import with_trimmed_edges
from dateline.label_studio.convert.graph import ResultGraph, build_graph
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.convert.regions import Region, read_regions
from dateline.label_studio.convert.relations import (
    attributes_of_pairs,
    carried_relations,
    mention_relations,
    relations_of,
    with_unshown,
)
from dateline.label_studio.result_rows import string
from dateline.model import (
    LAYER_FIELDS,
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Attributes,
    AttributeValue,
    Claim,
    Document,
    Entity,
    Event,
    EventCluster,
    Factuality,
    Mention,
    Note,
    Provenance,
    Relation,
    Spans,
    Struct,
    canonical,
)
from dateline.ontology.labels import Attribute, Ontology


class Header(Struct, frozen=True):
    """The fields of an annotation that are not on the page."""

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


def from_result(
    result: object,
    document: Document,
    header: Header,
    ontology: Ontology,
    *,
    tidied: Collection[str] = (),
) -> tuple[Annotation, list[ResultProblem]]:
    """The annotation that the rows make, in canonical order, and everything irregular in them.

    Its layers are the header's and all that the rows annotate. A result of any shape makes an
    annotation; each part that could not be converted has a problem.

    In the layers that are to be ``tidied``, regions drawn by hand lose blanks and punctuation at
    their edges, mentions that are the same name are one entity, a mention without an entity becomes
    its own, an entity without a name gets its longest one, and attributes that were not chosen have
    their defaults.
    """
    read = read_regions(result, document.text, ontology)
    controls = [c.labels for c in controls_of(ontology) if c.layer in tidied]
    controls += [CUE] if CLAIM.layer in tidied else []
    read = with_trimmed_edges(read, result, document, controls)
    graph = build_graph(read, ontology)
    converter = _Converter(graph, ontology, tidied)
    attributes = converter.document()
    mentions, entities = converter.mentions()
    events, clusters = converter.events()
    annotation = Annotation(
        schema_version=SCHEMA_VERSION,
        document=document.id,
        text_sha256=document.text_sha256,
        annotator=header.annotator,
        layers=header.layers,
        status=header.status,
        provenance=header.provenance,
        attributes=attributes,
        mentions=tuple(mentions),
        entities=tuple(entities),
        relations=converter.relations(),
        events=tuple(events),
        event_clusters=tuple(clusters),
        event_relations=relations_of(graph, EVENT_RELATION),
        claims=tuple(converter.claims()),
        claim_relations=relations_of(graph, CLAIM_RELATION),
        notes=tuple(converter.notes()),
        retired=header.retired,
    )
    found = (layer for layer, (field, *_) in LAYER_FIELDS.items() if getattr(annotation, field))
    annotation = replace(annotation, layers=(*header.layers, *found))
    annotation = with_unshown(annotation, carried_relations(result), ontology)
    return canonical(annotation), converter.problems()


class _Converter:
    def __init__(self, graph: ResultGraph, ontology: Ontology, tidied: Collection[str]) -> None:
        self._graph = graph
        self._ontology = ontology
        self._tidied = tidied
        self._tidies_entities = ontology.has_coreference and ENTITY.layer in tidied
        self._chains = ChainReader(graph)
        self._problems = list(graph.problems)

    def document(self) -> dict[str, AttributeValue]:
        attributes = self._ontology.attributes_of("document")
        answers = self._graph.document
        fills = "document" in self._tidied
        return _attributes(answers, DOCUMENT_ITEM, attributes, "", fills=fills)

    def mentions(self) -> tuple[list[Mention], list[Entity]]:
        regions = self._graph.of(ENTITY.labels)
        asked = entity_questions(self._ontology)
        names = self._names(regions) if self._tidies_entities else None
        chains = self._chains.chains(regions, ENTITY_ID, "entity", asked, names=names)
        entities = {region.id: chain.id for chain in chains for region in chain.regions}
        mentions = [
            Mention(
                id=region.id,
                spans=region.spans,
                type=region.label,
                attributes=self._attributes(region, ENTITY),
                entity=entities.get(region.id),
            )
            for region in regions
        ]
        return mentions, [self._entity(chain) for chain in chains]

    def relations(self) -> tuple[Relation, ...]:
        return mention_relations(self._graph, self._ontology, self._problems)

    def events(self) -> tuple[list[Event], list[EventCluster]]:
        regions = self._graph.of(EVENT.labels)
        asked = cluster_questions(self._ontology)
        chains = self._chains.chains(regions, EVENT_CLUSTER, "cluster", asked)
        clusters = {region.id: chain.id for chain in chains for region in chain.regions}
        arguments: dict[str, list[Argument]] = {region.id: [] for region in regions}
        attributes = self._attributes_of_pairs(ARGUMENT)
        for arc in self._graph.arcs.get(ARGUMENT, ()):
            filler = self._graph.regions[arc.target]
            arguments[arc.source].append(
                Argument(
                    role=arc.label,
                    mention=filler.id if filler.control == ENTITY.labels else None,
                    event=filler.id if filler.control == EVENT.labels else None,
                    claim=filler.id if filler.control == CLAIM.labels else None,
                    attributes=attributes.get((arc.source, arc.target), {}),
                )
            )
        factuality = self._factuality(regions)
        events = [
            Event(
                id=region.id,
                trigger=region.spans,
                type=region.label,
                arguments=tuple(arguments[region.id]),
                attributes=self._attributes(region, EVENT),
                factuality=tuple(factuality[region.id]),
                cluster=clusters.get(region.id),
            )
            for region in regions
        ]
        links = {chain.id: self._chains.links(chain, EVENT_LINK) for chain in chains}
        return events, [EventCluster(id=name, links=some) for name, some in links.items() if some]

    def _factuality(self, events: Iterable[Region]) -> Mapping[str, list[Factuality]]:
        """The factuality of events by source: answers on the event, and labels of claims."""
        found = {
            event.id: [
                Factuality(source=claimer.name, value=string(event.answers[control]))
                for claimer in self._ontology.claimers
                if (control := factuality_control(claimer.name)) in event.answers
            ]
            for event in events
        }
        about = {(arc.source, arc.target) for arc in self._graph.arcs.get(ABOUT, ())}
        for (claim, event), given in self._attributes_of_pairs(ABOUT).items():
            if (claim, event) in about:
                found[event].append(Factuality(source=claim, value=string(given[FACTUALITY])))
        return found

    def claims(self) -> list[Claim]:
        claims = [
            Claim(
                id=region.id,
                spans=region.spans,
                act=region.label,
                claimer=self._claimer(region),
                cue=self._cue(region),
                events=tuple(event.id for event in self._graph.targets(ABOUT, region.id)),
                attributes=self._attributes(region, CLAIM),
            )
            for region in self._graph.of(CLAIM.labels)
        ]
        used = {arc.target for arc in self._graph.arcs.get(CUE, ())}
        for region in self._graph.of(CUE):
            if region.id not in used:
                self._report(region, "the cue belongs to no claim")
        return claims

    def notes(self) -> Iterator[Note]:
        """What the annotator says about the work on the items and the text."""
        places: list[tuple[str | None, str, Mapping[str, AttributeValue]]] = [
            (None, DOCUMENT_ITEM, self._graph.document)
        ]
        for controls in controls_of(self._ontology):
            places += [(r.id, controls.item, r.answers) for r in self._graph.of(controls.labels)]
        for name, item, answers in places:
            text = string(answers.get(attribute_control(NOTE, item)))
            unsure = attribute_control(UNSURE, item) in answers
            if text or unsure:
                yield Note(item=name, text=text, unsure=unsure)

    def problems(self) -> list[ResultProblem]:
        return [*self._problems, *self._chains.problems]

    def _entity(self, chain: Chain) -> Entity:
        first = min(chain.regions, key=lambda region: [(s.start, s.end) for s in region.spans])
        attributes = self._ontology.entity_attributes
        controls = [
            attribute_control(ENTITY_ITEM, a.name) for a in attributes if a.is_of(first.label)
        ]
        answers = {
            control: value
            for control in controls
            if (value := self._chains.answer(chain, control)) is not None
        }
        return Entity(
            id=chain.id,
            type=first.label,
            name=string(self._chains.answer(chain, ENTITY_NAME)) or self._name(chain, first),
            attributes=_attributes(
                answers, ENTITY_ITEM, attributes, first.label, fills=self._tidies_entities
            ),
            links=self._chains.links(chain, ENTITY_LINK),
        )

    def _name(self, chain: Chain, first: Region) -> str:
        """The text of the longest mention that is a name, of several the first in the text."""
        names = [r for r in chain.regions if self._tidies_entities and self._is_name(r)]
        by_place = sorted(names, key=lambda region: [(s.start, s.end) for s in region.spans])
        return max((region.text for region in by_place), key=len, default=first.text)

    def _names(self, regions: Iterable[Region]) -> Mapping[str, tuple[str, ...]]:
        """The type and the words of each mention that is a name."""
        return {r.id: (r.label, *r.text.split()) for r in regions if self._is_name(r)}

    def _is_name(self, mention: Region) -> bool:
        return self._ontology.is_name(self._attributes(mention, ENTITY))

    def _claimer(self, claim: Region) -> str:
        claimers = [region.id for region in self._graph.targets(CLAIMER, claim.id)]
        if CLAIMER in claim.answers:
            claimers.append(string(claim.answers[CLAIMER]))
        if not claimers:
            if (claim.id, CLAIMER) not in self._graph.lost:
                self._report(claim, "the claim has no claimer")
            return ""
        if len(claimers) > 1:
            self._report(
                claim,
                f"the claim has several claimers ({', '.join(claimers)})",
                effect="the first is used",
            )
        return claimers[0]

    def _cue(self, claim: Region) -> Spans | None:
        spans = {span for cue in self._graph.targets(CUE, claim.id) for span in cue.spans}
        return tuple(sorted(spans, key=lambda span: (span.start, span.end))) or None

    def _attributes(self, region: Region, controls: LayerControls) -> dict[str, AttributeValue]:
        attributes = self._ontology.attributes_of(controls.layer)
        fills = controls.layer in self._tidied
        return _attributes(region.answers, controls.item, attributes, region.label, fills=fills)

    def _attributes_of_pairs(self, meaning: str) -> Mapping[tuple[str, str], Attributes]:
        return attributes_of_pairs(self._graph, self._ontology, meaning, self._problems)

    def _report(self, region: Region, message: str, effect: str = "") -> None:
        self._problems.append(region.problem(message, effect))


def _attributes(
    answers: Mapping[str, AttributeValue],
    item: str,
    attributes: Iterable[Attribute],
    label: str,
    *,
    fills: bool,
) -> dict[str, AttributeValue]:
    """The attributes of an item by their controls; ``fills`` says whether defaults count."""
    given = {
        attribute.name: answers.get(
            attribute_control(item, attribute.name), attribute.default if fills else None
        )
        for attribute in attributes
        if attribute.is_of(label)  # an answer may be left of the label that it had before
    }
    return {name: value for name, value in given.items() if value is not None}
