"""What a language model is asked, and the shape of its answer, both made from the ontology."""

from __future__ import annotations

from typing import Any

import msgspec

from dateline.model import Argument, Claim, Entity, Event, Mention, Range, Span
from dateline.ontology.labels import Label, Layer, Ontology
from dateline.predictions.formats.placement import occurrences
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


class SaidMention(msgspec.Struct, frozen=True):
    """A mention as a language model gives it: label and words, and a name for the entity."""

    label: str
    text: str
    entity: str


class SaidArgument(msgspec.Struct, frozen=True):
    """An argument: role, and words of the mention that fills it."""

    role: str
    text: str


class SaidEvent(msgspec.Struct, frozen=True):
    """An event: label, words of the trigger, and arguments."""

    label: str
    text: str
    arguments: tuple[SaidArgument, ...]


class SaidClaim(msgspec.Struct, frozen=True):
    """A claim: act, words, and words of the claimer's mention, or a claimer that is no mention."""

    act: str
    text: str
    claimer: str


class Answer(msgspec.Struct, frozen=True):
    """All that a language model says of a text."""

    mentions: tuple[SaidMention, ...]
    events: tuple[SaidEvent, ...]
    claims: tuple[SaidClaim, ...]


def instructions(ontology: Ontology) -> str:
    """The task, with the guideline of every label."""
    layers = ontology.layers
    parts = [
        "Annotate the text that follows. Copy words from the text exactly as they stand there; do "
        "not correct or shorten them. List things in the order of the text, and list a thing again "
        "each time that it is mentioned. Leave a list empty where there is nothing.",
        "MENTIONS: words that refer to something in the world. Give the same `entity`, its fullest "
        "name, to all mentions of one thing.",
        _guideline(layers["entities"]),
        "EVENTS: the word that says best that something happens, with the mentions that take part; "
        "the words of each argument must be those of a mention.",
        _guideline(layers["events"]),
        "ROLES: "
        + "; ".join(
            f"{name}: {', '.join(event.roles) or 'none'}"
            for name, event in ontology.event_types.items()
        ),
        "CLAIMS: what somebody says to be so, wants or judges, without the words that introduce "
        "it. The claimer is the words of a mention, or one of: "
        + "; ".join(f"{label.name} ({label.description})" for label in ontology.claimers),
        _guideline(layers["claims"]),
    ]
    return "\n\n".join(part for part in parts if part)


def answer_schema(ontology: Ontology) -> dict[str, Any]:
    """The JSON Schema of an answer; every label is an enumeration."""
    layers = ontology.layers
    argument = _object(role=_one_of(sorted(ontology.roles)), text=_TEXT)
    return _object(
        mentions=_list(_object(label=_names(layers["entities"]), text=_TEXT, entity=_TEXT)),
        events=_list(
            _object(label=_names(layers["events"]), text=_TEXT, arguments=_list(argument))
        ),
        claims=_list(_object(act=_names(layers["claims"]), text=_TEXT, claimer=_TEXT)),
    )


def as_prediction(answer: Answer, text: Text, ontology: Ontology) -> Prediction:
    """The answer with its words found in the text; what stands nowhere cannot be right."""
    finder = _Finder(text.text)
    entities: dict[tuple[str, str], Entity] = {}
    mentions = []
    for number, said in enumerate(answer.mentions, 1):
        key = said.label, said.entity
        if key not in entities:
            name = said.entity or said.text or "?"
            made = Entity(id=f"n{len(entities) + 1}", type=said.label, name=name, link=None)
            entities[key] = made
        mentions.append(
            Mention(
                id=f"m{number}",
                spans=finder.next("mention", said.text),
                type=said.label,
                attributes={},
                entity=entities[key].id,
            )
        )
    events = []
    for number, event in enumerate(answer.events, 1):
        trigger = finder.next("event", event.text)
        arguments = tuple(
            Argument(role=a.role, mention=_nearest(mentions, a.text, trigger[0].start))
            for a in event.arguments
        )
        events.append(
            Event(
                id=f"e{number}",
                trigger=trigger,
                type=event.label,
                arguments=arguments,
                attributes={},
                cluster=None,
            )
        )
    special = {label.name for label in ontology.claimers}
    claims = []
    for number, claim in enumerate(answer.claims, 1):
        spans = finder.next("claim", claim.text)
        claimer = (
            claim.claimer
            if claim.claimer in special
            else _nearest(mentions, claim.claimer, spans[0].start)
        )
        claims.append(
            Claim(
                id=f"c{number}",
                spans=spans,
                act=claim.act,
                claimer=claimer,
                cue=None,
                events=(),
                attributes={},
            )
        )
    return Prediction(
        document=text.id,
        text_sha256=text.text_sha256,
        mentions=tuple(mentions),
        entities=tuple(entities.values()),
        events=tuple(events),
        claims=tuple(claims),
    )


class _Finder:
    """Finds words in a text; the same words again are the next place where they stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._turn: dict[tuple[str, str], int] = {}
        self._places: dict[str, list[Range]] = {}

    def next(self, kind: str, words: str) -> tuple[Span, ...]:
        if words not in self._places:
            self._places[words] = occurrences(self._text, words)[0]
        turn = self._turn[kind, words] = self._turn.get((kind, words), -1) + 1
        places = self._places[words]
        if turn >= len(places):
            return (Span(start=0, end=len(words) or 1, text=words),)
        start, end = places[turn]
        return (Span(start=start, end=end, text=self._text[start:end]),)


def _nearest(mentions: list[Mention], words: str, place: int) -> str:
    """The nearest mention with these words; where there is none, an id that refers to nothing."""
    found = [m for m in mentions if m.spans[0].text.casefold() == words.casefold()]
    if not found:
        return "nowhere"
    return min(found, key=lambda m: abs(m.spans[0].start - place)).id


def _guideline(layer: Layer) -> str:
    lines = [layer.span] if layer.span else []
    return "\n".join([*lines, *(_label(label) for label in layer.labels)])


def _label(label: Label) -> str:
    line = f"- {label.name}: {label.description}"
    if label.span:
        line += f" Span: {label.span}"
    if label.examples:
        line += " Example: " + "; ".join(label.examples)
    if label.counterexamples:
        line += " Not: " + "; ".join(label.counterexamples)
    return line


_TEXT = {"type": "string"}


def _names(layer: Layer) -> dict[str, Any]:
    return _one_of(layer.label_names)


def _one_of(names: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
