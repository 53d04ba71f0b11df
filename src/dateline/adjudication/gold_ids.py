"""Ids of gold: known items keep theirs, new items get ids that were never used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from dateline.annotations.items import clusters_of
from dateline.annotations.matching import match
from dateline.model import (
    RELATION_FIELDS,
    Annotation,
    Argument,
    EventCluster,
    Relation,
    canonical,
)

PREFIXES: Mapping[str, str] = {
    "mentions": "m",
    "entities": "n",
    "events": "e",
    "clusters": "k",
    "claims": "c",
}


def assign_ids(
    gold: Annotation,
    present: Annotation | None,
    special_claimers: Collection[str],
    linked: Collection[str] = (),
    removed: Mapping[str, str] = MappingProxyType({}),
) -> Annotation:
    """New gold with the ids of the present gold, where items match.

    Ids never equal one of ``special_claimers``. Ids of the present gold that are not used any more
    are retired. Entities and clusters keep their links in the present gold, except those in
    ``linked`` (``entities/ID`` and ``clusters/ID``), which an annotator has linked. Items that the
    present gold lacks have the ids in ``removed`` (`ids_of_removed`), if they are in it.
    """
    known: dict[str, Mapping[str, str]] = {field: {} for field in PREFIXES}
    taken: set[str] = set(special_claimers)
    if present is not None:
        found = match(gold, present)
        known = {field: getattr(found, field) for field in PREFIXES}
        taken |= {*present.ids(), *clusters_of(present), *present.retired}
    new: dict[str, str] = {}
    wholes = {"clusters": clusters_of(gold)}
    for field, prefix in PREFIXES.items():
        unused = _unused(prefix, taken)
        items: Iterable[str] = wholes.get(field) or [item.id for item in getattr(gold, field, ())]
        for ref in items:
            new[f"{field}/{ref}"] = (
                known[field].get(ref) or removed.get(f"{field}/{ref}") or next(unused)
            )
    renamed = _renamed(gold, new)
    if present is None:
        return canonical(renamed)
    renamed = _with_present_links(renamed, present, {new[ref] for ref in linked if ref in new})
    gone = {*present.ids(), *clusters_of(present)} - {*renamed.ids(), *clusters_of(renamed)}
    return canonical(
        msgspec.structs.replace(renamed, retired=tuple(sorted({*present.retired, *gone})))
    )


def ids_of_removed(merged: Annotation, named: Annotation, gold: Annotation) -> dict[str, str]:
    """Ids of items that gold lacks because of a correction, by their ids in ``merged``.

    ``named`` is ``merged`` under the ids of gold. Keys are such as ``events/ID``.
    """
    present = {*gold.ids(), *clusters_of(gold)}
    found = match(merged, named)
    return {
        f"{field}/{ref}": id_
        for field in PREFIXES
        for ref, id_ in sorted(getattr(found, field).items())
        if id_ not in present
    }


def linked_items(annotation: Annotation) -> frozenset[str]:
    """Entities and clusters with links, as ``linked`` of `assign_ids`."""
    return frozenset(
        f"{kind}/{item.id}"
        for kind, items in (
            ("entities", annotation.entities),
            ("clusters", annotation.event_clusters),
        )
        for item in items
        if item.links
    )


def _with_present_links(
    gold: Annotation, present: Annotation, decided: Collection[str]
) -> Annotation:
    links = {entity.id: entity.links for entity in present.entities}
    links |= {cluster.id: cluster.links for cluster in present.event_clusters}
    own = {cluster.id: cluster for cluster in gold.event_clusters}
    clusters = (
        own.get(id_) if id_ in decided else EventCluster(id=id_, links=links.get(id_, ()))
        for id_ in clusters_of(gold)
    )
    return msgspec.structs.replace(
        gold,
        entities=tuple(
            entity
            if entity.id in decided
            else msgspec.structs.replace(entity, links=links.get(entity.id, ()))
            for entity in gold.entities
        ),
        event_clusters=tuple(c for c in clusters if c is not None and c.links),
    )


def _unused(prefix: str, taken: Collection[str]) -> Iterator[str]:
    numbers = [int(m[1]) for id_ in taken if (m := re.fullmatch(rf"{prefix}([0-9]{{1,18}})", id_))]
    number = max(numbers, default=0)
    while True:
        number += 1
        yield f"{prefix}{number}"


def _renamed(gold: Annotation, new: Mapping[str, str]) -> Annotation:
    def argument(old: Argument) -> Argument:
        return replace(
            old,
            mention=new[f"mentions/{old.mention}"] if old.mention else None,
            event=new[f"events/{old.event}"] if old.event else None,
            claim=new[f"claims/{old.claim}"] if old.claim else None,
        )

    def relation(old: Relation, field: str) -> Relation:
        source, target = new[f"{field}/{old.source}"], new[f"{field}/{old.target}"]
        return replace(old, source=source, target=target)

    replace = msgspec.structs.replace
    return replace(
        gold,
        mentions=tuple(
            replace(
                m,
                id=new[f"mentions/{m.id}"],
                entity=new[f"entities/{m.entity}"] if m.entity else None,
            )
            for m in gold.mentions
        ),
        entities=tuple(replace(e, id=new[f"entities/{e.id}"]) for e in gold.entities),
        events=tuple(
            replace(
                e,
                id=new[f"events/{e.id}"],
                arguments=tuple(argument(a) for a in e.arguments),
                factuality=tuple(
                    replace(f, source=new.get(f"claims/{f.source}", f.source)) for f in e.factuality
                ),
                cluster=new[f"clusters/{e.cluster}"] if e.cluster else None,
            )
            for e in gold.events
        ),
        claims=tuple(
            replace(
                c,
                id=new[f"claims/{c.id}"],
                claimer=new.get(f"mentions/{c.claimer}", c.claimer),
                events=tuple(new[f"events/{event}"] for event in c.events),
            )
            for c in gold.claims
        ),
        event_clusters=tuple(replace(c, id=new[f"clusters/{c.id}"]) for c in gold.event_clusters),
        **{
            name: tuple(relation(r, ends) for r in getattr(gold, name))
            for name, ends in RELATION_FIELDS.items()
        },
    )
