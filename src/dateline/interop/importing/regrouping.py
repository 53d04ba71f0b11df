"""Makes events, claims, cues, chains and arguments of mentions and relations, as a mapping says.

Some sources have nothing but labelled spans and relations between them. The items keep the labels
of the source, and are translated like those of sources that have such items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from dateline.interop.importing.chains import ENTITY_CHAIN, EVENT_CHAIN, ChainMaker
from dateline.interop.importing.joining import ends_of, has_repeated, joined_mentions
from dateline.interop.importing.labels import ATTRIBUTE, SourceLabel
from dateline.interop.importing.mapping import (
    ABOUT,
    CLAIMER,
    CONTINUES,
    COREFERENCE,
    CUE,
    FACTUALITY,
    IGNORED,
    LabelMapping,
    part_of,
)
from dateline.interop.losses import Loss
from dateline.interop.representation import filled, read_values, with_derived_names, written
from dateline.model import (
    Annotation,
    Attributes,
    AttributeValue,
    Claim,
    Event,
    EventCluster,
    Factuality,
    Mention,
    Relation,
    Spans,
)

_NAMES = {"entity": "a mention", "event": "an event", "act": "a claim", "cue": "a cue"}
_CHAINS_OF = {"mention": "entity_", "event": "event_"}
"""How the attributes begin that an item may have of its chain."""
_OTHERS_OF = {"event": FACTUALITY, "claim": CLAIMER}
"""What values of attributes may be of an item beside values of its own attributes."""
_FILLERS = {"entity": "mention", "event": "event", "act": "claim"}


class Regrouped(NamedTuple):
    """An annotation with the items that a mapping makes of its mentions, and what is lost.

    ``wrong`` are the losses for which the annotation has to be corrected; the others follow from
    what the mapping ignores, or lose nothing that is not said elsewhere.
    """

    annotation: Annotation
    losses: Sequence[Loss] = ()
    wrong: Sequence[Loss] = ()


def regrouped(annotation: Annotation, mapping: LabelMapping) -> Regrouped:
    """The annotation with the items that the mapping makes of its mentions and relations."""
    is_plain = not mapping.moved and mapping.claimer is None
    if is_plain and not has_repeated(annotation, mapping):
        return Regrouped(annotation)
    regrouping = _Regrouping(annotation, mapping)
    return Regrouped(regrouping.annotation(), regrouping.losses, regrouping.wrong)


class _Regrouping:
    def __init__(self, whole: Annotation, mapping: LabelMapping) -> None:
        self._whole, self._mapping = whole, mapping
        self.losses: list[Loss] = []
        self.wrong: list[Loss] = []
        self._items, self._heads = joined_mentions(whole, mapping, self._lose)
        self._names = {relation.name for relation in whole.relations}
        self._beside_ignored: set[str] = set()
        self._kinds = {m.id: mapping.kind_of(m.type) for m in self._items.values()}
        self._kinds |= {event.id: "event" for event in whole.events}
        self._kinds |= {claim.id: "act" for claim in whole.claims}
        self._chains = ChainMaker(mapping, {*self._kinds}, self._lose)
        self._arcs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._relations: dict[str, list[Relation]] = defaultdict(list)
        self._used: dict[tuple[str, str], list[Relation]] = {}
        self._of_pairs: dict[tuple[str, str], list[Relation]] = defaultdict(list)
        for relation in whole.relations:
            if self._moved("relation", relation.type) != CONTINUES:
                self._relate(relation)
        for kind in ("relation", "role"):
            self._relations[kind] = [self._with_attributes(r) for r in self._relations[kind]]
        self._factuality: dict[str, list[Factuality]] = defaultdict(list)
        for claim, event in self._arcs[f"{ABOUT} act"]:
            for other in self._used_pairs(Relation(type=ABOUT, source=claim, target=event)):
                if self._has_claimer(claim):
                    self._factuality[event].append(Factuality(source=claim, value=other.type))
                else:
                    self._lose("factuality", f"{event} {claim}", f"{claim} has no claimer")
        for (source, target), relations in self._of_pairs.items():
            for relation in relations:
                mirrored = any(
                    r.type == relation.type for r in self._used.get((target, source), ())
                )
                reason = _MIRRORED if mirrored else "joins items that have no relation"
                self._lose("relations", relation.name, reason, is_wrong=not mirrored)

    def annotation(self) -> Annotation:
        """The annotation; entities without a type and a name have those of a mention."""
        mentions, chains = self._chains.chained(
            ENTITY_CHAIN, self._of("entity"), self._arcs[f"{COREFERENCE} entity"]
        )
        known = {entity.id: entity for entity in self._whole.entities}
        made = [self._chains.entity(known.get(name), name, some) for name, some in chains.items()]
        names = {entity.id: entity for entity in with_derived_names(
            replace(self._whole, mentions=tuple(mentions), entities=tuple(made))
        ).entities}  # fmt: skip
        used = {mention.entity for mention in mentions}
        events, clusters = self._events()
        return replace(
            self._whole,
            attributes=self._rest("document", "", self._whole.attributes),
            mentions=tuple(
                replace(m, attributes=self._rest("mention", m.id, m.attributes)) for m in mentions
            ),
            entities=tuple(
                replace(entity, type=entity.type or names[entity.id].type,
                        name=entity.name or names[entity.id].name)
                for entity in [*made, *(e for e in self._whole.entities if e.id not in used)]
            ),
            relations=tuple(self._relations["relation"]),
            events=events,
            event_clusters=clusters,
            event_relations=(*self._whole.event_relations, *self._relations["eventRelation"]),
            claims=(*self._whole.claims, *self._claims()),
            claim_relations=(*self._whole.claim_relations, *self._relations["claimRelation"]),
        )  # fmt: skip

    def _moved(self, kind: str, name: str) -> str | None:
        return self._mapping.moved.get(SourceLabel(kind, name))

    def _of(self, kind: str) -> list[Mention]:
        return [mention for mention in self._items.values() if self._kinds[mention.id] == kind]

    def _rest(self, item: str, name: str, attributes: Attributes) -> Attributes:
        """The attributes but those that chains and claimers are read from.

        Values that are of attributes of their own become such attributes.
        """
        source = "document" if item == "document" else "mention"
        found: dict[str, AttributeValue] = {}
        words: set[str] = set()
        for attribute, value in attributes.items():
            if word := self._moved(ATTRIBUTE, f"{source}.{attribute}"):
                shown = f"{name}.{attribute}"
                if not word.startswith(_CHAINS_OF.get(item, " ")):
                    self._lose(f"{item} attributes", shown, f'"{word}" is not for {item}s')
                elif word in words:
                    self._lose(f"{item} attributes", shown, f"{word} is another attribute")
                words.add(word)
                continue
            parts: dict[str, list[str]] = defaultdict(list)
            for text in written(value):
                places = self._mapping.values.get(SourceLabel(f"{source}.{attribute}", text))
                if places is None:
                    parts[attribute].append(text)
                    continue
                for place in (p for p in places if p.partition(".")[0] == item):
                    parts[part_of(attribute, place)].append(text)
                kinds = {place.partition(".")[0] for place in places}
                if not kinds & {item, _OTHERS_OF.get(item)}:
                    reason = f"the mapping has no {item} attribute for it"
                    shown = f"{name}.{attribute}" if name else attribute
                    self._lose(f"{item} attributes", shown, reason)
            untouched = [*parts] == [attribute]
            found |= {attribute: value} if untouched else {
                part: read_values(texts) for part, texts in parts.items()
            }  # fmt: skip
        return found

    def _factuality_of(self, event: Mention) -> Iterator[Factuality]:
        """The factuality by claimers that are not mentions."""
        for attribute, value in event.attributes.items():
            for text in written(value):
                label = SourceLabel(f"mention.{attribute}", text)
                for place in self._mapping.values.get(label, ()):
                    kind, _, claimer = place.partition(".")
                    if kind == FACTUALITY:
                        yield Factuality(source=claimer, value=text)

    def _has_claimer(self, claim: str) -> bool:
        if claim not in self._items:
            return True
        drawn = any(source == claim for source, _ in self._arcs[f"{CLAIMER} act"])
        return drawn or self._claimer(self._items[claim]) is not None

    def _claimer(self, claim: Mention) -> str | None:
        """The claimer that is not a mention, by a value of an attribute, or the default."""
        for attribute, value in claim.attributes.items():
            for text in written(value):
                label = SourceLabel(f"mention.{attribute}", text)
                if CLAIMER in self._mapping.values.get(label, ()):
                    return text
        has_one = any(source == claim.id for source, _ in self._arcs[f"{CLAIMER} act"])
        return None if has_one else self._mapping.claimer

    def _relate(self, relation: Relation) -> None:
        """Note what a relation means between items of these kinds; it is lost if nothing."""
        source, target = (self._heads.get(end, end) for end in ends_of(relation, self._mapping))
        ends = self._kinds[source], self._kinds[target]
        meaning = self._moved("relation", relation.type) or ""
        if meaning.startswith("="):
            self._of_pairs[source, target].append(relation)
        elif not (kinds := self._meant(relation.type, ends)):
            self._lose_relation(relation, (source, target), _cannot(meaning or relation.type, ends))
        elif meaning in _MEANINGS:
            self._arcs[f"{meaning} {ends[0]}"].append((source, target))
        else:
            read = replace(relation, source=source, target=target)
            if kinds[0] != "relation":
                for attribute in relation.attributes:
                    reason = f"the relation is not one of mentions, but of {_NAMES[ends[0]]}"
                    self._lose("relation attributes", f"{relation.name}.{attribute}", reason)
                read = replace(read, attributes={})
            self._relations[kinds[0]].append(read)

    def _meant(self, type_: str, ends: tuple[str, str]) -> Sequence[str]:
        """What a relation can be between items of these kinds, empty if nothing."""
        meaning = self._moved("relation", type_) or ""
        if meaning in _MEANINGS:
            return [meaning] if ends in _MEANINGS[meaning] else []
        kinds = {
            ("entity", "entity"): ("relation",),
            ("event", "event"): ("eventRelation", "role"),
            ("act", "act"): ("claimRelation",),
        }.get(ends, ("role",) if ends[0] == "event" and ends[1] in _FILLERS else ())
        return [kind for kind in kinds if SourceLabel(kind, type_) in self._mapping.targets]

    def _lose_relation(self, relation: Relation, ends: tuple[str, str], reason: str) -> None:
        """Leave a relation out; it is right if it has a meaning in its other direction only."""
        other = replace(relation, source=relation.target, target=relation.source)
        kinds = self._kinds[ends[1]], self._kinds[ends[0]]
        if other.name in self._names and self._meant(relation.type, kinds):
            self._lose("relations", relation.name, _MIRRORED, is_wrong=False)
            return
        label = SourceLabel("relation", relation.type)
        if self._mapping.ignores(label):
            self._lose("relations", relation.name, IGNORED, is_wrong=False)
        elif ignored := [end for end in ends if self._is_ignored(end)]:
            self._beside_ignored.update(ends)
            self._lose("relations", relation.name, f"{ignored[0]} is left out", is_wrong=False)
        else:
            self._lose("relations", relation.name, reason)

    def _is_ignored(self, name: str) -> bool:
        item = self._items.get(name)
        is_mention = item is not None and self._kinds[name] == "entity"
        return is_mention and self._mapping.of("entity", self._items[name].type) is None

    def _with_attributes(self, relation: Relation) -> Relation:
        """The relation with the attributes that other relations of the same ends stand for."""
        found = dict(relation.attributes)
        for other in self._used_pairs(relation):
            meaning = self._moved("relation", other.type) or ""
            found[part_of(other.type, meaning[1:])] = other.type
        return replace(relation, attributes=found)

    def _used_pairs(self, relation: Relation) -> Sequence[Relation]:
        pair = relation.source, relation.target
        if pair in self._of_pairs:
            self._used[pair] = self._of_pairs.pop(pair)
        return self._used.get(pair, ())

    def _events(self) -> tuple[tuple[Event, ...], tuple[EventCluster, ...]]:
        made, chains = self._chains.chained(
            EVENT_CHAIN, self._of("event"), self._arcs[f"{COREFERENCE} event"]
        )
        arguments: dict[str, dict[tuple[str, ...], Relation]] = defaultdict(dict)
        for relation in self._relations["role"]:
            arguments[relation.source].setdefault(relation.key, relation)
        clusters = [
            EventCluster(id=name, links=links)
            for name, members in chains.items()
            if (links := self._chains.links(EVENT_CHAIN, members))
        ]
        events = [
            Event(id=m.id, trigger=m.spans, type=m.type, cluster=m.entity,
                  attributes=self._rest("event", m.id, m.attributes),
                  factuality=(*self._factuality_of(m), *self._factuality[m.id]))
            for m in made
        ]  # fmt: skip
        return tuple(
            replace(
                event,
                arguments=(
                    *event.arguments,
                    *(
                        replace(
                            filled(r.type, _FILLERS[self._kinds[r.target]], r.target),
                            attributes=r.attributes,
                        )
                        for r in arguments[event.id].values()
                    ),
                ),
            )
            for event in (*self._whole.events, *events)
        ), (*self._whole.event_clusters, *clusters)

    def _claims(self) -> list[Claim]:
        found = []
        claimers, cues, about = (
            _by_source(self._arcs[f"{meaning} act"]) for meaning in (CLAIMER, CUE, ABOUT)
        )
        for mention in self._of("act"):
            attributes = self._rest("claim", mention.id, mention.attributes)
            if answer := self._claimer(mention):
                claimers[mention.id].append(answer)
            if not claimers[mention.id]:
                self._lose("claims", mention.id, "has no claimer")
                for name in attributes:
                    self._lose("claim attributes", f"{mention.id}.{name}", "has no claimer")
                continue
            for name in claimers[mention.id][1:]:
                self._lose("relations", f"{mention.id} {CLAIMER} {name}", "has a claimer already")
            found.append(
                Claim(
                    id=mention.id,
                    spans=mention.spans,
                    act=mention.type,
                    claimer=claimers[mention.id][0],
                    cue=self._cue(cues[mention.id]),
                    events=tuple(about[mention.id]),
                    attributes=attributes,
                )
            )
        used = {cue for some in cues.values() for cue in some}
        for mention in self._of("cue"):
            if mention.id not in used:
                is_wrong = mention.id not in self._beside_ignored
                self._lose("cues", mention.id, "belongs to no claim", is_wrong=is_wrong)
        return found

    def _cue(self, names: Sequence[str]) -> Spans | None:
        places = {(s.start, s.end): s for name in names for s in self._items[name].spans}
        return tuple(places[place] for place in sorted(places)) or None

    def _lose(self, kind: str, name: str, reason: str, *, is_wrong: bool = True) -> None:
        loss = Loss(
            document=self._whole.document, kind=kind, name=name, outcome="left out", reason=reason
        )
        self.losses.append(loss)
        if is_wrong:
            self.wrong.append(loss)


_MIRRORED = "points both ways, and is read in the way that has a meaning"
_MEANINGS: Mapping[str, Sequence[tuple[str, str]]] = {
    COREFERENCE: (("entity", "entity"), ("event", "event")),
    CLAIMER: (("act", "entity"),),
    CUE: (("act", "cue"),),
    ABOUT: (("act", "event"),),
}
"""The kinds of items that relations with a meaning of their own join."""


def _cannot(label: str | None, ends: tuple[str, str]) -> str:
    return f'"{label}" cannot join {_NAMES[ends[0]]} to {_NAMES[ends[1]]}'


def _by_source(arcs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for source, target in arcs:
        if target not in found[source]:
            found[source].append(target)
    return found
