"""Answers of language models, which have words instead of offsets and ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dateline.files.reading import MalformedError, decode_json_as

GAP = " ... "
"""What is between the fragments of an item that is not contiguous."""


class AnswerMention(msgspec.Struct, frozen=True):
    """A mention: its words, and the fullest name of its entity."""

    label: str
    text: str
    entity: str = ""
    attributes: Mapping[str, Any] = {}


class AnswerRelation(msgspec.Struct, frozen=True):
    """A relation: the words of the items that it relates."""

    label: str
    source: str
    target: str


class AnswerArgument(msgspec.Struct, frozen=True):
    """An argument: its role, and the words of the item that fills it."""

    role: str
    text: str
    attributes: Mapping[str, Any] = {}


class AnswerEvent(msgspec.Struct, frozen=True):
    """An event: ``text`` is the trigger, ``instance`` names the event instance if it has others.

    ``factuality`` has a value for each claimer.
    """

    label: str
    text: str
    instance: str | None = None
    arguments: tuple[AnswerArgument, ...] = ()
    attributes: Mapping[str, Any] = {}
    factuality: Mapping[str, str | None] = {}


class AnswerClaimedEvent(msgspec.Struct, frozen=True):
    """An event that a claim is about: its trigger, and its factuality according to the claim."""

    text: str
    factuality: str | None = None


class AnswerClaim(msgspec.Struct, frozen=True):
    """A claim: the claimer is the words of a mention, or a special claimer."""

    act: str
    text: str
    claimer: str
    cue: str | None = None
    events: tuple[AnswerClaimedEvent, ...] = ()
    attributes: Mapping[str, Any] = {}


class Answer(msgspec.Struct, frozen=True):
    """The answer of a language model for one text; ``attributes`` are of the document."""

    attributes: Mapping[str, Any] = {}
    mentions: tuple[AnswerMention, ...] = ()
    relations: tuple[AnswerRelation, ...] = ()
    events: tuple[AnswerEvent, ...] = ()
    event_relations: tuple[AnswerRelation, ...] = ()
    claims: tuple[AnswerClaim, ...] = ()
    claim_relations: tuple[AnswerRelation, ...] = ()


def read_answer(content: str) -> Answer:
    """An answer from what a model wrote; prose and a code fence around the JSON are skipped.

    Raises MalformedError if there is no JSON object, or it has not the shape of an answer.
    """
    try:
        return decode_json_as(content.encode(), Answer)
    except MalformedError:
        start, end = content.find("{"), content.rfind("}") + 1
        if not 0 <= start < end or (start, end) == (0, len(content)):
            raise
        return decode_json_as(content[start:end].encode(), Answer)
