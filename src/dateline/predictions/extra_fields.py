"""Fields of predictions that the shapes of an annotation do not have: confidence, and others.

``confidence`` is read from items. Other fields are ignored with a warning, unless their name looks
like a misspelled one, because then a part of the prediction would be lost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from msgspec import inspect

from dateline.json_pointer import pointer_of
from dateline.model import Argument, Claim, Event, Mention, Relation
from dateline.predictions.json_values import rejected
from dateline.predictions.prediction import Prediction
from dateline.predictions.problems import PredictionProblem
from dateline.rendering.suggestions import most_similar

CONFIDENCE = "confidence"
CONFIDENT = (Mention, Event, Argument, Claim, Relation)
"""Items that may have a confidence."""

_SIMILAR = 0.8


class WithoutExtras(NamedTuple):
    """A prediction's value with the fields of annotations only, and what was taken out.

    ``confidence`` has the numbers by JSON Pointer. ``problems`` are warnings about ignored fields,
    one for each kind of place, and rejections.
    """

    value: Any
    confidence: Mapping[str, float]
    problems: tuple[PredictionProblem, ...]


def without_extras(value: Any, line: int = 0) -> WithoutExtras:
    """Take the fields out of a prediction that an annotation does not have."""
    found = _Extras(line)
    kept = found.kept(value, _prediction_type(), ())
    problems = tuple(found.problems.values())
    return WithoutExtras(kept, found.confidence, problems)


@cache
def _prediction_type() -> inspect.Type:
    return inspect.type_info(Prediction)


class _Extras:
    """Walks through a value along a type."""

    def __init__(self, line: int) -> None:
        self._line = line
        self.confidence: dict[str, float] = {}
        self.problems: dict[tuple[object, ...], PredictionProblem] = {}
        self._fields: dict[type, Mapping[str, inspect.Type]] = {}

    def kept(self, value: Any, kind: inspect.Type, path: tuple[str | int, ...]) -> Any:
        if isinstance(kind, inspect.UnionType):
            structured = (inspect.StructType, inspect.VarTupleType)
            kinds = [option for option in kind.types if isinstance(option, structured)]
            return self.kept(value, kinds[0], path) if kinds else value
        if isinstance(kind, inspect.VarTupleType) and isinstance(value, list | tuple):
            return [
                self.kept(item, kind.item_type, (*path, position))
                for position, item in enumerate(value)
            ]
        if isinstance(kind, inspect.StructType) and isinstance(value, dict):
            return self._fields_kept(value, kind, path)
        return value

    def _fields_kept(
        self, value: Mapping[Any, Any], kind: inspect.StructType, path: tuple[str | int, ...]
    ) -> Mapping[Any, Any]:
        if kind.cls not in self._fields:
            self._fields[kind.cls] = {field.encode_name: field.type for field in kind.fields}
        fields = self._fields[kind.cls]
        kept = {}
        for name, item in value.items():
            if name == CONFIDENCE and kind.cls in CONFIDENT:
                self._read_confidence(item, path)
            elif name in fields and (path or name != CONFIDENCE):
                kept[name] = self.kept(item, fields[name], (*path, name))
            else:
                self._report(name, item, path, [field for field in fields if field not in value])
        return kept

    def _read_confidence(self, value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            self.confidence[pointer_of(path)] = float(value)
        elif value is not None:
            pointer = pointer_of((*path, CONFIDENCE))
            message = f"expected a finite number or null, got {value!r:.40}"
            self.problems[(pointer,)] = rejected(self._line, message, pointer)

    def _report(
        self, name: Any, value: Any, path: tuple[str | int, ...], missing: list[str]
    ) -> None:
        key = (*(step for step in path if isinstance(step, str)), name)
        pointer = pointer_of((*path, name))
        similar = _similar(str(name), missing)
        if similar:
            hint = f'Did you mean "{similar}"? Rename or remove it.'
            message = "is not a field of predictions"
            self.problems[(pointer,)] = rejected(self._line, message, pointer, hint)
        elif key not in self.problems:
            hint = ""
            if path and isinstance(value, int | float):
                hint = f'Name it "{CONFIDENCE}" if it says how sure the system is of the item.'
            self.problems[key] = PredictionProblem(
                line=self._line or None,
                effect="warning",
                pointer=pointer,
                message="is not a field of predictions and is ignored",
                hint=hint,
            )


def _similar(name: str, fields: list[str]) -> str:
    """The field that a name is a misspelling of; empty if there is none."""
    return most_similar(name.casefold().strip(), fields, _SIMILAR)
