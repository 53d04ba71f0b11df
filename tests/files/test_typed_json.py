"""Typed decoding gives what the strict reader gives, or leaves it to it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dateline.files.reading import MalformedError, converted, decode_json, decode_json_as
from dateline.files.typed_json import decode_typed
from dateline.model import Argument, Event, Mention, Span, Struct
from dateline.predictions.prediction import Prediction


class Part(Struct, frozen=True, omit_defaults=True):
    id: str
    start: int = 0
    note: str | None = None
    tags: Mapping[str, str] = {}


class Whole(Struct, frozen=True):
    id: str
    score: float | None = None
    parts: tuple[Part, ...] = ()
    scores: Mapping[str, Mapping[str, float]] = {}


texts = st.sampled_from(
    [
        "",
        "a",
        "id",
        "12345678901234567890",
        "\\\\",
        '\\\\"',
        '"',
        "\u2028",
        "é",
        "\x00",
        "1e400",
        ": 1e999",
    ]
)
numbers = st.sampled_from([0, 1.0, 1.5, -3, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 1e300]) | (
    st.sampled_from(["1e400", "-1e999", "NaN", "01", "1.0e2"]).map(str.encode)
)
values = texts | numbers | st.booleans() | st.none()
tags = st.lists(st.tuples(texts, texts), max_size=2)
parts = st.lists(
    st.tuples(st.just("id"), texts)
    | st.tuples(st.just("start"), numbers)
    | st.tuples(st.just("note"), texts | st.none())
    | st.tuples(st.just("tags"), tags.map(dict) | tags),
    max_size=4,
)
scores = st.lists(st.tuples(texts, st.lists(st.tuples(texts, numbers), max_size=2)), max_size=2)
wholes = st.lists(
    st.tuples(st.just("id"), texts)
    | st.tuples(st.just("score"), numbers | st.none())
    | st.tuples(st.just("parts"), st.lists(parts, max_size=3).map(tuple))
    | st.tuples(st.just("scores"), scores)
    | st.tuples(texts, values),
    max_size=5,
)


def emitted(value: object, *, ascii_only: bool) -> str:
    """JSON in which lists of pairs are objects, so that keys may be repeated."""
    if isinstance(value, list):
        pairs = (
            f"{json.dumps(key, ensure_ascii=ascii_only)}: {emitted(item, ascii_only=ascii_only)}"
            for key, item in value
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, tuple):
        return "[" + ",".join(emitted(item, ascii_only=ascii_only) for item in value) + "]"
    if isinstance(value, bytes):
        return value.decode()
    return json.dumps(value, ensure_ascii=ascii_only)


def outcome(decode, content: bytes) -> object:
    try:
        return decode(content)
    except MalformedError:
        return MalformedError


@given(wholes, st.booleans(), st.booleans())
@example([("id", "a"), ("parts", ([("id", "b"), ("id", "c")],))], False, False)
@example([("id", "a"), ("id", "a")], False, False)
@example([("id", "a"), ("scores", [("a", [("b", 2**64)])])], False, False)
def test_typed_and_strict_decoding_agree(whole, ascii_only, hexadecimal):
    text = emitted(whole, ascii_only=ascii_only)
    if hexadecimal:
        text = text.replace('\\"', "\\u0022").replace("\\\\", "\\u005c")
    content = text.encode()
    strict = outcome(lambda some: converted(decode_json(some), Whole), content)
    assert outcome(lambda some: decode_json_as(some, Whole), content) == strict


@given(wholes, st.binary(max_size=3), st.integers(0, 200))
def test_damaged_text_is_left_to_the_strict_reader(whole, damage, position):
    content = emitted(whole, ascii_only=False).encode()
    content = content[:position] + damage + content[position:]
    strict = outcome(lambda some: converted(decode_json(some), Whole), content)
    assert outcome(lambda some: decode_json_as(some, Whole), content) == strict


def test_a_prediction_needs_no_other_reader():
    mention = Mention(
        id="m1", spans=(Span(start=0, end=4, text='"A"'),), type="X", attributes={}, entity=None
    )
    argument = Argument(role="R", mention="m1")
    event = Event(
        id="e1", trigger=mention.spans, type="Y", arguments=(argument,), attributes={}, cluster=None
    )
    prediction = Prediction(document="d", mentions=(mention,), events=(event,))
    for given_fields in (prediction, {"document": "d", "mentions": [mention]}):
        content = msgspec.json.encode(given_fields)
        assert decode_typed(content, Prediction) == converted(decode_json(content), Prediction)


def test_fields_with_their_default_may_be_stated():
    content = b'{"id": "a", "score": null, "parts": [{"id": "b", "start": 0, "tags": {}}]}'
    assert decode_typed(content, Whole) == converted(decode_json(content), Whole)


@pytest.mark.parametrize("kind", [Whole, list[Whole]])
def test_a_repeated_key_is_left_to_the_strict_reader(kind):
    content = b'{"id": "a", "parts": [{"id": "b", "id": "c"}]}'
    assert decode_typed(content if kind is Whole else b"[" + content + b"]", kind) is None


def test_values_that_may_be_nested_at_will_are_left_to_the_strict_reader():
    assert decode_typed(b'{"a": 1}', dict[str, object]) is None
