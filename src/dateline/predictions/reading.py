"""Reads predictions and other structs from JSON Lines, errors and warnings included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from dateline.annotations.former_format import upgraded_annotation
from dateline.errors import InvalidInputError
from dateline.files.opening import file_title
from dateline.files.reading import MalformedError, converted
from dateline.files.typed_json import decode_typed
from dateline.json_pointer import pointer_of
from dateline.model import FORMER_VERSION
from dateline.predictions.extra_fields import CONFIDENCE, without_extras
from dateline.predictions.json_values import LONGEST_LINE, read_json_values, rejected
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem

T = TypeVar("T")

Found: TypeAlias = "Prediction | PredictionProblem"
"""A prediction, or a warning about what was read."""

_PLACE = re.compile(r"(?P<message>.*) - at `\$(?P<path>.*)`", flags=re.S)
_STEP = re.compile(r"\.(?P<key>\w+)|\[(?P<position>\d+|\.\.\.)\]")


class JsonLine(NamedTuple, Generic[T]):
    """A value of a file: the number of its line, its JSON value, and the value as a struct.

    ``read`` is None if the value has not the shape of that struct, which ``misfit`` explains, or if
    ``problems`` has rejections. A line without a value has problems only.
    """

    number: int
    value: Any
    read: T | None
    problems: tuple[PredictionProblem, ...] = ()
    misfit: PredictionProblem | None = None

    @property
    def rejection(self) -> PredictionProblem | None:
        """The first reason not to use the line."""
        rejections = (problem for problem in self.problems if problem.effect == "rejected")
        return next(rejections, self.misfit)


def read_json_lines(
    path: Path, kind: type[T], longest: int = LONGEST_LINE, *, values: bool = True
) -> Iterator[JsonLine[T]]:
    """Yield each value of a file; see `read_json_values`.

    Without ``values``, which is much faster, lines that fit have no JSON value.
    """
    typed = None if values else partial(decode_typed, kind=kind)
    for found in read_json_values(path, longest, typed):
        if isinstance(found, PredictionProblem):
            yield JsonLine(found.line or 0, None, None, (found,))
        elif found.struct is not None:
            yield JsonLine(found.number, None, found.struct)
        else:
            yield _as_struct(found.number, found.value, kind)


def read_prediction_lines(path: Path, *, values: bool = True) -> Iterator[JsonLine[Prediction]]:
    """Yield each prediction of a file; see `read_json_values`.

    The JSON values have the fields of annotations only. Without ``values``, which is much faster,
    lines that fit have no JSON value.
    """
    for found in read_json_values(path, typed=None if values else _typed_prediction):
        if isinstance(found, PredictionProblem):
            yield JsonLine(found.line or 0, None, None, (found,))
        elif found.struct is not None:
            yield JsonLine(found.number, None, found.struct)
        else:
            yield prediction_line(found.number, found.value)


def read_predictions(path: Path) -> Iterator[Found]:
    """Yield the predictions of a file, and warnings.

    Raises InvalidInputError for the first line that has not the shape of a prediction.
    """
    for line in read_prediction_lines(path, values=False):
        if problem := line.rejection:
            place = f"{problem.pointer}: " if problem.pointer else ""
            raise InvalidInputError(
                f"{file_title(path)}, line {problem.line}: {place}{problem.message}. "
                f"{problem.hint and f'{problem.hint} '}"
                f"Run `dateline check-predictions {path.name}` for all problems."
            )
        yield from line.problems
        if line.read is not None:
            yield line.read


def prediction_line(number: int, value: Any) -> JsonLine[Prediction]:
    """A prediction from a JSON value, which the result has without fields that are not read."""
    value = _upgraded(value)
    if not (isinstance(value, dict) and CONFIDENCE in value):
        # Most predictions have no other fields, and need not be searched for them.
        with_all = _as_struct(number, value, Prediction)
        if with_all.read is not None:
            return with_all
    kept, confidence, problems = without_extras(value, number)
    if any(problem.effect == "rejected" for problem in problems):
        return JsonLine(number, kept, None, problems)
    line = _as_struct(number, kept, Prediction)
    if line.read is None:
        return line._replace(problems=problems)
    named = tuple(msgspec.structs.replace(p, document=line.read.document) for p in problems)
    read = msgspec.structs.replace(line.read, confidence=confidence) if confidence else line.read
    return line._replace(read=read, problems=named)


def _upgraded(value: Any) -> Any:
    """A prediction in format 1.0, whose entities have one ``link``, in the present format."""
    entities = value.get("entities") if isinstance(value, dict) else None
    if isinstance(entities, list) and any(isinstance(e, dict) and "link" in e for e in entities):
        upgraded = upgraded_annotation({**value, "schema_version": FORMER_VERSION})
        return {name: found for name, found in upgraded.items() if name != "schema_version"}
    return value


def as_prediction(value: Prediction | Mapping[str, Any], position: int) -> Iterator[Found]:
    """A prediction from a struct or a dict, at a position of a list of predictions; and warnings.

    Raises InvalidInputError if it has not the shape of a prediction.
    """
    if isinstance(value, Prediction):
        yield value
        return
    line = prediction_line(0, value)
    if problem := line.rejection:
        place = f" {problem.pointer}" if problem.pointer else ""
        raise InvalidInputError(f"predictions[{position}]{place}: {problem.message}.")
    yield from line.problems
    if line.read is not None:
        yield line.read


def _typed_prediction(content: bytes) -> Prediction | None:
    found = decode_typed(content, Prediction)
    # In files, confidence is a field of items, not of the prediction.
    return None if found is None or found.confidence else found


def _as_struct(number: int, value: Any, kind: type[T]) -> JsonLine[T]:
    try:
        return JsonLine(number, value, converted(value, kind))
    except MalformedError as error:
        pointer, message = _place_and_message(error)
        return JsonLine(number, value, None, misfit=rejected(number, message, pointer))


def _place_and_message(error: MalformedError) -> tuple[str, str]:
    """The JSON Pointer to the value that msgspec did not accept, and what it says about it."""
    found = _PLACE.fullmatch(str(error))
    if found is None:
        return "", str(error)
    steps = [step["key"] or step["position"] for step in _STEP.finditer(found["path"])]
    return pointer_of(steps), found["message"]
