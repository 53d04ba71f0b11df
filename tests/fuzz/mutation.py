"""Mutations of files: of their values, and of their bytes."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from typing import Any

JUNK = [
    None, True, -1, 0, 1.5, "", "x", "#/$defs/nowhere", "http://example.org/schema", "\x00\u2028",
    [], ["a", 1], [[]], {}, {"$ref": 7}, {"$ref": "#"}, {"$ref": "#/$defs/event"}, {"const": []},
    {"oneOf": {}}, {"oneOf": [{"const": 1}]}, {"pattern": "(a+)+("}, {"type": "nothing"},
]  # fmt: skip
"""Values that break schemas, and most other files too."""

VALUES = [
    *JUNK, 2**63, 2**64, -(2**63) - 1, 1e308, 3.0, False, "../../x", "a\n", "\ud83d\ude00", "\u202e",
    "2025-02-30", "2025-13-01T99:99:99Z", "x" * 300, {"a": {"a": []}}, [None], "\u0000", "café", " ",
]  # fmt: skip

PIECES = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", "\u2028".encode(), "\u0085".encode(),
    b"\r", b"\n", b"\r\n", b"\t", b"\x0c", b"\x1b[31m", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",",
    b":", b"=", b"#", b"<b>", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 5000,
    b'{"a":' * 5000, b"a." * 2000, b"\\ud800", b"\\u0000", b"&a *a", b"!!python/object", b"<<: *a",
    b"nan", b"2025-02-30", b"1979-05-27T07:32:00", b'""', b"''", b"null", b"true", b"0x10", b"1_000",
    "e\u0301\u0301".encode(), "\u202e\u200d".encode(), "😀".encode(), b"Rep. ", b'?" Al said ',
]  # fmt: skip


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key or position in it."""
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    for key in list(keys):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


def changed(value: Any, chance: random.Random, junk: list[Any] = JUNK) -> Any:
    """The value with one part removed, renamed, doubled or replaced."""
    value = copy.deepcopy(value)
    node, key = chance.choice(list(places(value)))
    match chance.choice(("replace", "replace", "remove", "double", "rename")):
        case "replace":
            node[key] = copy.deepcopy(chance.choice(junk))
        case "remove":
            del node[key]
        case "double" if isinstance(node, list):
            node.append(copy.deepcopy(node[key]))
        case _ if isinstance(node, dict):
            node[f"{key}s"] = node.pop(key)
    return value


def changed_json(content: bytes, chance: random.Random) -> bytes:
    """JSON with another value, a number that moved, a repeated key, or other bytes."""
    kind = chance.random()
    if kind < 0.5:
        value = changed(json.loads(content), chance, VALUES)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if kind < 0.65:
        return _with_another_number(content, chance)
    if kind < 0.75:
        return _with_repeated_key(content, chance)
    return changed_bytes(content, chance)


def changed_lines(content: bytes, chance: random.Random) -> bytes:
    """JSON Lines of which one is changed, repeated or removed."""
    lines = content.splitlines(keepends=True)
    position = chance.randrange(len(lines))
    match chance.choice(("change", "change", "change", "repeat", "remove", "bytes")):
        case "change":
            lines[position] = changed_json(lines[position], chance) + b"\n"
        case "repeat":
            lines.append(lines[position])
        case "remove":
            del lines[position]
        case _:
            return changed_bytes(content, chance)
    return b"".join(lines)


def changed_text(content: bytes, chance: random.Random) -> bytes:
    """Text with a value after "=" or ":" replaced, a line repeated, or other bytes."""
    if chance.random() < 0.4:
        return changed_bytes(content, chance)
    lines = content.splitlines(keepends=True)
    position = chance.randrange(len(lines))
    match chance.choice(("value", "value", "repeat", "remove", "key", "move")):
        case "value":
            literal = json.dumps(chance.choice(VALUES), ensure_ascii=False)
            name, sign, _ = re.split(rb"([=:]\s*|$)", lines[position], maxsplit=1)
            lines[position] = name + sign + literal.encode("utf-8", "surrogatepass") + b"\n"
        case "repeat":
            lines.insert(position, lines[position])
        case "remove":
            del lines[position]
        case "key":
            lines[position] = b"x" + lines[position]
        case _:
            lines.insert(chance.randrange(len(lines)), lines.pop(position))
    return b"".join(lines)


def changed_bytes(content: bytes, chance: random.Random) -> bytes:
    """The content cut, with pieces inserted or exchanged, or in another encoding."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        start = chance.randrange(len(content) + 1)
        end = min(start + chance.choice((0, 1, 1, 5, 50)), len(content))
        match chance.choice(("insert", "insert", "replace", "remove", "cut", "copy", "encode")):
            case "insert":
                content = content[:start] + chance.choice(PIECES) + content[start:]
            case "replace":
                content = content[:start] + chance.choice(PIECES) + content[end:]
            case "remove":
                content = content[:start] + content[end:]
            case "cut":
                content = content[:start]
            case "copy":
                content = content[:start] + content[start:end] * 2 + content[end:]
            case _ if chance.random() < 0.2:
                encoding = chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig"))
                content = content.decode("utf-8", "replace").encode(encoding, "replace")
    return content


def _with_another_number(content: bytes, chance: random.Random) -> bytes:
    numbers = list(re.finditer(rb"(?<=[:\[, ])\d+(?=[,\]}\s])", content))
    if not numbers:
        return content
    number = chance.choice(numbers)
    value = int(number[0])
    other = chance.choice((value + 1, value - 1, -value, value * 1000, f"{value}.0", f"{value}e0"))
    return content[: number.start()] + str(other).encode() + content[number.end() :]


def _with_repeated_key(content: bytes, chance: random.Random) -> bytes:
    keys = list(re.finditer(rb'"[a-z_]+"\s*:', content))
    if not keys:
        return content
    key = chance.choice(keys)
    return content[: key.start()] + key[0] + b" null, " + content[key.start() :]
