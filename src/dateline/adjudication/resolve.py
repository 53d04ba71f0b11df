"""From annotations and decisions to gold: a pure function."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.attribute_cases import Owner, collect_attributes
from dateline.adjudication.cases.candidates import Candidate, Candidates, collect_candidates
from dateline.adjudication.cases.case import Case, Decision
from dateline.adjudication.cases.case_list import CaseList
from dateline.adjudication.cases.coreference_cases import (
    collect_chains,
    collect_cluster_links,
    collect_clusters,
)
from dateline.adjudication.cases.field_cases import (
    collect_arguments,
    collect_claim_events,
    collect_claimer,
    collect_cue,
    collect_factuality,
    collect_item_attributes,
    collect_label,
)
from dateline.adjudication.cases.relation_cases import collect_relations
from dateline.adjudication.strategy import Strategy
from dateline.annotations.layers import limited
from dateline.model import (
    GOLD,
    SCHEMA_VERSION,
    Annotation,
    Attributes,
    Claim,
    Event,
    Mention,
    Provenance,
    Struct,
    canonical,
)

NO_PROVENANCE = Provenance(
    kind="", tool=None, created=None, updated=None, label_studio=None, note=None
)


class Resolution(Struct, frozen=True):
    """The state of a document's adjudication.

    ``gold`` is None while a case is open; its ids are references ``ANNOTATOR:ID``, and its
    provenance is empty. ``decided`` has every case with its decision. ``incomplete`` means that
    deciding the open cases can lead to more cases.
    """

    gold: Annotation | None
    open: tuple[Case, ...]
    incomplete: bool
    decided: tuple[tuple[Case, Decision], ...]


def resolve(
    annotated: AnnotatedDocument, decisions: Iterable[Decision], strategy: Strategy
) -> Resolution:
    """Merge what annotators agree on and what is decided, and list the open cases.

    The last decision on a case counts, if the case still has the same options. Raises
    InvalidInputError if a case does not allow the decision on it.
    """
    cases = CaseList(annotated, decisions, strategy)
    gold = _merged(collect_candidates(cases), cases)
    return Resolution(
        gold=None if cases.open else gold,
        open=tuple(cases.open),
        incomplete=cases.incomplete,
        decided=tuple(cases.decided),
    )


def _merged(candidates: Candidates, cases: CaseList) -> Annotation:
    """Gold as far as it is known; fields of open cases are empty or provisional."""
    annotated = cases.annotated
    chains = collect_chains(candidates, cases)
    mentions = [
        Mention(
            id=candidate.ref,
            spans=candidate.spans,
            type=chains.type.get(candidate, ""),
            attributes=collect_item_attributes(candidate, chains.type.get(candidate, ""), cases),
            entity=chains.entity.get(candidate),
        )
        for candidate in candidates.kept("mention")
    ]
    clusters = collect_clusters(candidates, cases)
    events: dict[Candidate, Event] = {}
    for candidate in candidates.kept("event"):
        label = collect_label(candidate, cases)
        if label is None:
            cases.incomplete = True
        events[candidate] = Event(
            id=candidate.ref,
            trigger=candidate.spans,
            type=label or "",
            arguments=collect_arguments(candidate, label, chains.type, candidates, cases)
            if label
            else (),
            attributes=collect_item_attributes(candidate, label or "", cases),
            cluster=clusters[candidate],
        )
    claims = {
        candidate: Claim(
            id=candidate.ref,
            spans=candidate.spans,
            act=(act := collect_label(candidate, cases) or ""),
            claimer=collect_claimer(candidate, candidates, cases),
            cue=collect_cue(candidate, cases),
            events=collect_claim_events(candidate, candidates, cases),
            attributes=collect_item_attributes(candidate, act, cases),
        )
        for candidate in candidates.kept("claim")
    }
    for candidate, event in events.items():
        about = [one for one, claim in claims.items() if event.id in claim.events]
        factuality = collect_factuality(candidate, about, candidates, cases)
        events[candidate] = msgspec.structs.replace(event, factuality=factuality)
    merged = Annotation(
        schema_version=SCHEMA_VERSION,
        document=annotated.document.id,
        text_sha256=annotated.document.text_sha256,
        annotator=GOLD,
        layers=annotated.layers,
        status="adjudicated",
        provenance=NO_PROVENANCE,
        attributes=_document_attributes(cases),
        mentions=tuple(mentions),
        entities=chains.entities,
        relations=collect_relations("relations", candidates, chains.type, cases),
        events=tuple(events.values()),
        event_clusters=collect_cluster_links(clusters, cases),
        event_relations=collect_relations("event_relations", candidates, chains.type, cases),
        claims=tuple(claims.values()),
        claim_relations=collect_relations("claim_relations", candidates, chains.type, cases),
    )
    # Items of layers that nobody annotated are dropped if nothing refers to them any more.
    return canonical(limited(merged, annotated.layers))


def _document_attributes(cases: CaseList) -> Attributes:
    annotated = cases.annotated
    if "document" not in annotated.layers:
        return {}
    document = annotated.document
    ranges = document.sentences[:1] or ((0, len(document.text)),)
    return collect_attributes(
        Owner(key="document", kind="document", ranges=ranges),
        "",
        annotated.ontology.attributes_of("document"),
        {name: annotation.attributes for name, annotation in annotated.annotations.items()},
        cases,
    )
