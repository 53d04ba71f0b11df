"""Readers of files: what they refuse, and that nothing crashes them."""

from __future__ import annotations

import contextlib
import json
import os

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dateline.errors import DatelineError, InvalidInputError, NotFoundError
from dateline.files.lines import lines_of
from dateline.files.reading import (
    DEPTH,
    MalformedError,
    decode_json,
    decode_json_items,
    decode_toml,
    decode_yaml,
    read_json,
)

DEEP = 100_000


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"claims": [1],\n "claims": []}', 'detected duplicate key "claims"'),
        (b'{"a": {"b": 1, "b": 2}}', 'duplicate key "b"'),
        (b'{"a": NaN}', "line 1, column 7: NaN is not a number in JSON"),
        (b'{"a": 1e400}', "/a: the number is too large"),
        (b'{"a": [1, 99999999999999999999]}', "/a/1: the number is too large"),
        (b"9" * 5000, "number out of range"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b'{"a": [1', "line 1, column 8: ends within a list"),
        (b'{"a": "b', "line 1, column 8: ends within a string"),
        (b"[" * DEEP, f"is nested deeper than {DEPTH} levels"),
        (b"[" * 150 + b"]" * 150, f"is nested deeper than {DEPTH} levels"),
        (b'{"a":' * DEEP, f"is nested deeper than {DEPTH} levels"),
        (b'\xef\xbb\xbf{"a": 1}', "starts with a byte order mark; save it as UTF-8 without one"),
        ('{"a": 1}'.encode("utf-16"), "is UTF-16 or UTF-32; save it as UTF-8"),
        (b'{"a": "\xff"}', "line 1: byte 0xff at position 7 is not UTF-8"),
        (rb'{"a": "\ud800 "}', "line 1, column"),
        (b'{"a": 1} x', "line 1, column 10: trailing characters"),
    ],
)
def test_json_that_a_lenient_parser_would_change_is_refused(content, problem):
    with pytest.raises(MalformedError) as caught:
        decode_json(content)
    assert problem in caught.value.problem


def test_a_message_quotes_the_place_and_counts_characters():
    with pytest.raises(MalformedError) as caught:
        decode_json('{"é": 1, "ü": x}'.encode())
    assert caught.value.problem.startswith("line 1, column 15:")
    assert '"ü": x' in caught.value.quote


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(json_values)
def test_what_json_can_say_is_read_as_it_is(value):
    assert decode_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a = 1\na = 2", "is not TOML: Cannot overwrite a value"),
        (b"a = " + b"9" * 5000, "is not TOML: line 1: the number is too large"),
        (b"a." * DEEP + b"a = 1", f"is nested deeper than {DEPTH} levels"),
        (b"[a" + b" . 'a'" * DEEP + b"]", f"is nested deeper than {DEPTH} levels"),
        (b"a = " + b"[" * DEEP, f"is nested deeper than {DEPTH} levels"),
        (b"a = 2025-02-30", "is not TOML"),
        (b"\xef\xbb\xbfa = 1", "byte order mark"),
        (b'x = 1\na = "\xff"', "line 2: byte 0xff at position 11 is not UTF-8"),
    ],
)
def test_toml_that_cannot_be_read_is_explained(content, problem):
    with pytest.raises(MalformedError) as caught:
        decode_toml(content)
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"title: x\ndate: 2025-02-30", "line 2, column 7: '2025-02-30': day is out of range"),
        (b"a: 1\na: 2", "line 2, column 1: the key 'a' is repeated"),
        (b"a: &x [1]\nb: *x", "line 2, column 4: aliases are not read"),
        (b"a: " + b"[" * 5000, f"is nested deeper than {DEPTH} levels"),
        (b"a: !!python/object:os.system x", "could not determine a constructor"),
        (b"a: [1", "line 1"),
        (b"a: " + b"9" * 5000, "Exceeds the limit"),
    ],
)
def test_yaml_that_cannot_be_read_is_explained(content, problem):
    with pytest.raises(MalformedError) as caught:
        decode_yaml(content)
    assert problem in caught.value.problem


@given(st.sampled_from([decode_json, decode_toml, decode_yaml]), st.binary(max_size=200))
def test_no_bytes_crash_a_reader(decode, content):
    with contextlib.suppress(MalformedError):
        decode(content)


YAML_PARTS = st.sampled_from(
    ["a", ": ", ":", "- ", "\n", "  ", "[", "]", "{", "}", ",", "'", '"', "|", ">", "-", "#", " #", "1",
     "null", "2020-01-01", "!!str ", "!", "? ", "%", "\t", "\u2028", "\x85", "\ufeff", "---\n", "<<: "]
)  # fmt: skip


@given(st.lists(YAML_PARTS, max_size=9).map("".join))
def test_yaml_is_read_as_by_the_parser_in_python(text):
    with contextlib.suppress(MalformedError):
        found = decode_yaml(text.encode())
        assert repr(found) == repr(yaml.safe_load(text))


def test_lines_end_at_line_feeds_only():
    text = "\ufeffone\r\ntwo\x0ctwo\u2028two\x85two\n\nfour"
    assert list(lines_of(text)) == [
        (1, "one"), (2, "two\x0ctwo\u2028two\x85two"), (3, ""), (4, "four"),
    ]  # fmt: skip


def test_only_regular_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    for name, error in (
        ("pipe.json", InvalidInputError),
        (".", InvalidInputError),
        ("missing.json", NotFoundError),
    ):
        with pytest.raises(error, match=name.replace(".", r"\.")):
            read_json(tmp_path / name if name != "." else tmp_path)


def test_the_message_names_the_file(tmp_path):
    path = tmp_path / "d.json"
    path.write_bytes(b'{"a": 1, "a": 2}')
    with pytest.raises(DatelineError, match=r"d\.json: line 1, column 1\d: detected duplicate key"):
        read_json(path)


@given(st.lists(st.recursive(st.none() | st.integers(-9, 9) | st.text(), st.lists)))
def test_the_items_of_an_array_are_those_of_the_whole(items: list[object]):
    content = json.dumps(items, ensure_ascii=False).encode("utf-8", "replace")
    found = [decode_json(item) for item in decode_json_items(content)]
    assert found == decode_json(content)


@pytest.mark.parametrize("content", [b"", b"{}", b"7", b"[1,]", b"[1", b"[" * 100_000, b"[NaN]"])
def test_items_are_read_of_an_array_only(content: bytes):
    with pytest.raises(MalformedError):
        decode_json_items(content)
