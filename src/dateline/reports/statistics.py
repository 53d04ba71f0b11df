"""Statistics of the annotations in a corpus: counts, distributions and densities."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from dateline.annotations.derived_relations import derived_relations
from dateline.annotations.differences import format_value
from dateline.annotations.items import label_of
from dateline.corpus.store import Corpus
from dateline.model import (
    GOLD,
    LAYER_FIELDS,
    Annotation,
    Attributes,
    AttributeValue,
    Contrast,
    Document,
    Entity,
    EventCluster,
    Struct,
)
from dateline.ontology.labels import Attribute, Ontology
from dateline.validation.required import valid_annotations

K = TypeVar("K", int, str)

A_CLAIM = "a claim"
"""The source of factuality that stands for all claims."""


class AttributeStatistics(Struct, frozen=True):
    """An attribute: ``items`` that have a value, and what these are.

    ``values`` counts labels, and true and false; an item with several labels is counted for each.
    ``distinct`` is the number of different texts or numbers; of numbers, there are the smallest,
    the largest and the mean too.
    """

    items: int
    values: Mapping[str, int] = {}
    distinct: int | None = None
    minimum: float | None = None
    mean: float | None = None
    maximum: float | None = None


class LayerStatistics(Struct, frozen=True):
    """A layer: its items by label, and the values of their attributes.

    The items are mentions, relations, events or claims; of the layer ``document``, the documents.
    ``per_100_tokens`` is the number of items per 100 tokens of the documents with the layer, None
    if they have no tokens, and for documents.
    """

    documents: int
    items: int
    per_100_tokens: float | None
    labels: Mapping[str, int]
    attributes: Mapping[str, AttributeStatistics]


class RoleStatistics(Struct, frozen=True):
    """A role of an event type: events of the type, events with the role filled, and fillers."""

    events: int
    filled: int
    fillers: int


class DocumentStatistics(Struct, frozen=True):
    """A document: its size, and the number of items by layer, None if not annotated."""

    split: str
    sentences: int
    tokens: int
    items: Mapping[str, int | None]


class ContrastStatistics(Struct, frozen=True):
    """The contrasts of a corpus: their number by kind and by split, and that of their originals.

    ``statuses`` counts the annotated ones by the status of the annotation.
    """

    kinds: Mapping[str, int]
    splits: Mapping[str, int]
    originals: int
    statuses: Mapping[str, int]


class Statistics(Struct, frozen=True):
    """Statistics of one annotator's annotations.

    Contrasts are not among the documents, because most of a contrast is the same as in its
    original; ``contrasts`` counts them apart, and is None if there are none.

    Distributions map a number to a count: ``chains`` counts entities by their number of mentions,
    ``clusters`` event instances by their number of events (two or more), ``arguments`` events by
    their number of arguments, ``claims_per_claimer`` claimers by their number of claims. A claimer
    is an entity, a mention without an entity, or a special claimer. ``entity_links`` and
    ``event_links`` count entities and event instances by their number of links to an entry of a
    knowledge base. ``factuality`` counts the values of events by source: a special claimer, or
    "a claim". ``statuses`` counts the annotated documents by the status of the annotation.

    What the corpus does not declare is empty.
    """

    documents: Mapping[str, DocumentStatistics]
    splits: Mapping[str, int]
    statuses: Mapping[str, int]
    sentences: int
    tokens: int
    layers: Mapping[str, LayerStatistics]
    chains: Mapping[int, int]
    entity_links: Mapping[int, int]
    entity_attributes: Mapping[str, AttributeStatistics]
    roles: Mapping[str, Mapping[str, RoleStatistics]]
    arguments: Mapping[int, int]
    argument_attributes: Mapping[str, AttributeStatistics]
    factuality: Mapping[str, Mapping[str, int]]
    event_relations: Mapping[str, int]
    clusters: Mapping[int, int]
    event_links: Mapping[int, int]
    claimers: Mapping[str, int]
    claims_per_claimer: Mapping[int, int]
    discontinuous_claims: int
    nested_claims: int
    claims_with_a_cue: int
    claim_relations: Mapping[str, int]
    contrasts: ContrastStatistics | None = None


def statistics_of(
    corpus: Corpus, annotator: str = GOLD, *, of_contrasts: bool = False
) -> Statistics:
    """Count one annotator's annotations of all documents; unused labels have count 0.

    With ``of_contrasts``, contrasts are counted in place of the other documents.

    Raises InvalidInputError, naming the files, if a document or an annotation has errors.
    """
    counter = _Counter(corpus.ontology)
    present = {annotator} & {*corpus.annotators()}
    contrasts: list[tuple[Document, Contrast, Annotation | None]] = []
    for found in valid_annotations(corpus, annotators=present):
        document, annotation = found.document, found.annotations.get(annotator)
        if document.contrast is not None:
            contrasts.append((document, document.contrast, annotation))
        if (document.contrast is not None) == of_contrasts:
            counter.add(document, annotation)
    if of_contrasts or not contrasts:
        return counter.result()
    return replace(
        counter.result(),
        contrasts=ContrastStatistics(
            kinds=_sorted(Counter(contrast.kind for _, contrast, _ in contrasts)),
            splits=_sorted(Counter(document.split for document, *_ in contrasts)),
            originals=len({contrast.of for _, contrast, _ in contrasts}),
            statuses=_sorted(Counter(a.status for *_, a in contrasts if a is not None)),
        ),
    )


def mean(distribution: Mapping[int, int]) -> float | None:
    """The mean of a distribution; None if it is empty."""
    sizes = list(Counter(distribution).elements())
    return statistics.fmean(sizes) if sizes else None


class _Counter:
    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology
        self._documents: dict[str, DocumentStatistics] = {}
        self._statuses: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()
        self._layer_documents: Counter[str] = Counter()
        self._labels: dict[str, Counter[str]] = {name: Counter() for name in ontology.layers}
        self._values: dict[tuple[str, str], list[AttributeValue]] = {}
        self._chains: Counter[int] = Counter()
        self._entity_links: Counter[int] = Counter()
        self._event_links: Counter[int] = Counter()
        self._events: Counter[str] = Counter()
        self._filled: Counter[tuple[str, str]] = Counter()
        self._fillers: Counter[tuple[str, str]] = Counter()
        self._arguments: Counter[int] = Counter()
        self._factuality: Counter[tuple[str, str]] = Counter()
        self._clusters: Counter[int] = Counter()
        self._relations: dict[str, Counter[str]] = {"event": Counter(), "claim": Counter()}
        self._claimers: Counter[str] = Counter()
        self._per_claimer: Counter[int] = Counter()
        self._discontinuous = self._nested = self._cues = 0

    def add(self, document: Document, annotation: Annotation | None) -> None:
        items: dict[str, int | None] = dict.fromkeys(self._ontology.layers)
        if annotation is not None:
            self._statuses[annotation.status] += 1
            for layer in annotation.layers:
                self._tokens[layer] += len(document.tokens)
                self._layer_documents[layer] += 1
            for layer in self._ontology.layers:
                if layer == "document":
                    self._count_attributes(layer, [annotation.attributes])
                    continue
                found = getattr(annotation, LAYER_FIELDS[layer][0])
                self._labels[layer].update(label_of(item) for item in found)
                self._count_attributes(layer, (item.attributes for item in found))
                if layer in annotation.layers:
                    items[layer] = len(found)
            if "document" in annotation.layers:
                items["document"] = 1
            self._count_entities(annotation)
            self._count_events(annotation)
            self._count_claims(annotation)
        self._documents[document.id] = DocumentStatistics(
            split=document.split,
            sentences=len(document.sentences),
            tokens=len(document.tokens),
            items=items,
        )

    def _count_attributes(self, layer: str, found: Iterable[Attributes]) -> None:
        for attributes in found:
            for name, value in attributes.items():
                self._values.setdefault((layer, name), []).append(value)

    def _count_entities(self, annotation: Annotation) -> None:
        sizes = Counter(m.entity for m in annotation.mentions if m.entity is not None)
        self._chains.update(sizes.values())
        self._entity_links.update(_links(entity) for entity in annotation.entities)
        self._count_attributes("entity", (entity.attributes for entity in annotation.entities))

    def _count_events(self, annotation: Annotation) -> None:
        for event in annotation.events:
            self._events[event.type] += 1
            roles = [argument.role for argument in event.arguments]
            self._fillers.update((event.type, role) for role in roles)
            self._filled.update((event.type, role) for role in {*roles})
            self._arguments[len(roles)] += 1
            self._count_attributes(
                "argument", (argument.attributes for argument in event.arguments)
            )
            self._factuality.update(
                (f.source if f.source in self._ontology.special_claimers else A_CLAIM, f.value)
                for f in event.factuality
            )
        clusters = Counter(e.cluster for e in annotation.events if e.cluster is not None)
        self._clusters.update(size for size in clusters.values() if size > 1)
        linked = {cluster.id: _links(cluster) for cluster in annotation.event_clusters}
        self._event_links.update(linked.get(cluster, 0) for cluster in clusters)
        derived = derived_relations(annotation.events, self._ontology.event_relations)
        relations = (*annotation.event_relations, *derived)
        self._relations["event"].update(relation.type for relation in relations)

    def _count_claims(self, annotation: Annotation) -> None:
        special = self._ontology.special_claimers
        entity_of = {mention.id: mention.entity for mention in annotation.mentions}
        claimers: Counter[str] = Counter()
        for claim in annotation.claims:
            self._claimers[claim.claimer if claim.claimer in special else "a mention"] += 1
            claimers[entity_of.get(claim.claimer) or claim.claimer] += 1
            self._discontinuous += len(claim.spans) > 1
            self._cues += claim.cue is not None
            self._nested += any(
                other is not claim
                and other.spans != claim.spans
                and other.spans[0].start <= claim.spans[0].start
                and claim.spans[-1].end <= other.spans[-1].end
                for other in annotation.claims
            )
        self._per_claimer.update(claimers.values())
        self._relations["claim"].update(relation.type for relation in annotation.claim_relations)

    def result(self) -> Statistics:
        documents = self._documents
        ontology = self._ontology
        return Statistics(
            documents=documents,
            splits=_sorted(Counter(d.split for d in documents.values())),
            statuses=_sorted(self._statuses),
            sentences=sum(d.sentences for d in documents.values()),
            tokens=sum(d.tokens for d in documents.values()),
            layers={name: self._layer(name) for name in ontology.layers},
            chains=_sorted(self._chains),
            entity_links=_sorted(self._entity_links) if ontology.has_links else {},
            entity_attributes=self._attributes("entity", ontology.entity_attributes),
            roles={
                name: {
                    role: RoleStatistics(
                        events=self._events[name],
                        filled=self._filled[name, role],
                        fillers=self._fillers[name, role],
                    )
                    for role in event_type.roles
                }
                for name, event_type in ontology.event_types.items()
            },
            arguments=_sorted(self._arguments),
            argument_attributes=self._attributes("argument", ontology.argument_attributes),
            factuality=self._factuality_by_source(),
            event_relations={
                label.name: self._relations["event"][label.name]
                for label in ontology.event_relations
            },
            clusters=_sorted(self._clusters),
            event_links=_sorted(self._event_links) if ontology.has_event_links else {},
            claimers=_sorted(self._claimers),
            claims_per_claimer=_sorted(self._per_claimer),
            discontinuous_claims=self._discontinuous,
            nested_claims=self._nested,
            claims_with_a_cue=self._cues,
            claim_relations={
                label.name: self._relations["claim"][label.name]
                for label in ontology.claim_relations
            },
        )

    def _layer(self, name: str) -> LayerStatistics:
        layer = self._ontology.layers[name]
        items, tokens = self._labels[name].total(), self._tokens[name]
        if name == "document":
            items, tokens = self._layer_documents[name], 0
        return LayerStatistics(
            documents=self._layer_documents[name],
            items=items,
            per_100_tokens=round(100 * items / tokens, 2) if tokens else None,
            labels={label: self._labels[name][label] for label in layer.label_names},
            attributes=self._attributes(name, layer.attributes),
        )

    def _factuality_by_source(self) -> dict[str, Mapping[str, int]]:
        values = [label.name for label in self._ontology.factuality]
        sources = [claimer.name for claimer in self._ontology.claimers]
        if "claims" in self._ontology.layers:
            sources.append(A_CLAIM)
        return {
            source: {value: self._factuality[source, value] for value in values}
            for source in (sources if values else ())
        }

    def _attributes(
        self, item: str, attributes: Iterable[Attribute]
    ) -> dict[str, AttributeStatistics]:
        return {a.name: _of_values(a, self._values.get((item, a.name), [])) for a in attributes}


def _of_values(attribute: Attribute, values: Sequence[AttributeValue]) -> AttributeStatistics:
    if attribute.kind in ("label", "labels", "boolean"):
        counts = Counter(
            label
            for value in values
            for label in (value if isinstance(value, tuple) else [format_value(value)])
        )
        names = attribute.value_names or ("true", "false")
        return AttributeStatistics(items=len(values), values={name: counts[name] for name in names})
    distinct = len({*values})
    numbers = [value for value in values if isinstance(value, int | float)]
    if not numbers:
        return AttributeStatistics(items=len(values), distinct=distinct)
    return AttributeStatistics(
        items=len(values),
        distinct=distinct,
        minimum=min(numbers),
        mean=round(statistics.fmean(numbers), 2),
        maximum=max(numbers),
    )


def _links(item: Entity | EventCluster) -> int:
    return sum(link.id is not None for link in item.links)


def _sorted(counts: Counter[K]) -> dict[K, int]:
    return {key: counts[key] for key in sorted(counts)}
