"""Translates annotations from the labels of a source to those of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from dateline.annotations.items import spans_of
from dateline.corpus.scenarios import KNOWLEDGE_BASE
from dateline.corpus.text_forms import TextMatch
from dateline.interop.importing.labels import ATTRIBUTE, SourceLabel
from dateline.interop.importing.mapping import IGNORED, LabelMapping, free_value
from dateline.interop.importing.regrouping import regrouped
from dateline.interop.losses import Loss, Reasons, compared
from dateline.interop.representation import written
from dateline.interop.source import spans_at
from dateline.interop.units import KINDS, link_name, units_of
from dateline.model import (
    Annotation,
    Attributes,
    AttributeValue,
    Claim,
    EventCluster,
    Link,
    Relation,
    Spans,
    canonical,
)
from dateline.ontology.label_lists import attributes
from dateline.ontology.labels import Attribute, Ontology

NOT_IN_TEXT = "is in a part of the text that the corpus does not have"


class Translated(NamedTuple):
    """An annotation in the labels of a corpus, and what is left out of the source.

    ``wrong`` are the losses for which the annotation has to be corrected. ``counts`` is what the
    numbers of units by kind change by, as other items are made of some.
    """

    annotation: Annotation
    losses: tuple[Loss, ...]
    wrong: tuple[Loss, ...]
    counts: Counter[str]


class Translator:
    """Translates annotations to the labels of an ontology.

    ``linkable`` are the ids by scenario sheet that links to the sheets may have, None for any.
    Without sheets, all links are kept, as they are accepted in such a corpus.
    """

    def __init__(
        self,
        mapping: LabelMapping,
        ontology: Ontology,
        linkable: Mapping[str, frozenset[str] | None],
    ) -> None:
        self.mapping, self.linkable = mapping, linkable
        self.attributes = {f"{item}.{a.name}": a for item, a in attributes(ontology)}

    def translated(
        self, annotation: Annotation, text: str, match: TextMatch | None = None
    ) -> Translated:
        """The annotation in the labels of the corpus, with the spans of a document with this text.

        ``match`` tells where the text of the source is in the document, if it has another form.
        """
        translation = _Translation(self, text, match)
        given, losses, wrong = regrouped(annotation, self.mapping)
        found = canonical(translation.annotation(given))
        counts: Counter[str] = Counter()
        if given is not annotation:
            counts.update(unit.kind for unit in units_of(given))
            counts.update(loss.kind for loss in losses)
            counts.subtract(unit.kind for unit in units_of(annotation))
        rest = translation.losses(given, found)
        wrong = [*wrong, *(loss for loss in rest if (loss.kind, loss.name) in translation.wrong)]
        return Translated(found, (*losses, *rest), tuple(wrong), counts)


class _Translation:
    def __init__(self, translator: Translator, text: str, match: TextMatch | None) -> None:
        self._text, self._match = text, match
        self._mapping, self._linkable = translator.mapping, translator.linkable
        self._attributes = translator.attributes
        self._claims_given: set[str] = set()
        self.reasons = Reasons()
        self.renamed: set[tuple[str, str]] = set()
        self.wrong: set[tuple[str, str]] = set()

    def annotation(self, whole: Annotation) -> Annotation:
        self._claims_given = {claim.id for claim in whole.claims}
        mentions = tuple(self._labelled("mentions", "entity", whole.mentions, "type"))
        mention_ids = {mention.id for mention in mentions}
        entities = tuple(self._entities(whole, mentions))
        entity_ids = {entity.id for entity in entities}
        mentions = tuple(
            m if m.entity is None or m.entity in entity_ids else replace(m, entity=None)
            for m in mentions
        )
        events = tuple(self._labelled("events", "event", whole.events, "type"))
        event_ids = {event.id for event in events}
        self._claims_given = {claim.id for claim in whole.claims}
        claims = tuple(self._claims(whole, mention_ids, event_ids))
        claim_ids = {claim.id for claim in claims}
        ids = mention_ids | event_ids | claim_ids
        events = tuple(self._event(event, ids) for event in events)
        clusters = {event.cluster for event in events}
        return replace(
            whole,
            attributes=self._values("document", "", "document attributes", whole.attributes),
            mentions=self._with_values("mention", "mention attributes", mentions),
            entities=self._with_values("entity", "entity attributes", entities),
            relations=tuple(self._relations("relations", "relation", whole.relations, mention_ids)),
            events=self._with_values("event", "event attributes", events),
            event_clusters=tuple(self._clusters(whole, clusters)),
            event_relations=tuple(
                self._relations(
                    "event relations", "eventRelation", whole.event_relations, event_ids
                )
            ),
            claims=self._with_values("claim", "claim attributes", claims),
            claim_relations=tuple(
                self._relations(
                    "claim relations", "claimRelation", whole.claim_relations, claim_ids
                )
            ),
        )

    def losses(self, given: Annotation, found: Annotation) -> Sequence[Loss]:
        """What is missing after translation. Other labels are no losses: they are intended."""
        after = {unit.key for unit in units_of(found)}
        known = after | self.renamed
        if all(unit.key in known for unit in units_of(given)):
            return ()
        before = [unit for unit in units_of(given) if unit.key not in self.renamed]
        kept = [unit for unit in before if unit.key in after]
        return [*compared(given.document, before, kept, self.reasons, KINDS)]

    def _labelled(self, unit: str, kind: str, items: Any, field: str) -> Iterator[Any]:
        for item in items:
            target = self._mapping.of(kind, getattr(item, field))
            if target is None:
                self.reasons.leave_out(unit, item.id, IGNORED)
            elif not (spans := self._placed(spans_of(item))):
                self._refuse(unit, item.id, NOT_IN_TEXT)
            else:
                place = "trigger" if unit == "events" else "spans"
                yield replace(item, **{field: target, place: spans})

    def _placed(self, spans: Spans) -> Spans:
        """The spans in the text of the corpus, without those that are not in it."""
        if self._match is None:
            return spans
        found = (self._match.range_of(span.start, span.end) for span in spans)
        return spans_at(self._text, [place for place in found if place is not None])

    def _entities(self, whole: Annotation, mentions: tuple[Any, ...]) -> Iterator[Any]:
        """The entities that have a mention; their type is that of their first mention."""
        types: dict[str | None, str] = {}
        for mention in mentions:
            types.setdefault(mention.entity, mention.type)
        for entity in whole.entities:
            if entity.id in types:
                links = self._links("entity links", entity.id, entity.links)
                yield replace(entity, type=types[entity.id], links=links)
            else:
                self.reasons.leave_out("entities", entity.id, "has no mention that is imported")

    def _clusters(self, whole: Annotation, there: set[str | None]) -> Iterator[EventCluster]:
        """The links of the event instances that have an event."""
        for cluster in whole.event_clusters:
            if cluster.id in there and (
                links := self._links("event links", cluster.id, cluster.links)
            ):
                yield replace(cluster, links=links)

    def _links(self, unit: str, item: str, links: tuple[Link, ...]) -> tuple[Link, ...]:
        """The links but those to other scenario sheets than the corpus has."""
        kept = []
        for link in links:
            sheet, _, name = (link.id or "").partition("/")
            items = self._linkable.get(sheet, frozenset())
            is_other = link.kb != KNOWLEDGE_BASE or link.id is None or not self._linkable
            if is_other or items is None or name in items:
                kept.append(link)
            else:
                reason = "the corpus has no scenario sheet that has it"
                self.reasons.leave_out(unit, link_name(item, link), reason)
        return tuple(kept)

    def _claims(self, whole: Annotation, mentions: set[str], events: set[str]) -> Iterator[Any]:
        every_mention = {mention.id for mention in whole.mentions}
        for claim in self._labelled("claims", "act", whole.claims, "act"):
            claimer = claim.claimer
            if claimer not in every_mention:
                claimer = self._mapping.of("claimer", claimer)
            if claimer is None:
                self.reasons.leave_out("claims", claim.id, "its claimer is ignored by the mapping")
            elif claimer in mentions or claim.claimer not in every_mention:
                about = tuple(event for event in claim.events if event in events)
                cue = claim.cue and self._placed(claim.cue)
                if cue is not None and not cue:
                    self._refuse("cues", claim.id, NOT_IN_TEXT)
                yield replace(claim, claimer=claimer, events=about, cue=cue or None)

    def _event(self, event: Any, ids: set[str]) -> Any:
        arguments = []
        for argument in event.arguments:
            name = f"{event.id} {argument.role} {argument.filler}"
            role = self._mapping.of("role", argument.role)
            if role is None:
                self.reasons.leave_out("arguments", name, IGNORED)
            elif argument.filler in ids:
                if role != argument.role:
                    self._rename("arguments", "argument attributes", name, argument)
                values = self._values(
                    "argument", name, "argument attributes", argument.attributes, role
                )
                arguments.append(replace(argument, role=role, attributes=values))
        factuality = []
        for given in event.factuality:
            value, source = self._mapping.of("factuality", given.value), given.source
            if source not in self._claims_given:
                source = self._mapping.of("claimer", source)
            if value is None or source is None:
                self.reasons.leave_out("factuality", f"{event.id} {given.source}", IGNORED)
            elif source in ids or given.source not in self._claims_given:
                if source != given.source:
                    self.renamed.add(("factuality", f"{event.id} {given.source}"))
                factuality.append(replace(given, value=value, source=source))
        return replace(event, arguments=tuple(arguments), factuality=tuple(factuality))

    def _relations(
        self, unit: str, kind: str, relations: tuple[Relation, ...], ends: set[str]
    ) -> Iterator[Relation]:
        for relation in relations:
            target = self._mapping.of(kind, relation.type)
            if target is None:
                self.reasons.leave_out(unit, relation.name, IGNORED)
            elif {relation.source, relation.target} <= ends:
                if target != relation.type:
                    self._rename(unit, "relation attributes", relation.name, relation)
                values = self._values(
                    "relation", relation.name, "relation attributes", relation.attributes, target
                )
                yield replace(relation, type=target, attributes=values)

    def _rename(self, unit: str, of_values: str, name: str, item: Any) -> None:
        """Note units that have their label in their name, and have another one now."""
        self.renamed.add((unit, name))
        self.renamed.update((of_values, f"{name}.{attribute}") for attribute in item.attributes)

    def _with_values(self, item: str, unit: str, items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            replace(one, attributes=self._values(item, one.id, unit, one.attributes, _label(one)))
            for one in items
        )

    def _values(
        self, item: str, name: str, unit: str, given: Attributes, label: str = ""
    ) -> Attributes:
        found: dict[str, AttributeValue] = {}
        for attribute, value in given.items():
            place = f"{name}.{attribute}" if name else attribute
            target = self._mapping.of(ATTRIBUTE, f"{item}.{attribute}")
            declared = self._attributes.get(target or "")
            if target is None or declared is None:
                if SourceLabel(ATTRIBUTE, f"{item}.{attribute}") in self._mapping.targets:
                    self.reasons.leave_out(unit, place, IGNORED)
                else:
                    self._refuse(unit, place, f"the mapping has no {item} attribute for it")
                continue
            read = self._value(f"{item}.{attribute}", value, declared)
            if read is None:
                if declared.values:
                    self.reasons.leave_out(unit, place, IGNORED)
                else:
                    shown = ", ".join(written(value))
                    self._refuse(unit, place, f'is "{shown}", expected {declared.form}')
                continue
            if target != f"{item}.{attribute}":
                self.renamed.add((unit, place))
            if declared.kind == "labels" and isinstance(before := found.get(declared.name), tuple):
                read = tuple(sorted({*before, *written(read)}))
            elif found.get(declared.name, read) != read:
                self.renamed.discard((unit, place))
                self._refuse(unit, place, f'"{declared.name}" has another value already')
                continue
            found[declared.name] = read
        for target, value in self._mapping.defaults.items():
            declared = self._attributes[target]
            if target == f"{item}.{declared.name}" and declared.is_of(label):
                found.setdefault(declared.name, value)
        return found

    def _refuse(self, unit: str, name: str, reason: str) -> None:
        """Leave out what the annotation should not lack."""
        self.reasons.leave_out(unit, name, reason)
        self.wrong.add((unit, name))

    def _value(
        self, kind: str, value: AttributeValue, declared: Attribute
    ) -> AttributeValue | None:
        """The value as the ontology declares it, None if it cannot be."""
        texts = written(value)
        if declared.values:
            names = [name for text in texts if (name := self._mapping.of(kind, text)) is not None]
            if not names:
                return None
            return tuple(sorted({*names})) if declared.kind == "labels" else names[0]
        return free_value(self._mapping.of(kind, texts[0]) or texts[0], declared)


def _label(item: Any) -> str:
    found: str = item.act if isinstance(item, Claim) else item.type
    return found
