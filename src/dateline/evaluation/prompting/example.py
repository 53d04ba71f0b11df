"""Gold as the answer that a model should give, for examples in a prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dateline.evaluation.prompting.answer import (
    GAP,
    Answer,
    AnswerArgument,
    AnswerClaim,
    AnswerClaimedEvent,
    AnswerEvent,
    AnswerMention,
    AnswerRelation,
)
from dateline.evaluation.prompting.asked import Asked
from dateline.model import Attributes, Claim, Event, Relation, Spans
from dateline.ontology.labels import Attribute
from dateline.predictions.prediction import Prediction


def answer_of(items: Prediction, asked: Asked) -> Answer:
    """The items as an answer, as far as they are asked for."""
    return _Writing(items, asked).answer()


class _Writing:
    def __init__(self, items: Prediction, asked: Asked) -> None:
        self._items = items
        self._asked = asked
        fields = (
            ("mention", asked.has_mentions, ((one.id, one.spans) for one in items.mentions)),
            ("event", asked.has_events, ((one.id, one.trigger) for one in items.events)),
            ("claim", asked.has_claims, ((one.id, one.spans) for one in items.claims)),
        )
        self._instances = _instance_names(items.events) if asked.has_event_coreference else {}
        self._words = {
            kind: {id_: _words(spans) for id_, spans in found} if is_asked else {}
            for kind, is_asked, found in fields
        }

    def answer(self) -> Answer:
        asked, items = self._asked, self._items
        entities = _entity_names(items)
        return Answer(
            attributes=self._attributes("document", items.attributes)
            if "document" in asked.layers
            else {},
            mentions=tuple(
                AnswerMention(
                    label=mention.type,
                    text=self._words["mention"][mention.id],
                    entity=entities.get(mention.entity or "", "") if asked.has_coreference else "",
                    attributes=self._attributes("entities", mention.attributes, mention.type),
                )
                for mention in (items.mentions if asked.has_mentions else ())
            ),
            relations=self._relations(items.relations if asked.has_relations else (), "mention"),
            events=tuple(map(self._event, items.events if asked.has_events else ())),
            event_relations=self._relations(
                (one for one in items.event_relations if one.type in asked.event_relations), "event"
            ),
            claims=tuple(map(self._claim, items.claims if asked.has_claims else ())),
            claim_relations=self._relations(
                (one for one in items.claim_relations if one.type in asked.claim_relations), "claim"
            ),
        )

    def _event(self, event: Event) -> AnswerEvent:
        values = {one.source: one.value for one in event.factuality}
        arguments = []
        for argument in event.arguments:
            for kind in ("mention", "event", "claim"):
                words = self._words[kind].get(getattr(argument, kind) or "")
                if words is not None and argument.role in self._asked.roles_of(event.type):
                    attributes = _values(self._asked.argument_attributes, argument.attributes, "")
                    arguments.append(
                        AnswerArgument(role=argument.role, text=words, attributes=attributes)
                    )
        return AnswerEvent(
            label=event.type,
            text=self._words["event"][event.id],
            instance=self._instances.get(event.cluster or ""),
            arguments=tuple(arguments),
            attributes=self._attributes("events", event.attributes, event.type),
            factuality={source: values.get(source) for source in self._asked.sources},
        )

    def _claim(self, claim: Claim) -> AnswerClaim:
        values = {
            event.id: one.value
            for event in self._items.events
            for one in event.factuality
            if one.source == claim.id
        }
        events = self._words["event"]
        return AnswerClaim(
            act=claim.act,
            text=self._words["claim"][claim.id],
            claimer=self._words["mention"].get(claim.claimer, claim.claimer),
            cue=_words(claim.cue) if claim.cue else None,
            events=tuple(
                AnswerClaimedEvent(text=events[one], factuality=values.get(one))
                for one in claim.events
                if one in events
            ),
            attributes=self._attributes("claims", claim.attributes, claim.act),
        )

    def _relations(self, relations: Iterable[Relation], kind: str) -> tuple[AnswerRelation, ...]:
        words = self._words[kind]
        return tuple(
            AnswerRelation(label=one.type, source=words[one.source], target=words[one.target])
            for one in relations
            if one.source in words and one.target in words
        )

    def _attributes(self, layer: str, attributes: Attributes, label: str = "") -> dict[str, Any]:
        return _values(self._asked.attributes_of(layer), attributes, label)


def _values(declared: Iterable[Attribute], given: Attributes, label: str) -> dict[str, Any]:
    """The value of each attribute that items with the label have, or null."""
    return {one.name: given.get(one.name) for one in declared if one.is_of(label)}


def _words(spans: Spans) -> str:
    return GAP.join(span.text for span in spans)


def _entity_names(items: Prediction) -> Mapping[str, str]:
    """A name for each entity; those of one type and name are numbered."""
    seen: Counter[tuple[str, str]] = Counter()
    names = {}
    for entity in items.entities:
        seen[key := (entity.type, entity.name)] += 1
        names[entity.id] = entity.name if seen[key] == 1 else f"{entity.name} ({seen[key]})"
    return names


def _instance_names(events: Sequence[Event]) -> Mapping[str, str]:
    """A name for each event instance that is mentioned several times: its first trigger."""
    sizes = Counter(event.cluster for event in events)
    seen: Counter[str] = Counter()
    names: dict[str, str] = {}
    for event in events:
        cluster = event.cluster
        if cluster is None or sizes[cluster] == 1 or cluster in names:
            continue
        seen[words := _words(event.trigger)] += 1
        names[cluster] = words if seen[words] == 1 else f"{words} ({seen[words]})"
    return names
