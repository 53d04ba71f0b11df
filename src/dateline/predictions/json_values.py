"""JSON values in lines of text: JSON Lines, and what language models put around them.

One line is one value. Read with a warning, because it is clear what is meant: code fences, lines of
prose, prose around an object on a line, a value over several lines, and a list of objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from dateline.errors import InvalidInputError
from dateline.files.lines import read_byte_lines
from dateline.files.opening import file_title
from dateline.files.reading import MalformedError, decode_json, decode_text
from dateline.predictions.problems import PredictionProblem

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes."""
BLANKS = b" \t\r"
"""What a blank line may have; other characters are not JSON."""

_FENCE = re.compile(rb"\s*(`{3,}|~{3,})\s*\w*\s*")
_BRACKET = re.compile(rb"[{}\[\]]")
_CLOSING = {b"{": b"}", b"[": b"]"}
_PLACE = re.compile(r"line (\d+), ")


class Line(NamedTuple):
    """A line with its number; without ``content`` it is too long. It may have a struct already."""

    number: int
    content: bytes | None
    struct: Any = None


Typed: TypeAlias = Callable[[Iterable[Line]], Iterator[Line]]
"""Makes structs of lines, of as many as it can."""


class JsonValue(NamedTuple):
    """A value, the number of the line that it begins on, and the value as a struct if it was made.

    If there is a struct, ``value`` is None.
    """

    number: int
    value: Any
    struct: Any = None


def read_json_values(
    path: Path, longest: int = LONGEST_LINE, typed: Typed | None = None
) -> Iterator[JsonValue | PredictionProblem]:
    """Yield the values of a file, and a problem for each line without one that is not blank.

    ``typed`` makes structs of lines, much faster than values. A problem is rejected, or a warning
    about text that is skipped. Without ``typed``, holds one value in memory, of at most ``longest``
    bytes. Raises DatelineError if the file cannot be read, is not UTF-8, or has no JSON.
    """
    lines: Iterator[Line] = (Line(*found) for found in read_byte_lines(path, longest))
    if typed is not None:
        lines = typed(lines)
    skipped: list[int] = []
    empty = True
    for number, content, struct in lines:
        if struct is not None:
            yield from _note_of_skipped(skipped)
            empty, skipped = False, []
            yield JsonValue(number, None, struct)
            continue
        if content is not None and (not content.strip(BLANKS) or _is_text(content)):
            skipped += [number] if content.strip(BLANKS) else []
            continue
        yield from _note_of_skipped(skipped)
        empty, skipped = False, []
        if content is None:
            yield rejected(number, f"is longer than {longest:,} bytes")
            continue
        found, read_too_far = _values(number, content, lines, longest)
        yield from found
        lines = chain(read_too_far, lines)
    if empty:
        what = "has no JSON" if skipped else "is empty"
        raise InvalidInputError(f"{file_title(path)}: {what}. Expected a JSON object on each line.")
    yield from _note_of_skipped(skipped)


def rejected(number: int, message: str, pointer: str = "", hint: str = "") -> PredictionProblem:
    """A problem that keeps a line from being used."""
    return PredictionProblem(
        line=number, effect="rejected", pointer=pointer, message=message, hint=hint
    )


def warning(number: int, message: str, hint: str = "") -> PredictionProblem:
    """A warning about a line."""
    return PredictionProblem(line=number, effect="warning", message=message, hint=hint)


def _is_text(content: bytes) -> bool:
    """Whether a line is a code fence, or prose that cannot be a broken part of JSON."""
    if _FENCE.fullmatch(content):
        return True
    if _BRACKET.search(content):
        return False
    try:
        decode_json(content)
    except MalformedError:
        pass
    else:
        return False
    try:
        return decode_text(content).isprintable()
    except MalformedError:
        return False


def _note_of_skipped(numbers: list[int]) -> Iterator[PredictionProblem]:
    if numbers:
        first, last = numbers[0], numbers[-1]
        which = "is" if first == last else f"to line {last}: are"
        yield warning(first, f"{which} not JSON and skipped")


def _values(
    number: int, content: bytes, lines: Iterator[Line], longest: int
) -> tuple[list[JsonValue | PredictionProblem], list[Line]]:
    """The values that begin on a line, and following lines that turned out not to belong to it."""
    try:
        return list(_split(number, decode_json(content))), []
    except MalformedError as error:
        problem = error.problem
    if inner := _object_in_text(content):
        note = warning(number, "the text around the JSON object is skipped")
        return [note, JsonValue(number, inner)], []
    if "ends within" in problem:
        whole, others = _block(content, lines, longest)
        if whole is not None:
            return list(_value_of_block(number, whole)), []
        return [_malformed(number, problem, content)], others
    return [_malformed(number, problem, content)], []


def _split(number: int, value: Any) -> Iterator[JsonValue | PredictionProblem]:
    """The objects of a list, or the value itself."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield warning(number, f"a list of {len(value)} objects is read as if each had a line")
        yield from (JsonValue(number, item) for item in value)
    else:
        yield JsonValue(number, value)


def _object_in_text(content: bytes) -> Any:
    """The object between the first and the last brace of a line, if it is one."""
    start, end = content.find(b"{"), content.rfind(b"}") + 1
    if not 0 <= start < end or (start, end) == (0, len(content)):
        return None
    try:
        return decode_json(content[start:end])
    except MalformedError:
        return None


def _block(first: bytes, lines: Iterator[Line], longest: int) -> tuple[bytes | None, list[Line]]:
    """A value over several lines, as programs indent it; None if the lines are no such value.

    It ends where its closing bracket has the indentation of its first line. Also returns the lines
    that were read for nothing.
    """
    indentation = len(first) - len(first.lstrip())
    closing = _CLOSING.get(first.lstrip()[:1])
    collected: list[Line] = []
    size = len(first)
    for line in lines:
        collected.append(line)
        content = line.content
        if content is None or closing is None:
            break
        stripped = content.lstrip()
        size += len(content) + 1
        if size > longest or (stripped and len(content) - len(stripped) < indentation):
            break
        if len(content) - len(stripped) == indentation and stripped:
            if stripped.rstrip() != closing:
                break
            return _joined(first, collected), []
    else:
        # The value is cut off at the end of the file; its lines are no values of their own.
        return _joined(first, collected), []
    return None, collected


def _joined(first: bytes, lines: list[Line]) -> bytes:
    return b"\n".join((first, *(line.content for line in lines if line.content is not None)))


def _value_of_block(number: int, content: bytes) -> Iterator[JsonValue | PredictionProblem]:
    try:
        value = decode_json(content)
    except MalformedError as error:
        place = _PLACE.match(error.problem)
        line = number + int(place[1]) - 1 if place else number
        yield rejected(line, _PLACE.sub("", error.problem, count=1))
        return
    last = number + content.count(b"\n")
    yield warning(number, f"the lines up to {last} are read as one JSON value")
    yield from _split(number, value)


def _malformed(number: int, problem: str, content: bytes) -> PredictionProblem:
    place = problem.removeprefix("line 1, ").removeprefix("line 1: ")
    if content.lstrip().startswith(b"{'"):
        hint = "It looks like a Python dict; write JSON, as `json.dumps` does."
        return rejected(number, place, hint=hint)
    return rejected(number, place)
