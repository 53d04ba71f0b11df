"""Reads a JSON export of Label Studio that was made elsewhere; the file may hold anything.

Who annotated is told apart by number alone: no name and no address leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.model import Struct

LIMIT = 200_000_000
"""Bytes of the largest export that is read."""


class ExportedAnnotation(Struct, frozen=True):
    """An annotation of an export. ``user`` is a number, or made up where none is given."""

    id: str
    user: str
    skipped: bool
    created: str
    updated: str
    result: object


class ExportedTask(Struct, frozen=True):
    """A task of an export, counted from 1, with those of its data fields that are texts."""

    number: int
    fields: Mapping[str, str]
    annotations: tuple[ExportedAnnotation, ...]
    predictions: int


def read_export(path: Path) -> list[ExportedTask]:
    """The tasks of an export. Raises DatelineError where the file is none."""
    size = path.stat().st_size
    if size > LIMIT:
        raise DatelineError(
            f"{path}: has {size:,} bytes, more than {LIMIT:,}; export and import it in parts."
        )
    try:
        tasks = msgspec.json.decode(path.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DatelineError(
            f"{path}: is not JSON: {error}. Export the project as «JSON»."
        ) from None
    except RecursionError:
        raise DatelineError(
            f"{path}: is nested too deeply for an export of Label Studio."
        ) from None
    if not isinstance(tasks, list):
        raise DatelineError(f"{path}: holds no list of tasks. Export the project as «JSON».")
    users = _Users()
    return [_task(path, number, task, users) for number, task in enumerate(tasks, 1)]


class _Users:
    """Numbers for those who have none in the export, in the order in which they occur."""

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
        raise DatelineError(
            f"{where} has no «data» object. Export the project as «JSON», not «JSON-MIN»."
        )
    annotations = task.get("annotations", task.get("completions"))
    if not isinstance(annotations, list):
        raise DatelineError(
            f"{where} has no list of annotations. Export the project as «JSON», not «JSON-MIN»."
        )
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
            raise DatelineError(f"{where}: annotation {position} has no list called «result».")
        created = _text(annotation.get("created_at"))
        yield ExportedAnnotation(
            id=str(annotation["id"]) if isinstance(annotation.get("id"), int) else f"#{position}",
            user=users.number(annotation.get("completed_by")),
            skipped=bool(annotation.get("was_cancelled") or annotation.get("skipped")),
            created=created,
            updated=_text(annotation.get("updated_at")) or created,
            result=annotation["result"],
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
