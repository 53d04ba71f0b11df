"""Reading Label Studio's result rows as an annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dateline.corpus.text_forms import TextMatch
from dateline.label_studio.config.controls import (
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
from dateline.label_studio.convert.graph import (
    ARGUMENT,
    CLAIM_RELATION,
    EVENT_RELATION,
    ResultGraph,
    build_graph,
    components,
)
from dateline.label_studio.convert.links import parse_links
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.convert.region_ids import ID, MAX_LENGTH, mint
from dateline.label_studio.convert.regions import Region, read_regions
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
    copy: TextMatch | None = None,
) -> tuple[Annotation, list[ResultProblem]]:
    """The annotation that the rows make, in canonical order, and everything irregular in them.

    Its layers are the header's and all that the rows annotate. A result of any shape makes an
    annotation; each part that could not be converted has a problem. ``copy`` is the text that the
    rows' offsets are about, by default the document's.
    """
    graph = build_graph(read_regions(result, document.text, ontology, copy), ontology)
    converter = _Converter(graph, ontology)
    mentions, entities = converter.mentions()
    events = converter.events()
    claims = converter.claims()
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
        event_relations=converter.relations(EVENT_RELATION),
        claims=tuple(claims),
        claim_relations=converter.relations(CLAIM_RELATION),
        retired=header.retired,
    )
    return canonical(annotation), converter.problems


class _Converter:
    def __init__(self, graph: ResultGraph, ontology: Ontology) -> None:
        self._graph = graph
        self._ontology = ontology
        self._taken = set(graph.regions)
        self.problems = list(graph.problems)

    def mentions(self) -> tuple[list[Mention], list[Entity]]:
        regions = self._graph.of(ENTITY.labels)
        chains = self._chains(regions, ENTITY_ID, "entity")
        mentions = [
            Mention(
                id=region.id,
                spans=region.spans,
                type=region.label,
                attributes=self._attributes(region, ENTITY),
                entity=chains.get(region.id),
            )
            for region in regions
        ]
        members: dict[str, list[Region]] = {}
        for region in regions:
            if region.id in chains:
                members.setdefault(chains[region.id], []).append(region)
            else:
                for control in (ENTITY_NAME, ENTITY_LINK):
                    if control in region.answers:
                        self._report(region, f'"{control}" is set without "{ENTITY_ID}"')
        return mentions, [self._entity(name, chain) for name, chain in members.items()]

    def events(self) -> list[Event]:
        regions = self._graph.of(EVENT.labels)
        clusters = self._chains(regions, EVENT_CLUSTER, "cluster")
        arguments: dict[str, list[Argument]] = {region.id: [] for region in regions}
        for arc in self._graph.arcs.get(ARGUMENT, ()):
            filler = self._graph.regions[arc.target]
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
                id=region.id,
                trigger=region.spans,
                type=region.label,
                arguments=tuple(arguments[region.id]),
                attributes=self._attributes(region, EVENT),
                cluster=clusters.get(region.id),
            )
            for region in regions
        ]

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

    def relations(self, meaning: str) -> tuple[Relation, ...]:
        return tuple(
            Relation(type=arc.label, source=arc.source, target=arc.target)
            for arc in self._graph.arcs.get(meaning, ())
        )

    def _chains(self, regions: Sequence[Region], control: str, suffix: str) -> Mapping[str, str]:
        """The chain of each region: the id in the text control, or joined by coreference arcs.

        Joined chains get the id of their earliest member; a chain without an id is named after its
        first member, so that the same page always gives the same ids.
        """
        written: dict[str, str] = {}
        for region in regions:
            name = region.answers.get(control, "").strip()
            if ID.fullmatch(name):
                written[region.id] = name
            elif name:
                self._report(
                    region,
                    f'"{name}" is not an id for "{control}"; use up to 64 letters, digits, ".", '
                    '"_" and "-"',
                )
        names = {region.id for region in regions}
        first: dict[str, str] = {}
        joined = [(member, first.setdefault(name, member)) for member, name in written.items()]
        arcs = self._graph.arcs.get(COREFERENCE, ())
        joined += [(arc.source, arc.target) for arc in arcs if arc.source in names]
        self._taken.update(written.values())
        chains: dict[str, str] = {}
        for members in components((region.id for region in regions), joined):
            chain = next((written[name] for name in members if name in written), None)
            if chain is None and len(members) > 1:
                chain = mint(f"{members[0][: MAX_LENGTH - 1 - len(suffix)]}.{suffix}", self._taken)
            if chain is not None:
                chains.update(dict.fromkeys(members, chain))
        return chains

    def _entity(self, name: str, chain: Sequence[Region]) -> Entity:
        # Of joined chains, the one whose id is kept takes precedence.
        own = [region for region in chain if region.answers.get(ENTITY_ID, "").strip() == name]
        chain = [*own, *(region for region in chain if region not in own)]
        first = min(chain, key=lambda region: [(s.start, s.end) for s in region.spans])
        return Entity(
            id=name,
            type=first.label,
            name=self._chain_answer(own, chain, ENTITY_NAME) or first.text,
            links=self._links(own, chain),
        )

    def _links(self, own: Sequence[Region], chain: Sequence[Region]) -> tuple[Link, ...]:
        written = self._chain_answer(own, chain, ENTITY_LINK)
        if written is None:
            return ()
        links = parse_links(written)
        if links is None:
            self._report(
                chain[0],
                f'"{written}" is not a link; write KB:ID, or KB:NIL if there is no entry, with '
                "spaces between several links",
            )
        return links or ()

    def _chain_answer(
        self, own: Sequence[Region], chain: Sequence[Region], control: str
    ) -> str | None:
        """The first answer in the chain; reports contradictions."""
        given = {
            region.answers[control]: region for region in reversed(own) if control in region.answers
        }
        if len(given) > 1:
            first, *others = reversed(given)
            rest = '", "'.join(others)
            self._report(
                given[first],
                f'"{control}" of this entity is "{first}" here and "{rest}" elsewhere',
                effect="the first is used",
            )
        return next(
            (region.answers[control] for region in chain if control in region.answers), None
        )

    def _claimer(self, claim: Region) -> str:
        claimers = [region.id for region in self._graph.targets(CLAIMER, claim.id)]
        if CLAIMER in claim.choices:
            claimers.append(claim.choices[CLAIMER])
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
        spans = [span for cue in self._graph.targets(CUE, claim.id) for span in cue.spans]
        return tuple(sorted(spans, key=lambda span: (span.start, span.end))) or None

    def _attributes(self, region: Region, controls: LayerControls) -> dict[str, str]:
        return {
            attribute.name: region.choices[control]
            for attribute in self._ontology.layers[controls.layer].attributes
            if (control := controls.attribute(attribute.name)) in region.choices
        }

    def _report(self, region: Region, message: str, effect: str = "") -> None:
        self.problems.append(
            ResultProblem(region=region.id, message=message, quote=region.text, effect=effect)
        )
