"""The prompt for language models and the schema of their answers, both from the ontology."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

import msgspec

from dateline.model import Argument, Claim, Entity, Event, Mention, Span
from dateline.ontology.labels import Label, Layer, Ontology
from dateline.predictions.formats.words import Placer
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text


class AnswerMention(msgspec.Struct, frozen=True):
    """A mention in an answer: its words, and the fullest name of its entity."""

    label: str
    text: str
    entity: str = ""


class AnswerArgument(msgspec.Struct, frozen=True):
    """An argument in an answer: its role, and the words of the mention that fills it."""

    role: str
    text: str


class AnswerEvent(msgspec.Struct, frozen=True):
    """An event in an answer: ``text`` is the trigger."""

    label: str
    text: str
    arguments: tuple[AnswerArgument, ...] = ()


class AnswerClaim(msgspec.Struct, frozen=True):
    """A claim in an answer: the claimer is the words of a mention, or a special claimer."""

    act: str
    text: str
    claimer: str


class Answer(msgspec.Struct, frozen=True):
    """The answer of a language model for one text."""

    mentions: tuple[AnswerMention, ...] = ()
    events: tuple[AnswerEvent, ...] = ()
    claims: tuple[AnswerClaim, ...] = ()


def instructions(ontology: Ontology) -> str:
    """The prompt: the task, and the guidelines of every label."""
    parts = [
        "Annotate the text that follows. Copy words exactly as they are in the text; do not "
        "correct or shorten them. List items in the order of the text, and list an item again each "
        "time it is mentioned. Leave a list empty if there are no items."
    ]
    layers = ontology.layers
    if "entities" in layers:
        parts += [_about_mentions(ontology), _guideline(layers["entities"])]
    if "events" in layers:
        parts += [_about_events(ontology), _guideline(layers["events"]), _roles(ontology)]
    if "claims" in layers:
        parts += [_about_claims(ontology), _guideline(layers["claims"])]
    return "\n\n".join(part for part in parts if part)


def answer_schema(ontology: Ontology) -> dict[str, Any]:
    """The JSON Schema of an answer, with the layers that are asked for; labels are enumerations."""
    layers = ontology.layers
    fields: dict[str, Any] = {}
    if "entities" in layers:
        entity = {"entity": _TEXT} if ontology.has_coreference else {}
        fields["mentions"] = _list(_object(label=_names(layers["entities"]), text=_TEXT, **entity))
    if "events" in layers:
        event = {"label": _names(layers["events"]), "text": _TEXT}
        if _asks_for_arguments(ontology):
            argument = _object(role=_one_of(sorted(ontology.roles)), text=_TEXT)
            event["arguments"] = _list(argument)
        fields["events"] = _list(_object(**event))
    if "claims" in layers:
        claim = _object(act=_names(layers["claims"]), text=_TEXT, claimer=_TEXT)
        fields["claims"] = _list(claim)
    return _object(**fields)


def as_prediction(answer: Answer, text: Text, ontology: Ontology) -> Prediction:
    """The prediction of an answer: its words are located in the text.

    Words that are not in the text keep a wrong offset, so that they count as false positives.
    """
    locator = _Locator(text.text)
    entities: dict[tuple[str, str], Entity] = {}
    mentions = []
    for number, mention in enumerate(answer.mentions, 1):
        key = mention.label, mention.entity
        if ontology.has_coreference and key not in entities:
            name = mention.entity or mention.text or "?"
            entities[key] = Entity(id=f"n{len(entities) + 1}", type=mention.label, name=name)
        mentions.append(
            Mention(
                id=f"m{number}",
                spans=locator.next_span("mention", mention.text, mention.label),
                type=mention.label,
                attributes={},
                entity=entities[key].id if key in entities else None,
            )
        )
    nearest = _NearestMention(mentions)
    events = []
    for number, event in enumerate(answer.events, 1):
        trigger = locator.next_span("event", event.text, event.label)
        arguments = tuple(
            Argument(role=a.role, mention=nearest.id_of(a.text, trigger[0].start))
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
        spans = locator.next_span("claim", claim.text, claim.act)
        claimer = (
            claim.claimer
            if claim.claimer in special
            else nearest.id_of(claim.claimer, spans[0].start)
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


class _Locator:
    """Locates the words of each list of an answer, in the order of the list."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._placers: dict[str, Placer] = {}

    def next_span(self, kind: str, words: str, label: str) -> tuple[Span, ...]:
        placer = self._placers.setdefault(kind, Placer(self._text))
        placed = placer.next(words, label)
        if placed is None:
            return (Span(start=0, end=len(words) or 1, text=words),)
        start, end = placed.place
        return (Span(start=start, end=end, text=self._text[start:end]),)


class _NearestMention:
    """Finds the mention that is meant by its words, near a place."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._places: dict[str, list[tuple[int, str]]] = {}
        for mention in mentions:
            (span,) = mention.spans
            self._places.setdefault(span.text.casefold(), []).append((span.start, mention.id))
        for places in self._places.values():
            places.sort()

    def id_of(self, words: str, place: int) -> str:
        """The id of the nearest mention with these words, or an id that does not exist."""
        places = self._places.get(words.casefold())
        if not places:
            return "missing"
        after = bisect_left(places, (place, ""))
        return min(places[max(after - 1, 0) : after + 1], key=lambda p: abs(p[0] - place))[1]


def _about_mentions(ontology: Ontology) -> str:
    return "MENTIONS: words that refer to something in the world." + (
        " Give the same `entity`, its fullest name, to all mentions of the same entity."
        if ontology.has_coreference
        else ""
    )


def _about_events(ontology: Ontology) -> str:
    if not _asks_for_arguments(ontology):
        return "EVENTS: the word that expresses the event most clearly."
    return (
        "EVENTS: the word that expresses the event most clearly, with the mentions that take part; "
        "the words of each argument must be the words of a mention."
    )


def _asks_for_arguments(ontology: Ontology) -> bool:
    """Whether events may have arguments that are mentions."""
    return bool(ontology.roles) and "entities" in ontology.layers


def _roles(ontology: Ontology) -> str:
    if not _asks_for_arguments(ontology):
        return ""
    return "ROLES: " + "; ".join(
        f"{name}: {', '.join(event.roles) or 'none'}"
        for name, event in ontology.event_types.items()
    )


def _about_claims(ontology: Ontology) -> str:
    claimers = "; ".join(f"{label.name} ({label.description})" for label in ontology.claimers)
    kinds = ["the words of a mention"] if "entities" in ontology.layers else []
    kinds += [f"one of: {claimers}"] if claimers else []
    return (
        "CLAIMS: what somebody asserts, wants or judges, without the words that introduce it. The "
        f"claimer is {', or '.join(kinds)}"
    )


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
