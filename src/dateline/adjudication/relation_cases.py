"""Relations between events and between claims."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dateline.adjudication.candidates import Inputs, Roll, Thing
from dateline.adjudication.cases import Case, Option, What
from dateline.adjudication.open_cases import Docket
from dateline.model import Relation

Triple = tuple[str, str, str]
"""Type, and the references of source and target."""


def hear_relations(what: What, inputs: Inputs, roll: Roll, docket: Docket) -> tuple[Relation, ...]:
    """Ask how two events or two claims are related, pair by pair.

    Those who do not have both of them have said nothing on the pair.
    """
    events = what == "event_relation"
    labels = inputs.ontology.event_relations if events else inputs.ontology.claim_relations
    said: dict[tuple[Thing, Thing], dict[str, set[Triple]]] = {}
    for name, annotation in inputs.annotations.items():
        for relation in annotation.event_relations if events else annotation.claim_relations:
            source, target = roll.of(name, relation.source), roll.of(name, relation.target)
            if source.kept is None or target.kept is None:
                docket.waiting = True
                continue
            first, second = sorted((source, target), key=lambda thing: (thing.place, thing.ref))
            pair = said.setdefault((first, second), {})
            pair.setdefault(name, set()).add((relation.type, source.ref, target.ref))
    found: list[Relation] = []
    names = tuple(label.name for label in labels)
    for (first, second), by_name in sorted(said.items(), key=lambda s: [t.place for t in s[0]]):
        lost = [thing for thing in (first, second) if not thing.kept]
        voters = [n for n in inputs.annotations if first.has(n) and second.has(n)]
        triples = {name: by_name.get(name, set()) for name in voters}
        agreed = set.intersection(*triples.values())
        contested = triples if lost else {n: some - agreed for n, some in triples.items()}
        case = _case(what, first, second, contested, inputs)
        if lost:
            docket.settle(case, [], f"{lost[0].ref} was not kept")
            continue

        def accept(value: Any, refs: Collection[str] = (first.ref, second.ref)) -> list[list[str]]:
            return _accepted(value, names, refs)

        answer = docket.ask(case, accept) or []
        for type_, source_ref, target_ref in sorted(
            agreed | {(t, s, o) for some in answer for t, s, o in some}
        ):
            found.append(Relation(type=type_, source=source_ref, target=target_ref))
    return tuple(found)


def _case(
    what: What, first: Thing, second: Thing, said: dict[str, set[Triple]], inputs: Inputs
) -> Case:
    quotes = {thing.ref: inputs.quote(thing.place) for thing in (first, second)}
    return Case(
        id=f"{what}/{first.key.partition('/')[2]}/{second.key.partition('/')[2]}",
        kind="relation",
        what=what,
        detail="",
        place=tuple(sorted({*first.place, *second.place})),
        options={
            name: Option(
                value=[list(triple) for triple in sorted(some)],
                text="; ".join(f"{quotes[s]} {t} {quotes[o]}" for t, s, o in sorted(some))
                or "nothing",
            )
            for name, some in said.items()
        },
        several=True,
        none=True,
    )


def _accepted(value: Any, types: Collection[str], refs: Collection[str]) -> list[list[str]]:
    triples = value if isinstance(value, list) else [value]
    for triple in triples:
        fits = isinstance(triple, list) and len(triple) == 3 and triple[0] in types
        if not fits or {*triple[1:]} != {*refs}:
            raise ValueError(f"{triple!r} is no [type, source, target] of {' and '.join(refs)}")
    return triples
