"""Cases on relations between events and between claims."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dateline.adjudication.cases.candidates import Candidate, Candidates
from dateline.adjudication.cases.case import Case, ItemKind, Option
from dateline.adjudication.cases.case_list import CaseList
from dateline.model import Relation

Triple = tuple[str, str, str]
"""Type, and the references of source and target."""


def collect_relations(
    kind: ItemKind, candidates: Candidates, cases: CaseList
) -> tuple[Relation, ...]:
    """Collect the cases on relations, one for each pair of events or of claims.

    Annotators who lack one of the two have no option.
    """
    annotated = cases.annotated
    events = kind == "event_relation"
    labels = annotated.ontology.event_relations if events else annotated.ontology.claim_relations
    types = tuple(label.name for label in labels)
    by_pair: dict[tuple[Candidate, Candidate], dict[str, set[Triple]]] = {}
    for name, annotation in annotated.annotations.items():
        for relation in annotation.event_relations if events else annotation.claim_relations:
            ends = [candidates.of_item(name, end) for end in (relation.source, relation.target)]
            if any(end.kept is None for end in ends):
                cases.incomplete = True
                continue
            first, second = sorted(ends, key=lambda end: (end.ranges, end.ref))
            pair = by_pair.setdefault((first, second), {})
            pair.setdefault(name, set()).add((relation.type, ends[0].ref, ends[1].ref))
    found: list[Relation] = []
    for (first, second), by_name in sorted(by_pair.items(), key=lambda p: [c.ranges for c in p[0]]):
        dropped = [end for end in (first, second) if not end.kept]
        voters = [
            name for name in annotated.annotations if name in first.items and name in second.items
        ]
        triples = {name: by_name.get(name, set()) for name in voters}
        agreed = set.intersection(*triples.values())
        contested = triples if dropped else {n: some - agreed for n, some in triples.items()}
        case = _case(kind, first, second, contested, cases)
        if dropped:
            cases.add_by_rule(case, [], f"{dropped[0].ref} was not kept")
            continue

        def validate(
            value: Any, refs: Collection[str] = (first.ref, second.ref)
        ) -> list[list[str]]:
            return _validate_triples(value, types, refs)

        answer = cases.resolve(case, validate) or []
        for type_, source_ref, target_ref in sorted(
            agreed | {(t, s, o) for some in answer for t, s, o in some}
        ):
            found.append(Relation(type=type_, source=source_ref, target=target_ref))
    return tuple(found)


def _case(
    kind: ItemKind,
    first: Candidate,
    second: Candidate,
    triples: Mapping[str, set[Triple]],
    cases: CaseList,
) -> Case:
    quotes = {end.ref: cases.annotated.quote(end.ranges) for end in (first, second)}
    return Case(
        id=f"{kind}/{first.key.partition('/')[2]}/{second.key.partition('/')[2]}",
        kind="relation",
        item_kind=kind,
        detail="",
        ranges=tuple(sorted({*first.ranges, *second.ranges})),
        options={
            name: Option(
                value=[list(triple) for triple in sorted(some)],
                text="; ".join(f"{quotes[s]} {t} {quotes[o]}" for t, s, o in sorted(some))
                or "nothing",
            )
            for name, some in triples.items()
        },
        allows_several=True,
        allows_none=True,
    )


def _validate_triples(value: Any, types: Collection[str], refs: Collection[str]) -> list[list[str]]:
    triples = value if isinstance(value, list) else [value]
    for triple in triples:
        fits = isinstance(triple, list) and len(triple) == 3 and triple[0] in types
        if not fits or {*triple[1:]} != {*refs}:
            raise ValueError(f"{triple!r} is not a [type, source, target] of {' and '.join(refs)}")
    return triples
