"""Cases on relations between mentions, between events and between claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from dateline.adjudication.cases.attribute_cases import Owner, collect_attributes
from dateline.adjudication.cases.candidates import Candidate, Candidates
from dateline.adjudication.cases.case import Case, ItemKind, Option
from dateline.adjudication.cases.case_list import CaseList
from dateline.model import Attributes, Relation
from dateline.ontology.labels import Ontology

Triple = tuple[str, str, str]
"""Type, and the references of source and target."""

_Pair = tuple[Candidate, Candidate]

_KINDS: Mapping[str, ItemKind] = {
    "relations": "relation",
    "event_relations": "event_relation",
    "claim_relations": "claim_relation",
}


def collect_relations(
    field: str, candidates: Candidates, types: Mapping[Candidate, str], cases: CaseList
) -> tuple[Relation, ...]:
    """Collect the cases on relations, one for each pair of items, and on their attributes.

    ``field`` is one of `RELATION_FIELDS`, ``types`` has the types of mentions that are known.
    Annotators who lack one of the two items have no option.
    """
    ontology, kind = cases.annotated.ontology, _KINDS[field]
    labels = _labels(ontology, field)
    attributes = ontology.attributes_of("relations") if field == "relations" else ()
    found: list[Relation] = []
    for pair, by_name in _pairs(field, candidates, cases):
        first, second = pair
        ends = {end.ref: end for end in pair}
        if field == "relations" and any(end.kept and end not in types for end in pair):
            cases.incomplete = True
            continue

        def objection(triple: Triple, ends: Mapping[str, Candidate] = ends) -> str:
            if field != "relations":
                return ""
            sides = (types[ends[ref]] for ref in triple[1:])
            return _objection(ontology, triple[0], *sides)

        voters = [n for n in cases.annotated.annotations if n in first.items and n in second.items]
        triples = {name: {*by_name.get(name, ())} for name in voters}
        dropped = [end for end in pair if not end.kept]
        if dropped:
            case = _case(kind, pair, triples, cases)
            cases.add_by_rule(case, [], f"{dropped[0].ref} was not kept")
            continue
        for triple in sorted(set.union(*triples.values())):
            if reason := objection(triple):
                holders = {name: {triple} for name, own in triples.items() if triple in own}
                case = _case(kind, pair, holders, cases, triple[0])
                cases.add_by_rule(case, [], reason)
                triples = {name: own - {triple} for name, own in triples.items()}
        agreed = set.intersection(*triples.values())
        case = _case(kind, pair, {n: own - agreed for n, own in triples.items()}, cases)

        def validate(
            value: Any,
            ends: Collection[str] = ends,
            objection: Callable[[Triple], str] = objection,
        ) -> list[list[str]]:
            return _validate_triples(value, labels, ends, objection)

        answer = cases.resolve(case, validate) or []
        for triple in sorted(agreed | {(t, s, o) for some in answer for t, s, o in some}):
            type_, source, target = triple
            owner = Owner(
                key=f"{_id(kind, ends[source], ends[target])}/{type_}",
                kind=kind,
                ranges=case.ranges,
            )
            given = {name: own[triple] for name, own in by_name.items() if triple in own}
            found.append(
                Relation(
                    type=type_,
                    source=source,
                    target=target,
                    attributes=collect_attributes(owner, type_, attributes, given, cases),
                )
            )
    return tuple(found)


def _labels(ontology: Ontology, field: str) -> tuple[str, ...]:
    if field == "relations":
        return tuple(ontology.relation_types)
    of_events, of_claims = ontology.annotated_event_relations, ontology.claim_relations
    return tuple(label.name for label in (of_events if field == "event_relations" else of_claims))


def _objection(ontology: Ontology, type_: str, source: str, target: str) -> str:
    """The reason why the type of an end is not allowed; empty if both are."""
    illegal = ontology.relation_types[type_].illegal_ends(source, target)
    return next((f"the {side} of {type_} cannot be {end}" for side, end, _ in illegal), "")


def _pairs(
    field: str, candidates: Candidates, cases: CaseList
) -> Iterable[tuple[_Pair, Mapping[str, Mapping[Triple, Attributes]]]]:
    """Pairs of items with each annotator's relations between them, in the order of the text."""
    by_pair: dict[_Pair, dict[str, dict[Triple, Attributes]]] = {}
    for name, annotation in cases.annotated.annotations.items():
        for relation in getattr(annotation, field):
            ends = [candidates.of_item(name, end) for end in (relation.source, relation.target)]
            if any(end.kept is None for end in ends):
                cases.incomplete = True
                continue
            first, second = sorted(ends, key=lambda end: (end.ranges, end.ref))
            triple = relation.type, ends[0].ref, ends[1].ref
            own = by_pair.setdefault((first, second), {}).setdefault(name, {})
            own[triple] = relation.attributes
    return sorted(by_pair.items(), key=lambda entry: [end.ranges for end in entry[0]])


def _id(kind: ItemKind, first: Candidate, second: Candidate) -> str:
    return f"{kind}/{first.key.partition('/')[2]}/{second.key.partition('/')[2]}"


def _case(
    kind: ItemKind,
    pair: _Pair,
    triples: Mapping[str, set[Triple]],
    cases: CaseList,
    type_: str = "",
) -> Case:
    """The case on the relations of a pair, or on those of one type."""
    first, second = pair
    quotes = {end.ref: cases.annotated.quote(end.ranges) for end in pair}
    return Case(
        id="/".join(filter(None, (_id(kind, first, second), type_))),
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


def _validate_triples(
    value: Any,
    types: Collection[str],
    refs: Collection[str],
    objection: Callable[[Triple], str],
) -> list[list[str]]:
    triples = value if isinstance(value, list) else [value]
    for triple in triples:
        fits = isinstance(triple, list) and len(triple) == 3 and triple[0] in types
        if not fits or {*triple[1:]} != {*refs}:
            raise ValueError(f"{triple!r} is not a [type, source, target] of {' and '.join(refs)}")
        if reason := objection((triple[0], triple[1], triple[2])):
            raise ValueError(reason)
    return triples
