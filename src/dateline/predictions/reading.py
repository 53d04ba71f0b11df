"""Reads predictions and other structs from JSON Lines, errors and warnings included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from dateline.annotations.former_format import upgraded_annotation
from dateline.errors import DatelineError, InvalidInputError
from dateline.files.opening import file_title
from dateline.files.reading import MalformedError, converted
from dateline.files.typed_json import decode_typed
from dateline.json_pointer import pointer_of
from dateline.model import FORMER_VERSION
from dateline.ontology.labels import Ontology
from dateline.predictions.extra_fields import CONFIDENCE, without_extras
from dateline.predictions.json_values import (
    LONGEST_LINE,
    JsonValue,
    Line,
    read_json_values,
    rejected,
)
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.rendering.suggestions import sentences

if TYPE_CHECKING:
    from dateline.predictions.rows.table import PredictionRow

T = TypeVar("T")

Predicted: TypeAlias = "Prediction | PredictionRow"
"""A prediction, as a struct or as a row of a table."""

Found: TypeAlias = "Predicted | PredictionProblem"
"""A prediction, or a warning about what was read."""

BLOCK = 2 * 1024 * 1024
"""Bytes of lines that are read at once."""

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
    typed = None if values else partial(_one_by_one, decode=partial(decode_typed, kind=kind))
    for found in read_json_values(path, longest, typed):
        if isinstance(found, PredictionProblem):
            yield JsonLine(found.line or 0, None, None, (found,))
        elif found.struct is not None:
            yield JsonLine(found.number, None, found.struct)
        else:
            yield _as_struct(found.number, found.value, kind)


def read_prediction_lines(path: Path) -> Iterator[JsonLine[Prediction]]:
    """Yield each prediction of a file; see `read_json_values`.

    The JSON values have the fields of annotations only.
    """
    for found in read_json_values(path):
        if isinstance(found, PredictionProblem):
            yield JsonLine(found.line or 0, None, None, (found,))
        else:
            yield prediction_line(found.number, found.value)


class PredictionFile:
    """The predictions of a file, and warnings, one after the other.

    With an ``ontology``, predictions may be rows of blocks of at least ``block`` bytes, which are
    read faster. ``line`` is that of the last one, and ``lines`` are those of the documents so far.
    """

    def __init__(self, path: Path, ontology: Ontology | None = None, block: int = BLOCK) -> None:
        self._path, self._ontology, self._block = path, ontology, block
        self.line = 0
        self.lines: dict[str, int] = {}

    @property
    def title(self) -> str:
        """What messages call the file."""
        return file_title(self._path)

    def __iter__(self) -> Iterator[Found]:
        """Raises InvalidInputError for the first line that has not the shape of a prediction."""
        for line, found in _numbered(self._path, self._ontology, self._block):
            self.line = line
            if not isinstance(found, PredictionProblem):
                self.lines.setdefault(found.document, self.line)
            yield found

    def located(self, problem: PredictionProblem) -> PredictionProblem:
        """The problem with file and line."""
        line = problem.line or self.lines.get(problem.document)
        return msgspec.structs.replace(problem, file=self.title, line=line)


def _numbered(path: Path, ontology: Ontology | None, block: int) -> Iterator[tuple[int, Found]]:
    """The predictions of a file, and warnings, each with its line.

    Raises InvalidInputError for the first line that has not the shape of a prediction.
    """
    typed = (
        partial(_one_by_one, decode=_typed_prediction)
        if ontology is None
        else partial(_in_blocks, ontology=ontology, size=block)
    )
    for found in read_json_values(path, typed=typed):
        if isinstance(found, JsonValue) and found.struct is not None:
            yield found.number, found.struct
            continue
        if isinstance(found, PredictionProblem):
            line = JsonLine[Prediction](found.line or 0, None, None, (found,))
        else:
            line = prediction_line(found.number, found.value)
        if problem := line.rejection:
            place = f"{problem.pointer}: " if problem.pointer else ""
            raise InvalidInputError(
                f"{file_title(path)}, line {problem.line}: {place}"
                f"{sentences(problem.message, problem.hint)} "
                f"Run `dateline check-predictions {path.name}` for all problems."
            )
        yield from ((line.number, problem) for problem in line.problems)
        if line.read is not None:
            yield line.number, line.read


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
        raise InvalidInputError(
            f"predictions[{position}]{place}: {sentences(problem.message, problem.hint)}"
        )
    yield from line.problems
    if line.read is not None:
        yield line.read


def _one_by_one(lines: Iterable[Line], decode: Callable[[bytes], Any]) -> Iterator[Line]:
    for number, content, _ in lines:
        yield Line(number, content, None if content is None else decode(content))


def _in_blocks(lines: Iterable[Line], ontology: Ontology, size: int) -> Iterator[Line]:
    """Lines with rows of a block, or with structs where the block is small or unusual."""
    schema = None
    for block in _blocks(lines, size):
        contents = [line.content for line in block if line.content is not None]
        table = None
        if len(contents) == len(block) and sum(map(len, contents)) >= size:
            # Importing Arrow takes as long as reading a small file.
            from dateline.predictions.rows.schema import prediction_schema  # noqa: PLC0415
            from dateline.predictions.rows.table import (  # noqa: PLC0415
                RowBlock,
                read_rows,
            )

            schema = schema or prediction_schema(ontology)
            table = read_rows(contents, schema)
        if table is None:
            yield from _one_by_one(block, _typed_prediction)
            continue
        for line, row in zip(block, RowBlock(table, contents).rows(), strict=True):
            yield Line(line.number, line.content, row)


def _blocks(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """Lines in blocks of ``size`` bytes; what was read before an error is a block."""
    block: list[Line] = []
    length = 0
    try:
        for line in lines:
            block.append(line)
            length += len(line.content or b"")
            if length >= size:
                yield block
                block, length = [], 0
    except DatelineError:
        yield block
        raise
    yield block


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
