"""Projects, tasks and annotations as the server tells of them, without what it tells of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dateline.model import Struct


class Project(Struct, frozen=True):
    """A project on the server: its labelling configuration, and how many tasks it had."""

    id: int
    title: str
    config: str
    size: int = 0


class Task(Struct, frozen=True):
    """A text to annotate; ``versions`` are the model versions of its predictions."""

    id: int
    document: str | None
    text: str | None
    versions: tuple[str, ...] = ()


class Start(Struct, frozen=True):
    """A prediction on the server, which annotations may start from."""

    version: str
    result: object


class Submission(Struct, frozen=True):
    """An annotation on the server. ``user`` is the number of who made it, None where unknown.

    ``skipped`` means that the user declined the task; times are ISO 8601. ``start`` is the number
    of the prediction that it was started from.
    """

    id: int
    task: int
    user: int | None
    skipped: bool
    created: str
    updated: str
    result: object
    start: int | None = None


class AnnotatedTask(Struct, frozen=True):
    """A task with its annotations; ``drafts`` has the user of each unsubmitted one in sight."""

    task: Task
    submissions: tuple[Submission, ...]
    drafts: tuple[int | None, ...]


class ExportedAnnotation(msgspec.Struct):
    """An annotation in an export; its result is read when it is needed, for it is large."""

    id: int
    completed_by: object
    was_cancelled: bool
    created_at: str
    updated_at: str
    result: msgspec.Raw
    parent_prediction: int | None = None


class Exported(msgspec.Struct):
    """A task in an export."""

    id: int
    data: dict[str, object]
    annotations: list[ExportedAnnotation]
    drafts: list[object]


def project_of(project: Any) -> Project:
    """A project as the SDK gives it."""
    return Project(
        id=project.id,
        title=project.title,
        config=project.label_config or "",
        size=project.task_number or 0,
    )


def task_of(task: Any) -> Task:
    """A task as the SDK gives it."""
    versions = tuple(filter(None, (task.predictions_model_versions or "").split(",")))
    return described(task.id, task.data if isinstance(task.data, dict) else {}, versions)


def described(number: int, fields: Mapping[str, object], versions: tuple[str, ...] = ()) -> Task:
    """A task from its number and its fields, which may be of any shape."""
    document, text = fields.get("doc_id"), fields.get("text")
    return Task(
        id=number,
        document=document if isinstance(document, str) else None,
        text=text if isinstance(text, str) else None,
        versions=versions,
    )


def exported_task(task: Exported) -> AnnotatedTask:
    """A task as an export has it; reads its results."""
    return AnnotatedTask(
        task=described(task.id, task.data),
        submissions=tuple(
            submission_of(
                {**msgspec.structs.asdict(a), "result": msgspec.json.decode(a.result)}, task.id
            )
            for a in task.annotations
        ),
        drafts=tuple(map(drafter, task.drafts)),
    )


def submission_of(annotation: Mapping[str, Any], task: int) -> Submission:
    """An annotation of this task as a list or an export has it."""
    user = annotation.get("completed_by")
    return Submission(
        id=annotation["id"],
        task=task,
        user=user.get("id") if isinstance(user, dict) else user,
        skipped=bool(annotation.get("was_cancelled")),
        created=str(annotation["created_at"]),
        updated=str(annotation["updated_at"]),
        result=annotation.get("result"),
        start=annotation.get("parent_prediction"),
    )


def drafter(draft: object) -> int | None:
    """The user of a draft, None where it is not told."""
    # The server says who in words only: the name, or the address, and the number.
    said = draft.get("created_username") if isinstance(draft, dict) else None
    number = str(said or "").rpartition(",")[2].strip()
    return int(number) if number.isdecimal() else None
