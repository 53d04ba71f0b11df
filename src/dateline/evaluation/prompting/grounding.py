"""Answers as predictions: words are located in the text, and references resolved."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import msgspec

from dateline.evaluation.prompting.answer import (
    GAP,
    Answer,
    AnswerArgument,
    AnswerClaim,
    AnswerEvent,
    AnswerMention,
    AnswerRelation,
)
from dateline.evaluation.prompting.asked import Asked
from dateline.model import (
    Argument,
    Attributes,
    AttributeValue,
    Claim,
    Entity,
    Event,
    Factuality,
    Mention,
    Range,
    Relation,
    Span,
    Spans,
)
from dateline.predictions.formats.words import Placer
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

MISSING = "missing"
"""An id that no item has, in references to words that are no item's."""


class Grounded(NamedTuple):
    """The prediction of an answer, and the words in the answer that are not in the text or item."""

    prediction: Prediction
    ungrounded: tuple[str, ...]


def as_prediction(answer: Answer, text: Text, asked: Asked) -> Grounded:
    """The prediction of an answer: its words are located in the text.

    Words that are not in the text keep a wrong offset, so that they count as false positives.
    References to words that no item has are to an item that does not exist.
    """
    return _Grounding(answer, text, asked).result()


class _Grounding:
    def __init__(self, answer: Answer, text: Text, asked: Asked) -> None:
        self._answer = answer
        self._text = text
        self._asked = asked
        self._lost: list[str] = []
        self._placers: dict[str, Placer] = {}
        self._spans: dict[str, Spans] = {}
        self._clusters: dict[str, str] = {}
        self._items = {
            "mention": self._located("mention", "m", ((a.text, a.label) for a in answer.mentions)),
            "event": self._located("event", "e", ((a.text, a.label) for a in answer.events)),
            "claim": self._located("claim", "c", ((a.text, a.act) for a in answer.claims)),
        }

    def result(self) -> Grounded:
        """The prediction, in the order of the answer."""
        answer = self._answer
        entities: dict[tuple[str, str], Entity] = {}
        claimed: dict[str, list[Factuality]] = {}
        mentions = tuple(
            self._mention(id_, mention, entities)
            for id_, mention in self._numbered("m", answer.mentions)
        )
        claims = tuple(
            self._claim(id_, claim, claimed) for id_, claim in self._numbered("c", answer.claims)
        )
        events = tuple(
            self._event(id_, event, claimed.get(id_, []))
            for id_, event in self._numbered("e", answer.events)
        )
        prediction = Prediction(
            document=self._text.id,
            text_sha256=self._text.text_sha256,
            attributes=_values(answer.attributes),
            mentions=mentions,
            entities=tuple(entities.values()),
            relations=self._relations(answer.relations, "mention"),
            events=events,
            event_relations=self._relations(answer.event_relations, "event"),
            claims=claims,
            claim_relations=self._relations(answer.claim_relations, "claim"),
        )
        return Grounded(prediction, tuple(self._lost))

    def _located(self, kind: str, letter: str, items: Iterable[tuple[str, str]]) -> _Items:
        """The items of a list with their places, in the order of the list."""
        found = _Items()
        placer = self._placers[kind] = Placer(self._text.text)
        for number, (words, label) in enumerate(items, 1):
            id_ = f"{letter}{number}"
            placed = placer.next(words, label)
            places = _fragments(self._text.text, words) if placed is None else [placed.place]
            if not places:
                self._lost.append(words)
            spans = self._quoted(places) or (Span(start=0, end=len(words) or 1, text=words),)
            self._spans[id_] = spans
            found.add(id_, spans[0].start, words, " ".join(span.text for span in spans))
        return found

    def _quoted(self, places: Iterable[Range]) -> Spans:
        text = self._text.text
        return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in places)

    def _numbered(self, letter: str, items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
        return ((f"{letter}{number}", item) for number, item in enumerate(items, 1))

    def _id_of(self, words: str, place: int, kinds: Iterable[str]) -> tuple[str, str]:
        """Kind and id of the nearest item with these words, of the first kind that has one."""
        for kind in kinds:
            if (id_ := self._items[kind].nearest(words, place)) is not None:
                return kind, id_
        self._lost.append(words)
        return next(iter(kinds), "mention"), MISSING

    def _mention(
        self, id_: str, mention: AnswerMention, entities: dict[tuple[str, str], Entity]
    ) -> Mention:
        name = mention.entity or mention.text or "?"
        entity = None
        if self._asked.has_coreference:
            new = Entity(id=f"n{len(entities) + 1}", type=mention.label, name=name)
            entity = entities.setdefault((mention.label, name), new).id
        return Mention(
            id=id_,
            spans=self._spans[id_],
            type=mention.label,
            attributes=_values(mention.attributes),
            entity=entity,
        )

    def _event(self, id_: str, event: AnswerEvent, claimed: Sequence[Factuality]) -> Event:
        own = (
            Factuality(source=source, value=value)
            for source, value in event.factuality.items()
            if value is not None
        )
        return Event(
            id=id_,
            trigger=self._spans[id_],
            type=event.label,
            arguments=tuple(self._argument(id_, event.label, one) for one in event.arguments),
            attributes=_values(event.attributes),
            factuality=(*own, *claimed),
            cluster=self._cluster(event),
        )

    def _cluster(self, event: AnswerEvent) -> str | None:
        if not (event.instance and self._asked.has_event_coreference):
            return None
        return self._clusters.setdefault(event.instance, f"k{len(self._clusters) + 1}")

    def _argument(self, event: str, event_type: str, argument: AnswerArgument) -> Argument:
        found = self._asked.ontology.event_types.get(event_type)
        role = found.roles.get(argument.role) if found else None
        kinds = tuple(self._asked.fills(role.fillers)) if role else ()
        kind, id_ = self._id_of(
            argument.text, self._spans[event][0].start, kinds or ("mention", "event", "claim")
        )
        return Argument(role=argument.role, attributes=_values(argument.attributes), **{kind: id_})

    def _claim(self, id_: str, claim: AnswerClaim, claimed: dict[str, list[Factuality]]) -> Claim:
        place = self._spans[id_][0].start
        events = []
        for about in claim.events:
            _, event = self._id_of(about.text, place, ("event",))
            events.append(event)
            if about.factuality is not None and event != MISSING:
                claimed.setdefault(event, []).append(Factuality(source=id_, value=about.factuality))
        claimer = claim.claimer
        if claimer not in self._asked.ontology.special_claimers:
            _, claimer = self._id_of(claimer, place, ("mention",))
        return Claim(
            id=id_,
            spans=self._spans[id_],
            act=claim.act,
            claimer=claimer,
            cue=self._cue(claim.cue, place) if claim.cue else None,
            events=tuple(dict.fromkeys(events)),
            attributes=_values(claim.attributes),
        )

    def _cue(self, words: str, place: int) -> Spans:
        """The place of these words that is nearest to the claim."""
        found = self._placers["claim"].every(words).places
        if found:
            return self._quoted([min(found, key=lambda one: abs(one[0] - place))])
        places = _fragments(self._text.text, words)
        if not places:
            self._lost.append(words)
        return self._quoted(places) or (Span(start=0, end=len(words), text=words),)

    def _relations(self, relations: Sequence[AnswerRelation], kind: str) -> tuple[Relation, ...]:
        found = (
            Relation(type=one.label, source=source, target=target)
            for one in relations
            for source, target in [self._ends(one, self._items[kind])]
        )
        return tuple({relation.key: relation for relation in found}.values())

    def _ends(self, relation: AnswerRelation, items: _Items) -> tuple[str, str]:
        """The two items with these words that are nearest to each other."""
        sources, targets = items.of(relation.source), items.of(relation.target)
        self._lost += [relation.source] * (not sources) + [relation.target] * (not targets)
        if not sources or not targets:
            source, target = (ids[0][1] if ids else MISSING for ids in (sources, targets))
            return source, target
        pairs = (pair for pair in product(sources, targets) if pair[0] != pair[1])
        nearest = min(pairs, key=lambda p: abs(p[0][0] - p[1][0]), default=(sources[0], targets[0]))
        return nearest[0][1], nearest[1][1]


class _Items:
    """Items of one kind by their words, with start and id."""

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[int, str]]] = {}

    def add(self, id_: str, start: int, *forms: str) -> None:
        """Add an item under each form of its words."""
        for form in {form.casefold() for form in forms}:
            places = self._places.setdefault(form, [])
            places.insert(bisect_left(places, (start, id_)), (start, id_))

    def of(self, words: str) -> list[tuple[int, str]]:
        """All items with these words."""
        return self._places.get(words.casefold(), [])

    def nearest(self, words: str, place: int) -> str | None:
        """The id of the item with these words that is nearest to a place."""
        places = self.of(words)
        if not places:
            return None
        after = bisect_left(places, (place, ""))
        return min(places[max(after - 1, 0) : after + 1], key=lambda p: abs(p[0] - place))[1]


def _fragments(text: str, words: str) -> list[Range]:
    """The places of the fragments of an item, one after the other; none if one is missing."""
    parts = words.split(GAP.strip())
    placer, found = Placer(text), list[Range]()
    for part in parts if len(parts) > 1 else ():
        places = placer.every(part).places
        later = [place for place in places if not found or place[0] >= found[-1][1]]
        if not later:
            return []
        found.append(later[0])
    return found


def _values(attributes: Mapping[str, Any]) -> Attributes:
    """Attributes without those that are null or of no kind that a value can have."""
    found: dict[str, AttributeValue] = {}
    for name, value in attributes.items():
        try:
            found[name] = msgspec.convert(value, AttributeValue)
        except msgspec.ValidationError:
            continue
    return found
