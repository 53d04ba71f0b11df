"""Reading a JSON export of Label Studio, which may contain anything.

Annotators are distinguished by number only: no name and no address leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dateline.errors import InvalidInputError
from dateline.label_studio.result_rows import string
from dateline.model import Struct

MAX_BYTES = 200_000_000
"""Size of the largest export that is read."""

_AS_JSON = 'Export the project as "JSON", not "JSON-MIN".'


class ExportedAnnotation(Struct, frozen=True):
    """An annotation of an export. ``user`` is a number, or ``x1``, ``x2``... without one."""

    id: str
    user: str
    skipped: bool
    created: str
    updated: str
    result: object


class ExportedTask(Struct, frozen=True):
    """A task of an export, counted from 1, with the string fields of its data."""

    number: int
    fields: Mapping[str, str]
    annotations: tuple[ExportedAnnotation, ...]
    predictions: int


def read_export(path: Path) -> list[ExportedTask]:
    """The tasks of an export. Raises InvalidInputError if the file is not an export."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InvalidInputError(
            f"{path}: has {size:,} bytes, more than {MAX_BYTES:,}; export and import it in parts."
        )
    try:
        tasks = msgspec.json.decode(path.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path}: is not JSON: {error}. {_AS_JSON}") from None
    except RecursionError:
        raise InvalidInputError(
            f"{path}: is nested too deeply for an export of Label Studio."
        ) from None
    if not isinstance(tasks, list):
        raise InvalidInputError(f"{path}: is not a list of tasks. {_AS_JSON}")
    users = _Users()
    return [_task(path, number, task, users) for number, task in enumerate(tasks, 1)]


class _Users:
    """Numbers users; those without a number in the export get one in order of occurrence."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def number(self, completed_by: object) -> str:
        if isinstance(completed_by, dict):
            known = completed_by.get("id")
            completed_by = known if isinstance(known, int) else completed_by.get("email")
        if isinstance(completed_by, int) and not isinstance(completed_by, bool):
            return str(completed_by)
        if isinstance(completed_by, str):
            return self._names.setdefault(completed_by, f"x{len(self._names) + 1}")
        return "x0"


def _task(path: Path, number: int, task: Any, users: _Users) -> ExportedTask:
    where = f"{path}: task {number}"
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        raise InvalidInputError(f'{where} has no "data" object. {_AS_JSON}')
    annotations = task.get("annotations", task.get("completions"))
    if not isinstance(annotations, list):
        raise InvalidInputError(f"{where} has no list of annotations. {_AS_JSON}")
    predictions = task.get("predictions")
    return ExportedTask(
        number=number,
        fields={k: v for k, v in task["data"].items() if isinstance(v, str)},
        annotations=tuple(_annotations(where, annotations, users)),
        predictions=len(predictions) if isinstance(predictions, list) else 0,
    )


def _annotations(where: str, annotations: list[Any], users: _Users) -> Iterator[ExportedAnnotation]:
    for position, annotation in enumerate(annotations, 1):
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
            raise InvalidInputError(f'{where}: annotation {position} has no "result" list.')
        created = string(annotation.get("created_at"))
        yield ExportedAnnotation(
            id=str(annotation["id"]) if isinstance(annotation.get("id"), int) else f"#{position}",
            user=users.number(annotation.get("completed_by")),
            skipped=bool(annotation.get("was_cancelled") or annotation.get("skipped")),
            created=created,
            updated=string(annotation.get("updated_at")) or created,
            result=annotation["result"],
        )
