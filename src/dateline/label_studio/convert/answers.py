"""The value of a question as Label Studio writes it in a row, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dateline.annotations.differences import format_value
from dateline.label_studio.config.questions import NO, YES, Question
from dateline.label_studio.result_rows import strings
from dateline.model import AttributeValue, Struct

_KEYS: Mapping[str, tuple[str, str]] = {
    "label": ("choices", "choices"),
    "labels": ("choices", "choices"),
    "boolean": ("choices", "choices"),
    "number": ("number", "number"),
    "text": ("textarea", "text"),
}
"""The type of a row and the key of its value, by the kind of question."""

LABELS = "labels"
"""The type of the rows that give a region a label, and the key of their value."""


class ReadAnswer(Struct, frozen=True):
    """The values in a row, several only if the question allows one; and what is wrong with it."""

    values: tuple[AttributeValue, ...] = ()
    problem: str = ""


def row_type(question: Question) -> str:
    """The type of the rows that answer a question."""
    return LABELS if question.as_labels else _KEYS[question.kind][0]


def row_value(question: Question, value: AttributeValue) -> dict[str, Any]:
    """The value of the row that answers a question."""
    key = LABELS if question.as_labels else _KEYS[question.kind][1]
    if question.kind == "number":
        return {key: value}
    return {key: [_written(one) for one in (value if isinstance(value, tuple) else (value,))]}


def read_answer(
    question: Question, value: Mapping[str, Any], names: Mapping[str, str]
) -> ReadAnswer:
    """What the value of a row answers; ``names`` are current labels by former ones."""
    key = _KEYS[question.kind][1]
    given = value.get(key, value.get(LABELS) if question.kind == "label" else None)
    if question.kind == "number":
        return _number(question, given)
    texts = [text for text in strings(given) if text]
    if not texts and given not in (None, "", [], [""]):
        return ReadAnswer(problem=f'"{question.control}" is {given!r}, not a text')
    if question.kind == "text":
        return ReadAnswer(values=tuple(dict.fromkeys(texts)))
    return _labels(question, [*dict.fromkeys(names.get(text, text) for text in texts)], given)


def _number(question: Question, given: object) -> ReadAnswer:
    if given is None:
        return ReadAnswer()
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return ReadAnswer(problem=f'"{question.control}" is {given!r}, not a number')
    return ReadAnswer(values=(given,))


def _labels(question: Question, names: Sequence[str], given: object) -> ReadAnswer:
    allowed = {value.name for value in question.values}
    unknown = [name for name in names if name not in allowed]
    known = tuple(name for name in names if name in allowed)
    problem = f'"{unknown[0]}" is not a choice of "{question.control}"' if unknown else ""
    if question.kind == "boolean":
        return ReadAnswer(values=tuple(name == YES for name in known), problem=problem)
    if question.kind == "label":
        return ReadAnswer(values=known, problem=problem)
    several = tuple(sorted(known))  # they have no order
    return ReadAnswer(values=(several,) if several or given == [] else (), problem=problem)


def _written(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return format_value(value)
