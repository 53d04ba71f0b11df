"""Who is who: the entities of mentions and the clusters of events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dateline.adjudication.candidates import Inputs, Roll, Thing, key
from dateline.adjudication.cases import Accept, Case, Kind, Option
from dateline.adjudication.open_cases import Docket
from dateline.annotations.items import chains_of, clusters_of
from dateline.annotations.matching import Group
from dateline.model import Entity, Event, Link, Mention, Struct

_OWN = "own:"
"""Before the reference of a mention that has an entity to itself."""

Place = tuple[str, str]
"""An annotator and the id of one of their items."""


class Chains(Struct, frozen=True):
    """The entities of gold under their references, and of each mention its entity and its type.

    A mention's type is not there while nobody has decided on it.
    """

    entities: tuple[Entity, ...]
    entity: Mapping[Thing, str | None]
    type: Mapping[Thing, str]


def hear_chains(inputs: Inputs, roll: Roll, docket: Docket) -> Chains:
    """Ask which mentions refer to one entity, and what this is."""
    groups = {_reference(group): group for group in inputs.groups.entities}
    refs = {place: ref for ref, group in groups.items() for place in group.items()}
    known = {(n, e.id): e for n, a in inputs.annotations.items() for e in a.entities}
    chains = {name: chains_of(annotation) for name, annotation in inputs.annotations.items()}

    def shown(name: str, id_: str) -> str:
        entity, size = known[name, id_], len(chains[name][id_])
        return f"{entity.name} ({entity.type}, {size} mention{'s'[: size != 1]})"

    entity: dict[Thing, str | None] = {}
    for thing in roll.kept("mention"):
        own = {name: m.entity for name, m in thing.items.items() if isinstance(m, Mention)}
        values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        case = _belonging("chain", thing, own, values, shown)
        answer = docket.ask(case, _accept_one_of(refs))
        if answer is not None:
            entity[thing] = answer[0] if answer else f"{_OWN}{thing.ref}"
    entities = []
    types: dict[Thing, str] = {}
    for ref in dict.fromkeys(entity.values()):
        mentions = [thing for thing, own_ref in entity.items() if own_ref == ref]
        if ref is None or ref not in groups:
            for thing in mentions:
                type_ = _type(thing.key, thing, _types(thing), inputs, docket)
                if type_ is not None:
                    types[thing] = type_
                if ref is not None:
                    name = " ".join(span.text for span in thing.spans)
                    entities.append(Entity(id=ref, type=type_ or "", name=name, link=None))
        else:
            said = {name: known[name, id_] for name, id_ in groups[ref].items()}
            found = _entity(ref, said, mentions[0], inputs, docket)
            entities.append(found)
            if found.type:
                types.update(dict.fromkeys(mentions, found.type))
    return Chains(entities=tuple(entities), entity=entity, type=types)


def linked(inputs: Inputs) -> frozenset[str]:
    """References of the entities that some annotator has linked to a knowledge base."""
    links = {(n, e.id): e.link for n, a in inputs.annotations.items() for e in a.entities}
    return frozenset(
        _reference(group)
        for group in inputs.groups.entities
        if any(links[place] is not None for place in group.items())
    )


def hear_clusters(inputs: Inputs, roll: Roll, docket: Docket) -> Mapping[Thing, str | None]:
    """Ask which events are one happening, and return the reference of each one's cluster."""
    refs = {place: _reference(g) for g in inputs.groups.clusters for place in g.items()}
    clusters = {name: clusters_of(annotation) for name, annotation in inputs.annotations.items()}

    def shown(name: str, id_: str) -> str:
        events = (roll.of(name, event) for event in clusters[name][id_])
        return "one with " + ", ".join(inputs.quote(event.place) for event in events)

    cluster: dict[Thing, str | None] = {}
    for thing in roll.kept("event"):
        own = {name: e.cluster for name, e in thing.items.items() if isinstance(e, Event)}
        values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        if len(set(values.values())) > 1:
            # A cluster of one event says no more than none.
            own = {n: id_ if id_ and len(clusters[n][id_]) > 1 else None for n, id_ in own.items()}
            values = {name: refs[name, id_] if id_ else None for name, id_ in own.items()}
        case = _belonging("cluster", thing, own, values, shown)
        answer = docket.ask(case, _accept_one_of(refs))
        cluster[thing] = answer[0] if answer else None
    return cluster


def _reference(group: Group) -> str:
    """What cases call an entity or cluster: «ANNOTATOR:ID» of the first annotator who has it."""
    return "{}:{}".format(*next(iter(group.items())))


def _belonging(
    kind: Kind,
    thing: Thing,
    own: Mapping[str, str | None],
    values: Mapping[str, str | None],
    shown: Callable[[str, str], str],
) -> Case:
    return Case(
        id=f"{thing.key}/{kind}",
        kind=kind,
        what=thing.what,
        detail="",
        place=thing.place,
        options={
            name: Option(value=values[name], text=shown(name, id_) if id_ else "nothing")
            for name, id_ in own.items()
        },
        none=True,
    )


def _entity(
    ref: str, said: Mapping[str, Entity], mention: Thing, inputs: Inputs, docket: Docket
) -> Entity:
    """What gold says of an entity; its type is empty while nobody has decided on it."""
    id_ = f"entity/{key({name: entity.id for name, entity in said.items()})}"

    def ask(kind: Kind, options: Mapping[str, Option], accept: Accept) -> list[Any] | None:
        case = Case(
            id=f"{id_}/{kind}",
            kind=kind,
            what="entity",
            detail=next(iter(said.values())).name,
            place=mention.place,
            options=options,
            none=kind == "link",
        )
        return docket.ask(case, accept)

    type_ = _type(id_, mention, {name: e.type for name, e in said.items()}, inputs, docket)
    name = ask(
        "name", {n: Option(value=e.name, text=e.name) for n, e in said.items()}, _accept_name
    )
    link = ask(
        "link",
        {
            n: Option(value=msgspec.to_builtins(e.link), text=_shown(e.link))
            for n, e in said.items()
        },
        _accept_link,
    )
    return Entity(
        id=ref,
        type=type_ or "",
        name=name[0] if name else mention.spans[0].text,
        link=msgspec.convert(link[0], Link | None) if link else None,
    )


def _types(thing: Thing) -> dict[str, str]:
    return {name: m.type for name, m in thing.items.items() if isinstance(m, Mention)}


def _type(
    id_: str, mention: Thing, types: Mapping[str, str], inputs: Inputs, docket: Docket
) -> str | None:
    """The type of an entity, or of a mention without one; None while nobody has decided."""
    labels = inputs.ontology.layers["entities"].label_names
    case = Case(
        id=f"{id_}/type",
        kind="type",
        what="entity" if id_.startswith("entity/") else "mention",
        detail="",
        place=mention.place,
        options={name: Option(value=type_, text=type_) for name, type_ in types.items()},
        values=labels,
    )
    answer = docket.ask(case, accept_label(labels))
    return None if answer is None else str(answer[0])


def accept_label(labels: tuple[str, ...]) -> Accept:
    """One of the labels. Raises ValueError."""

    def accept(value: Any) -> Any:
        if value not in labels:
            raise ValueError(f"is none of {', '.join(labels)}")
        return value

    return accept


def _accept_one_of(refs: Mapping[Place, str]) -> Accept:
    def accept(value: Any) -> str | None:
        if value is None:
            return None
        name, _, id_ = str(value).partition(":")
        if (name, id_) not in refs:
            raise ValueError("there is nothing of that name; write it as ANNOTATOR:ID")
        return refs[name, id_]

    return accept


def _accept_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is no name")
    return value


def _accept_link(value: Any) -> Any:
    try:
        return msgspec.to_builtins(msgspec.convert(value, Link | None))
    except msgspec.ValidationError as error:
        raise ValueError(f"is no link: {error}") from None


def _shown(link: Link | None) -> str:
    return "not linked" if link is None else f"{link.kb}:{link.id or 'NIL'}"
