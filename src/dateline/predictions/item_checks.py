"""Which predictions can be right at all: each is counted, and what is wrong with it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from dateline.model import (
    ID_FIELDS,
    LAYER_FIELDS,
    Argument,
    Claim,
    Event,
    Mention,
    Relation,
    Span,
    Spans,
    Struct,
)
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.prediction import Prediction

T = TypeVar("T", Mention, Event, Claim)


class Flaw(Struct, frozen=True):
    """Something amiss with a predicted item, which is counted all the same.

    What does not prove its place, and labels and references that do not exist, count as predictions
    and cannot be right: ``is_wrong``. Of mentions, triggers, arguments and relations that are said
    twice one counts; a claim that is said twice is two predictions.
    """

    document: str
    pointer: str
    id: str
    problem: str
    is_wrong: bool


def admit(
    prediction: Prediction, document: str, text: str, vocabulary: OntologyIndex
) -> tuple[Prediction, list[Flaw]]:
    """The prediction with every span that does not prove itself moved to where no gold is.

    So it stays in the denominator of precision, whatever its offsets say.
    """
    desk = _Desk(prediction, document, text, vocabulary)
    admitted = msgspec.structs.replace(
        prediction,
        mentions=tuple(desk.placed("mentions", prediction.mentions, "spans")),
        events=tuple(desk.placed("events", prediction.events, "trigger")),
        claims=tuple(desk.placed("claims", prediction.claims, "spans", "cue")),
    )
    desk.look_at_labels()
    desk.look_at_references()
    desk.look_for_duplicates()
    return admitted, desk.flaws


class _Desk:
    def __init__(
        self, prediction: Prediction, document: str, text: str, vocabulary: OntologyIndex
    ) -> None:
        self._said = prediction
        self._document = document
        self._text = text
        self._vocabulary = vocabulary
        self._beyond = len(text) + 1
        self.flaws: list[Flaw] = []

    def placed(self, name: str, items: Sequence[T], *fields: str) -> Iterator[T]:
        for position, item in enumerate(items):
            moved = {}
            for field in fields:
                spans = getattr(item, field)
                problem = spans is not None and _problem(spans, self._text)
                if problem:
                    self._flaw(f"/{name}/{position}/{field}", item.id, problem)
                    moved[field] = self._nowhere()
            yield msgspec.structs.replace(item, **moved) if moved else item

    def look_at_labels(self) -> None:
        said, words = self._said, self._vocabulary
        labelled: tuple[tuple[str, Sequence[Any], str, Any], ...] = (
            ("mentions", said.mentions, "type", words.types["entities"]),
            ("events", said.events, "type", words.types["events"]),
            ("claims", said.claims, "act", words.types["claims"]),
            ("event_relations", said.event_relations, "type", words.event_relations),
            ("claim_relations", said.claim_relations, "type", words.claim_relations),
        )
        for name, items, field, names in labelled:
            for position, item in enumerate(items):
                label = getattr(item, field)
                if label not in names:
                    place = f"/{name}/{position}/{field}"
                    self._flaw(place, _id(item), f"«{label}» is no label of the ontology")
        for layer, (name, _) in LAYER_FIELDS.items():
            attributes = words.attributes[layer]
            for position, item in enumerate(getattr(said, name)):
                for attribute, value in item.attributes.items():
                    if attribute not in attributes or value not in attributes[attribute]:
                        self._flaw(
                            f"/{name}/{position}/attributes/{attribute}",
                            item.id,
                            f"«{attribute}: {value}» is no attribute of the ontology",
                        )
        for position, event in enumerate(said.events):
            for number, argument in enumerate(event.arguments):
                if argument.role not in words.roles:
                    self._flaw(
                        f"/events/{position}/arguments/{number}/role",
                        event.id,
                        f"«{argument.role}» is no role of the ontology",
                    )

    def look_at_references(self) -> None:
        said = self._said
        ids = {name: {item.id for item in getattr(said, name)} for name in ID_FIELDS}
        for position, mention in enumerate(said.mentions):
            if mention.entity is not None and mention.entity not in ids["entities"]:
                self._dangling(f"/mentions/{position}/entity", mention.id, mention.entity)
        for position, event in enumerate(said.events):
            for number, argument in enumerate(event.arguments):
                if argument.filler not in ids[_where(argument)]:
                    place = f"/events/{position}/arguments/{number}"
                    self._dangling(place, event.id, argument.filler)
        for position, claim in enumerate(said.claims):
            if claim.claimer not in ids["mentions"] and (
                claim.claimer not in self._vocabulary.claimers
            ):
                self._dangling(f"/claims/{position}/claimer", claim.id, claim.claimer)
        for name, ends in (("event_relations", "events"), ("claim_relations", "claims")):
            for position, relation in enumerate(getattr(said, name)):
                for end in (relation.source, relation.target):
                    if end not in ids[ends]:
                        self._dangling(f"/{name}/{position}", "", end)

    def look_for_duplicates(self) -> None:
        said = self._said
        self._repeated("mentions", said.mentions, lambda m: (_places(m.spans), m.type))
        self._repeated("events", said.events, lambda e: (_places(e.trigger), e.type))
        self._repeated("claims", said.claims, lambda c: (_places(c.spans), c.act, c.claimer))
        self._repeated("event_relations", said.event_relations, lambda r: r)
        self._repeated("claim_relations", said.claim_relations, lambda r: r)
        for name in ID_FIELDS:
            seen: set[str] = set()
            for position, item in enumerate(getattr(said, name)):
                if item.id in seen:
                    problem = f"the id «{item.id}» is used twice; references go to the first"
                    self._flaw(f"/{name}/{position}/id", item.id, problem, is_wrong=False)
                seen.add(item.id)

    def _repeated(self, name: str, items: Sequence[Any], key: Callable[[Any], object]) -> None:
        seen: dict[object, int] = {}
        for position, item in enumerate(items):
            first = seen.setdefault(key(item), position)
            if first != position:
                problem = f"says the same as /{name}/{first}"
                self._flaw(f"/{name}/{position}", _id(item), problem, is_wrong=False)

    def _dangling(self, pointer: str, item: str, reference: str) -> None:
        self._flaw(pointer, item, f"«{reference}» is nowhere in the prediction")

    def _flaw(self, pointer: str, item: str, problem: str, *, is_wrong: bool = True) -> None:
        self.flaws.append(
            Flaw(
                document=self._document,
                pointer=pointer,
                id=item,
                problem=problem,
                is_wrong=is_wrong,
            )
        )

    def _nowhere(self) -> Spans:
        start = self._beyond
        self._beyond += 2
        return (Span(start=start, end=start + 1, text=""),)


def _problem(spans: Spans, text: str) -> str:
    if not spans:
        return "has no span"
    end = -1
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            return f"[{span.start}, {span.end}] is empty or leaves the text (0 to {len(text)})"
        if text[span.start : span.end] != span.text:
            found = text[span.start : span.end]
            return f"[{span.start}, {span.end}] is «{found}» and not «{span.text}»"
        if span.start <= end:
            return "its fragments are not sorted, or touch"
        end = span.end
    return ""


def _places(spans: Spans) -> tuple[tuple[int, int], ...]:
    return tuple((span.start, span.end) for span in spans)


def _where(argument: Argument) -> str:
    return "mentions" if argument.mention else "events" if argument.event else "claims"


def _id(item: Mention | Event | Claim | Relation) -> str:
    return "" if isinstance(item, Relation) else item.id
