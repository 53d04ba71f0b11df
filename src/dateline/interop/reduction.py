"""Takes out of an annotation what a format cannot hold, by the declaration of the format alone.

The result is what the format's reader gives back after its writer, up to ids if the format keeps
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec.structs import replace

from dateline.annotations.items import chains_of, clusters_of
from dateline.interop.format import Chains, Holds, Placing
from dateline.interop.losses import Loss, Reasons, compared
from dateline.interop.names import ALIKE, Names
from dateline.interop.placement import Placed, Placer, crossing, flat_labels
from dateline.interop.representation import (
    as_text,
    rebuilt,
    with_derived_names,
    with_line_feeds,
    with_names,
    with_replaced,
    with_sentences_only,
)
from dateline.interop.source import UNLABELLED
from dateline.interop.units import METADATA, link_name, units_of, units_of_document
from dateline.model import (
    Annotation,
    Argument,
    Document,
    Relation,
    Source,
    canonical,
)

_REWRITES = {
    "tokens": (rebuilt, "rebuilt from the tokens"),
    "sentences": (with_sentences_only, "rebuilt from the sentences"),
    "lines": (with_line_feeds, "CR LF and CR at line ends are written as LF"),
}
"""How texts are rewritten that a format cannot hold exactly, by `Holds.text`."""


class Reduced(NamedTuple):
    """What a format can hold of a document and its annotation, and everything that is lost."""

    document: Document
    annotation: Annotation
    losses: tuple[Loss, ...]


def reduce(document: Document, annotation: Annotation, holds: Holds) -> Reduced:
    """The document and the annotation as the format can hold them, in canonical order."""
    reducer = _Reducer(document, canonical(annotation), holds)
    less = reducer.document()
    reduced = reducer.annotation()
    represented = with_names(reduced, reducer.names.writable) if holds.unwritable else reduced
    represented = as_text(represented) if holds.values is not None else represented
    before = [*units_of_document(document)]
    after = [u for u in before if u.kind in holds.kinds or u.name in holds.metadata]
    rewritten = less
    if holds.text != "exact":
        rewrite, how = _REWRITES[holds.text]
        rewritten, represented = rewrite(document, represented)
        reducer.reasons.approximate("texts", "text", how)
    if holds.not_in_text and re.search(holds.not_in_text, rewritten.text):
        reducer.reasons.approximate(
            "texts", "text", "characters that the format cannot have are U+FFFD"
        )
        rewritten, represented = with_replaced(rewritten, represented, holds.not_in_text)
    if rewritten.text != document.text:
        after = [replace(u, value=rewritten.text) if u.kind == "texts" else u for u in after]
        if not holds.entities.named:
            represented = with_derived_names(represented)
    if "segmentation" in holds.kinds:
        less = replace(less, sentences=rewritten.sentences, tokens=rewritten.tokens)
    less = replace(less, text=rewritten.text)
    before += units_of(annotation)
    after += reducer.names.renamed(units_of(reduced))
    losses = compared(document.id, before, after, reducer.reasons, holds.kinds)
    return Reduced(less, canonical(represented), tuple(losses))


class _Reducer:
    def __init__(self, document: Document, annotation: Annotation, holds: Holds) -> None:
        self._document, self._whole, self._holds = document, annotation, holds
        self._placer = Placer(document)
        self._sentences: dict[str, int] = {}
        self.reasons = Reasons()
        self.names = Names(holds, self.reasons)

    def document(self) -> Document:
        """The document without metadata and segmentation that the format has no place for."""
        document = self._document
        if "metadata" not in self._holds.kinds:
            nothing: dict[str, Any] = dict.fromkeys(METADATA)
            nothing |= {"meta": {}, "source": Source(), "rights": document.rights}
            lost = nothing.keys() - self._holds.metadata
            document = replace(document, **{field: nothing[field] for field in lost})
        if "segmentation" not in self._holds.kinds:
            document = replace(document, sentences=(), tokens=(), segmentation=None)
        return document

    def annotation(self) -> Annotation:
        """The annotation without what the format has no place for."""
        found = self.names.labelled(self._whole)
        found = self._with_mentions(found)
        found = self._with_names_of_entities(self._with_labels(self._with_entities(found)))
        found = self._with_relations(found)
        found = self._with_events_and_claims(found)
        found = self._with_clusters(found)
        attributes = self.names.attributes(found.attributes, "document attributes", "")
        return replace(found, attributes=attributes)

    def _has(self, kind: str) -> bool:
        return kind in self._holds.kinds

    def _placed(
        self, kind: str, items: Iterable[Any], field: str, label: str, placing: Placing
    ) -> list[Any]:
        """The items that the format can place."""
        if not self._has(kind):
            return []
        placed = [Placed(i.id, getattr(i, label, ""), getattr(i, field)) for i in items]
        fitted = self._placer.fitted(placed, placing, kind, self.reasons)
        for name, spans in fitted.items():  # of claims before their cues
            self._sentences.setdefault(name, self._placer.sentence_at(spans[0].start))
        return [replace(i, **{field: fitted[i.id]}) for i in items if i.id in fitted]

    def _of_one_type(
        self, kind: str, items: Iterable[Any], field: str, chains: Chains
    ) -> tuple[Any, ...]:
        """The items; those with another type than the first of their chain are in none."""
        types: dict[str, str] = {}
        found = []
        for item in items:
            chain = getattr(item, field)
            if (
                chains.one_type
                and chain is not None
                and types.setdefault(chain, item.type) != item.type
            ):
                self.reasons.leave_out(
                    kind, item.id, "has another type than the first of its chain"
                )
                item = replace(item, **{field: None})
            found.append(item)
        return tuple(found)

    def _joins(self, kind: str, name: str, one: str, other: str) -> bool:
        """Whether the format can join two items."""
        if self._holds.joins_sentences or self._sentences[one] == self._sentences[other]:
            return True
        self.reasons.leave_out(kind, name, "joins items of two sentences")
        return False

    def _with_mentions(self, whole: Annotation) -> Annotation:
        mentions = self._placed("mentions", whole.mentions, "spans", "type", self._holds.mentions)
        mentions = [
            replace(m, attributes=self.names.attributes(m.attributes, "mention attributes", m.id))
            for m in mentions
        ]
        return replace(whole, mentions=tuple(mentions))

    def _with_entities(self, whole: Annotation) -> Annotation:
        chains = self._holds.entities
        whole = whole if chains.crossing else self._uncrossed(whole)
        if not self._has("coreference"):
            mentions = whole.mentions
            entities = whole.entities if chains.empty and self._has("entities") else ()
            mentions = tuple(replace(mention, entity=None) for mention in mentions)
            return replace(whole, mentions=mentions, entities=self._entities(entities))
        mentions = self._of_one_type("coreference", whole.mentions, "entity", chains)
        whole = replace(whole, mentions=mentions)
        known = {entity.id: entity for entity in whole.entities}
        members = chains_of(whole)
        kept = {
            name
            for name in known
            if self._is_kept(
                chains,
                "entities",
                name,
                len(members.get(name, ())),
                bool(self.names.links(known[name].links, "entity links", name)),
            )
        }
        kept_mentions = []
        for mention in whole.mentions:
            if mention.entity is not None and mention.entity not in kept:
                if mention.entity not in known:
                    self.reasons.leave_out("coreference", mention.id, "there is no such entity")
                mention = replace(mention, entity=None)
            if mention.entity is None and not chains.loose:
                self.reasons.leave_out("mentions", mention.id, "is in no coreference chain")
                continue
            kept_mentions.append(mention)
        entities = self._entities(e for e in whole.entities if e.id in kept)
        return replace(whole, mentions=tuple(kept_mentions), entities=entities)

    def _uncrossed(self, whole: Annotation) -> Annotation:
        """The annotation with mentions outside their chain that cross a longer one of it."""
        spans = {mention.id: mention.spans for mention in whole.mentions}
        crossed = {
            name
            for members in chains_of(whole).values()
            for name in crossing((member, spans[member]) for member in members)
        }
        for name in crossed:
            self.reasons.leave_out("coreference", name, "crosses a longer mention of its chain")
        mentions = (replace(m, entity=None) if m.id in crossed else m for m in whole.mentions)
        return replace(whole, mentions=tuple(mentions))

    def _with_labels(self, whole: Annotation) -> Annotation:
        """The annotation where only mentions that do not overlap have types of their own."""
        if not self._holds.flat_labels:
            return whole
        labels, chain_labels = flat_labels(self._document, whole)
        kept = []
        for mention in whole.mentions:
            label = labels.get(mention.id)
            if label is None and mention.entity is None:
                self.reasons.leave_out(
                    "mentions", mention.id, "overlaps a longer one, is in no chain"
                )
                continue
            if label is None:
                label = chain_labels.get(mention.entity, UNLABELLED)
            if label != mention.type:
                self.reasons.approximate(
                    "mentions", mention.id, "overlaps a longer one: without its type"
                )
            kept.append(replace(mention, type=label))
        return replace(whole, mentions=tuple(kept))

    def _with_names_of_entities(self, whole: Annotation) -> Annotation:
        if self._holds.entities.named or not self._has("coreference"):
            return whole
        for entity in whole.entities:
            reason = "type and name are those of its first mention"
            self.reasons.approximate("entities", entity.id, reason)
        return with_derived_names(whole)

    def _entities(self, entities: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(
            replace(
                entity,
                attributes=self.names.attributes(entity.attributes, "entity attributes", entity.id),
                links=self.names.links(entity.links, "entity links", entity.id),
            )
            for entity in entities
        )

    def _is_kept(self, chains: Chains, kind: str, name: str, size: int, linked: bool) -> bool:
        """Whether the format can hold a chain of this size."""
        if size == 0 and not (chains.empty and chains.named):
            self.reasons.leave_out(kind, name, "has no mention here")
            return False
        if size == 1 and not (
            chains.singletons == "all" or (chains.singletons == "linked" and linked)
        ):
            self.reasons.leave_out(kind, name, "is a chain of one")
            return False
        return True

    def _with_relations(self, whole: Annotation) -> Annotation:
        mentions = {mention.id for mention in whole.mentions}
        relations = self._relations("relations", whole.relations, mentions)
        relations = tuple(
            replace(
                r, attributes=self.names.attributes(r.attributes, "relation attributes", r.name)
            )
            for r in relations
        )
        return replace(whole, relations=relations)

    def _relations(
        self, kind: str, relations: Iterable[Relation], ends: set[str]
    ) -> tuple[Relation, ...]:
        if not self._has(kind):
            return ()
        kept: dict[tuple[str, str, str], Relation] = {}
        for relation in relations:
            ends_here = (relation.source, relation.target)
            key = (self.names.writable(relation.type), *ends_here)
            if not ends.issuperset(ends_here) or not self._joins(kind, relation.name, *ends_here):
                continue
            if key in kept:
                self.reasons.leave_out(kind, relation.name, ALIKE)
                continue
            self.names.rename(kind, relation.name, relation.type)
            kept[key] = relation
        return tuple(kept.values())

    def _with_events_and_claims(self, whole: Annotation) -> Annotation:
        holds = self._holds
        mentions = {mention.id for mention in whole.mentions}
        events = self._placed("events", whole.events, "trigger", "type", holds.triggers)
        ids = {event.id for event in events}
        gone = {mention.id for mention in self._whole.mentions} - mentions
        said = [claim for claim in whole.claims if claim.claimer not in gone]
        claims = [
            self._claim(claim, ids)
            for claim in self._placed("claims", said, "spans", "act", holds.claims)
        ]
        claims = self._with_cues(claims)
        said_ids = {claim.id for claim in claims}
        lost = {claim.id for claim in self._whole.claims} - said_ids
        events = [self._event(event, mentions | ids | said_ids, lost) for event in events]
        return replace(
            whole,
            events=tuple(events),
            claims=tuple(claims),
            event_relations=self._relations("event relations", whole.event_relations, ids),
            claim_relations=self._relations("claim relations", whole.claim_relations, said_ids),
        )

    def _claim(self, claim: Any, events: set[str]) -> Any:
        about = tuple(e for e in claim.events if e in events) if self._has("claim events") else ()
        attributes = self.names.attributes(claim.attributes, "claim attributes", claim.id)
        return replace(claim, attributes=attributes, events=about)

    def _with_cues(self, claims: list[Any]) -> list[Any]:
        cued = [claim for claim in claims if claim.cue is not None]
        fitted = {c.id: c.cue for c in self._placed("cues", cued, "cue", "", self._holds.cues)}
        return [replace(claim, cue=fitted.get(claim.id)) for claim in claims]

    def _event(self, event: Any, fillers: set[str], lost_claims: set[str]) -> Any:
        arguments: dict[tuple[str, str], Any] = {}
        for argument in event.arguments if self._has("arguments") else ():
            name = f"{event.id} {argument.role} {argument.filler}"
            key = (self.names.writable(argument.role), argument.filler)
            if argument.filler not in fillers or not self._is_argument(event.id, argument, name):
                continue
            if key in arguments:
                self.reasons.leave_out("arguments", name, ALIKE)
                continue
            self.names.rename("arguments", name, argument.role)
            values = self.names.attributes(argument.attributes, "argument attributes", name)
            arguments[key] = replace(argument, attributes=values)
        factuality: dict[str, Any] = {}
        for given in event.factuality if self._has("factuality") else ():
            name, source = f"{event.id} {given.source}", given.source
            if source in lost_claims:
                continue
            if source not in fillers:
                source = self.names.writable(source)
            if source in factuality:
                self.reasons.leave_out("factuality", name, ALIKE)
                continue
            if source != given.source:
                self.names.rename("factuality", name, given.source)
            self.names.rename("factuality", name, given.value)
            factuality[source] = given
        return replace(
            event,
            arguments=tuple(arguments.values()),
            attributes=self.names.attributes(event.attributes, "event attributes", event.id),
            factuality=tuple(factuality.values()),
            cluster=event.cluster if self._has("event coreference") else None,
        )

    def _is_argument(self, event: str, argument: Argument, name: str) -> bool:
        """Whether the format can write an argument."""
        kind = "mention" if argument.mention else "event" if argument.event else "claim"
        if kind not in self._holds.fillers:
            self.reasons.leave_out("arguments", name, f"{kind}s cannot be arguments")
            return False
        return self._joins("arguments", name, event, argument.filler)

    def _with_clusters(self, whole: Annotation) -> Annotation:
        typed = self._of_one_type("event coreference", whole.events, "cluster", self._holds.events)
        whole = replace(whole, events=typed)
        links = {
            cluster.id: self.names.links(cluster.links, "event links", cluster.id)
            for cluster in whole.event_clusters
        }
        chains, members = self._holds.events, clusters_of(whole)
        alone = {
            name
            for name, events in members.items()
            if len(events) == 1
            and not (
                chains.singletons == "all" or (chains.singletons == "linked" and links.get(name))
            )
        }
        for name in alone:
            reason = "is the only event of its chain"
            self.reasons.leave_out("event coreference", members[name][0], reason)
        events = [replace(e, cluster=None) if e.cluster in alone else e for e in whole.events]
        clusters = []
        for cluster in whole.event_clusters:
            if cluster.id in members and cluster.id not in alone:
                if links[cluster.id]:
                    clusters.append(replace(cluster, links=links[cluster.id]))
                continue
            for link in links[cluster.id]:
                reason = "its event instance has no event here"
                self.reasons.leave_out("event links", link_name(cluster.id, link), reason)
        return replace(whole, events=tuple(events), event_clusters=tuple(clusters))
