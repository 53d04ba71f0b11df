"""Reads JSON Lines, such as files of predictions: line by line, errors included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dateline.errors import InvalidInputError, NotFoundError
from dateline.json_pointer import pointer_of
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem

T = TypeVar("T")

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes; a longer line is skipped."""

_PLACE = re.compile(r"(?P<message>.*) - at `\$(?P<path>.*)`", flags=re.S)
_STEP = re.compile(r"\.(?P<key>\w+)|\[(?P<position>\d+|\.\.\.)\]")


def read_json_lines(
    path: Path, kind: type[T]
) -> Iterator[tuple[int, bytes, T | PredictionProblem]]:
    """Yield each line that is not blank: its number, its bytes, and its value or what is wrong.

    Holds one line in memory. Raises DatelineError if the file cannot be opened or has no line.
    """
    decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
    empty = True
    try:
        with path.open("rb") as file:
            for number, content in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
                too_long = len(content) > LONGEST_LINE
                rest = content
                while too_long and rest and not rest.endswith(b"\n"):
                    rest = file.readline(LONGEST_LINE)
                if too_long:
                    empty = False
                    message = f"is longer than {LONGEST_LINE // 1024**2} MB"
                    yield number, b"", _rejected(number, message)
                elif content.strip():
                    empty = False
                    value: T | PredictionProblem = _decoded(number, content, decoder)
                    yield number, content, value
    except FileNotFoundError:
        raise NotFoundError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}.") from None
    if empty:
        raise InvalidInputError(f"{path}: is empty. Expected a JSON object on each line.")


def read_predictions(path: Path) -> Iterator[Prediction]:
    """Yield the predictions of a file.

    Raises InvalidInputError for the first line that has not the shape of a prediction.
    """
    for number, _, found in read_json_lines(path, Prediction):
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
        return msgspec.convert(value, Prediction)
    except msgspec.ValidationError as error:
        pointer, message = _place_and_message(error)
        raise InvalidInputError(
            f"predictions[{position}]{pointer and ' '}{pointer}: {message}."
        ) from None


def _decoded(
    number: int, content: bytes, decoder: msgspec.json.Decoder[T]
) -> T | PredictionProblem:
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as error:
        pointer, message = _place_and_message(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        pointer, message = "", f"is not JSON: {error}"
        try:
            content.decode()
        except UnicodeDecodeError as wrong:
            message = f"is not UTF-8: {wrong.reason} at byte {wrong.start}"
    return _rejected(number, message, pointer)


def _place_and_message(error: msgspec.ValidationError) -> tuple[str, str]:
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
