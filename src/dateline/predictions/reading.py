"""Reads JSON Lines, such as files of predictions: line by line, errors included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, converted, decode_json, read_byte_lines
from dateline.files.typed_json import decode_typed
from dateline.json_pointer import pointer_of
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem

T = TypeVar("T")

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes."""
BLANKS = b" \t\r"
"""What a blank line may have; other characters are not JSON."""

_PLACE = re.compile(r"(?P<message>.*) - at `\$(?P<path>.*)`", flags=re.S)
_STEP = re.compile(r"\.(?P<key>\w+)|\[(?P<position>\d+|\.\.\.)\]")


class JsonLine(NamedTuple, Generic[T]):
    """A line of a file: its number, its JSON value, and the value as a struct or what is wrong.

    ``value`` is None if the line is not JSON.
    """

    number: int
    value: Any
    read: T | PredictionProblem


def read_json_lines(
    path: Path, kind: type[T], longest: int = LONGEST_LINE, *, values: bool = True
) -> Iterator[JsonLine[T]]:
    """Yield each line that is not blank.

    Without ``values``, which is much faster, lines that fit have no JSON value. Holds one line in
    memory. ``longest`` is in bytes; a longer line is a problem. Raises
    DatelineError if the file cannot be read, is not UTF-8, or has no line.
    """
    empty = True
    for number, content in read_byte_lines(path, longest):
        if content is None:
            message = f"is longer than {longest:,} bytes"
            yield JsonLine(number, None, _rejected(number, message))
        elif content.strip(BLANKS):
            typed = None if values else decode_typed(content, kind)
            yield (
                _decoded(number, content, kind) if typed is None else JsonLine(number, None, typed)
            )
        else:
            continue
        empty = False
    if empty:
        raise InvalidInputError(f"{path}: is empty. Expected a JSON object on each line.")


def read_predictions(path: Path) -> Iterator[Prediction]:
    """Yield the predictions of a file.

    Raises InvalidInputError for the first line that has not the shape of a prediction.
    """
    for number, _, found in read_json_lines(path, Prediction, values=False):
        if isinstance(found, PredictionProblem):
            place = f"{found.pointer}: " if found.pointer else ""
            raise InvalidInputError(
                f"{path}, line {number}: {place}{found.message}. "
                f"Run `dateline check-predictions {path.name}` for all problems."
            )
        yield found


def as_prediction(value: Prediction | Mapping[str, Any], position: int) -> Prediction:
    """A prediction from a struct or a dict, at a position of a list of predictions.

    Raises InvalidInputError if it has not the shape of a prediction.
    """
    if isinstance(value, Prediction):
        return value
    try:
        return converted(value, Prediction)
    except MalformedError as error:
        pointer, message = _place_and_message(error)
        raise InvalidInputError(
            f"predictions[{position}]{pointer and ' '}{pointer}: {message}."
        ) from None


def _decoded(number: int, content: bytes, kind: type[T]) -> JsonLine[T]:
    try:
        value = decode_json(content)
    except MalformedError as error:
        place = error.problem.removeprefix("line 1, ").removeprefix("line 1: ")
        return JsonLine(number, None, _rejected(number, place))
    try:
        return JsonLine(number, value, converted(value, kind))
    except MalformedError as error:
        pointer, message = _place_and_message(error)
        return JsonLine(number, value, _rejected(number, message, pointer))


def _place_and_message(error: MalformedError) -> tuple[str, str]:
    """The JSON Pointer to the value that msgspec did not accept, and what it says about it."""
    found = _PLACE.fullmatch(str(error))
    if found is None:
        return "", str(error)
    steps = [step["key"] or step["position"] for step in _STEP.finditer(found["path"])]
    return pointer_of(steps), found["message"]


def _rejected(number: int, message: str, pointer: str = "") -> PredictionProblem:
    return PredictionProblem(
        line=number, effect="rejected", pointer=pointer, message=message, hint="Fix the line."
    )
