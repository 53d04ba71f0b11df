"""Reading a JSON export of Label Studio, which may contain anything.

Annotators are distinguished by number only: no name and no address leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateline.dates import parse_time
from dateline.errors import InvalidInputError
from dateline.files.reading import MalformedError, decode_json, read_bytes
from dateline.model import Struct

MAX_BYTES = 200_000_000
"""Size of the largest export that is read."""

_AS_JSON = 'Export the project as "JSON", not "JSON-MIN".'
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d+)?)?"
    r" ?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_NUMBER = re.compile(r"[0-9]{1,18}")


class ExportedAnnotation(Struct, frozen=True):
    """An annotation of an export.

    ``number`` is the server's, None if the export has none; then ``id`` is the position in the
    task. ``user`` is a number, or ``x1``, ``x2``... without one. ``created`` is the time as an
    annotation's provenance has it, ``updated`` one to compare; both are None if they are unknown.
    """

    id: str
    number: int | None
    user: str
    skipped: bool
    created: str | None
    updated: datetime | None
    updated_text: str | None
    result: object


class ExportedTask(Struct, frozen=True):
    """A task of an export, counted from 1; ``fields`` are the texts and integers of its data."""

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
    content = read_bytes(path)
    try:
        tasks = decode_json(content)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: {_explained(content, error.problem)}") from None
    if not isinstance(tasks, list):
        raise InvalidInputError(f"{path}: is not a list of tasks. {_AS_JSON}")
    users = _Users()
    return [_task(path, number, task, users) for number, task in enumerate(tasks, 1)]


def _explained(content: bytes, problem: str) -> str:
    """What is wrong with a file that cannot be read, and what to do."""
    content = content.strip()
    if problem.startswith(("line ", "is not UTF-8")):
        if content[:1] not in (b"[", b"{"):
            return 'is not JSON. Export the project as "JSON".'
        if content[-1:] != {b"[": b"]", b"{": b"}"}[content[:1]] or ": ends within" in problem:
            return f"is cut off ({problem}). Download the export again."
    return f'{problem}. Export the project as "JSON" again.'


def newest(annotations: Sequence[ExportedAnnotation]) -> int | None:
    """The position of the newest annotation by time, or by number if a time is unknown.

    None if times and numbers are unknown, and the annotations differ.
    """
    times = [one.updated for one in annotations]
    numbers = [one.number for one in annotations]
    known = None not in times or None not in numbers
    if not known and any(one.result != annotations[0].result for one in annotations):
        return None
    return max(
        range(len(annotations)),
        key=lambda at: (times[at] if None not in times else 0, numbers[at] or 0, at),
    )


class _Users:
    """Numbers users; those without a number in the export get one in order of occurrence."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def number(self, completed_by: object) -> str:
        if isinstance(completed_by, dict):
            known = _number(completed_by.get("id"))
            completed_by = completed_by.get("email") if known is None else known
        known = _number(completed_by)
        if known is not None:
            return str(known)
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
        fields={
            name: str(value)
            for name, value in task["data"].items()
            if isinstance(value, str | int) and not isinstance(value, bool)
        },
        annotations=tuple(_annotations(where, annotations, users)),
        predictions=len(predictions) if isinstance(predictions, list) else 0,
    )


def _annotations(where: str, annotations: list[Any], users: _Users) -> Iterator[ExportedAnnotation]:
    for position, annotation in enumerate(annotations, 1):
        result = annotation.get("result") if isinstance(annotation, dict) else None
        skipped = isinstance(annotation, dict) and bool(
            annotation.get("was_cancelled") or annotation.get("skipped")
        )
        if not isinstance(result, list) and not skipped:
            raise InvalidInputError(f'{where}: annotation {position} has no "result" list.')
        number = _number(annotation.get("id"))
        created, created_text = _time(annotation.get("created_at"))
        updated, updated_text = _time(annotation.get("updated_at"))
        yield ExportedAnnotation(
            id=f"#{position}" if number is None else str(number),
            number=number,
            user=users.number(annotation.get("completed_by")),
            skipped=skipped,
            created=created_text,
            updated=updated or created,
            updated_text=updated_text or created_text,
            result=result,
        )


def _number(value: object) -> int | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _time(value: object) -> tuple[datetime | None, str | None]:
    """A time to compare, in UTC unless it has a zone, and the text for provenance if it has one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Seconds, in exports of old versions.
        try:
            time = datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None, None
        return time, time.isoformat().replace("+00:00", "Z")
    if not isinstance(value, str) or not (match := _TIME.fullmatch(value.strip())):
        return None, None
    *numbers, fraction, zone = match.groups(default="")
    year, *parts = (number.zfill(2) for number in numbers)
    zone = zone if zone in ("", "Z") else f"{zone[:3]}:{zone[-2:]}"
    written = f"{year}-{parts[0]}-{parts[1]}T{':'.join(parts[2:])}{fraction}{zone or 'Z'}"
    try:
        time = parse_time(written).astimezone(UTC)
    except (InvalidInputError, OverflowError):
        return None, None
    return time, written if zone else None
