"""Projects, tasks and annotations as the server describes them, without personal details."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from dateline.errors import ServerError
from dateline.files.reading import decode_json_as, decode_json_items
from dateline.model import Struct
from dateline.text import whole_number

MAX_BYTES = 256 << 20
"""Size of the largest answer that is read: a server could send without end."""
REVIEWS = "dateline_reviews"
"""The key of reviewers' comments in a task's ``meta``, which the page does not show."""
_KEY = "dateline-project="


class Project(Struct, frozen=True):
    """A project on the server: its labelling configuration and its number of tasks.

    ``key`` is random, and is in the project's description. With the number it tells the project
    from all others, also from those of another server, where numbers and titles are the same; None
    if nothing was pushed to the project yet.
    """

    id: int
    title: str
    config: str
    size: int = 0
    key: str | None = None
    description: str = ""
    instructions: str = ""


class Review(Struct, frozen=True):
    """A comment with which an annotation was returned to its annotator.

    ``annotation`` and ``updated`` are its number and the time of its last change, which tell
    whether it was revised since.
    """

    annotation: int
    updated: str
    comment: str


class Task(Struct, frozen=True):
    """A text to annotate; ``versions`` are the model versions of its predictions."""

    id: int
    document: str | None
    text: str | None
    versions: tuple[str, ...] = ()


class Prediction(Struct, frozen=True):
    """A prediction on the server, which annotations may start from."""

    version: str
    result: object


class Submission(Struct, frozen=True):
    """A submitted annotation. ``user`` is the number of its author, None if unknown.

    ``skipped`` means that the user declined the task; times are ISO 8601. ``prediction`` is the
    number of the prediction that the annotation started from, ``lead_time`` the seconds that the
    annotator had it open, as the page reports them.
    """

    id: int
    task: int
    user: int | None
    skipped: bool
    created: str
    updated: str
    result: object
    prediction: int | None = None
    lead_time: float | None = None


class AnnotatedTask(Struct, frozen=True):
    """A task with its annotations; ``draft_users`` has the author of each visible draft.

    ``reviews`` are the comments on annotations that were returned, by user number.
    """

    task: Task
    submissions: tuple[Submission, ...]
    draft_users: tuple[int | None, ...]
    reviews: Mapping[int, Review] = {}


class _User(msgspec.Struct):
    id: int | None = None


class _Numbered(msgspec.Struct):
    id: int


class _Annotation(msgspec.Struct):
    id: int
    created_at: str
    updated_at: str
    completed_by: int | _User | None = None
    was_cancelled: bool | None = False
    parent_prediction: int | None = None
    lead_time: float | None = None
    result: Any = None


class _ExportedTask(msgspec.Struct):
    id: int
    data: dict[str, object]
    annotations: list[_Annotation]
    drafts: list[object]
    meta: object = None


class TaskExport(Struct, frozen=True):
    """A task as the server exports it: its JSON text, which is much smaller than its values."""

    id: int
    content: bytes

    def decoded(self) -> AnnotatedTask:
        """The task with its annotations. Raises MalformedError if it has another shape."""
        task = decode_json_as(self.content, _ExportedTask)
        return AnnotatedTask(
            task=task_with(task.id, task.data),
            submissions=tuple(_submission(a, a.result, task.id) for a in task.annotations),
            draft_users=tuple(map(_draft_user, task.drafts)),
            reviews=reviews_in(task.meta),
        )


def limited(chunks: Iterable[bytes]) -> bytes:
    """The chunks joined. Raises ServerError if they are more than `MAX_BYTES`."""
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > MAX_BYTES:
            raise ServerError(
                f"The server's answer is larger than {MAX_BYTES >> 20} MiB. Is this a Label Studio "
                "server?"
            )
    return bytes(found)


def exported_tasks(content: bytes) -> list[TaskExport]:
    """The tasks of an export. Raises MalformedError if it is not a JSON array of tasks."""
    return [
        TaskExport(id=decode_json_as(item, _Numbered).id, content=item)
        for item in decode_json_items(content)
    ]


def project_from_sdk(project: Any) -> Project:
    """A project from the SDK's object, which does not check types."""
    fields = {
        "id": project.id,
        "title": project.title,
        "config": project.label_config or "",
        "size": project.task_number or 0,
        "key": _key_in(project.description or ""),
        "description": project.description or "",
        "instructions": project.expert_instruction or "",
    }
    return msgspec.convert(fields, Project)


def with_key(description: str, key: str) -> str:
    """A project's description with its key."""
    note = f"{_KEY}{key} (Dateline recognises the project by this line; do not change it.)"
    return f"{description}\n{note}".lstrip()


def _key_in(description: str) -> str | None:
    found = re.search(rf"{_KEY}([0-9a-f]{{32}})\b", description)
    return found[1] if found else None


def task_from_sdk(task: Any) -> Task:
    """A task from the SDK's object."""
    versions = tuple(filter(None, (task.predictions_model_versions or "").split(",")))
    return task_with(task.id, task.data if isinstance(task.data, dict) else {}, versions)


def annotated_task_from_sdk(task: Any) -> AnnotatedTask:
    """A task with its annotations from the SDK's object."""
    return AnnotatedTask(
        task=task_from_sdk(task),
        submissions=tuple(
            _submission(annotation, annotation.result, task.id)
            for annotation in msgspec.convert(task.annotations or [], list[_Annotation])
        ),
        draft_users=tuple(map(_draft_user, task.drafts or ())),
        reviews=reviews_in(task.meta),
    )


def reviews_in(meta: object) -> dict[int, Review]:
    """The comments in a task's ``meta``, by user number; none if it has another shape."""
    kept = meta.get(REVIEWS) if isinstance(meta, dict) else None
    try:
        return msgspec.convert(kept or {}, dict[int, Review], strict=False)
    except msgspec.ValidationError:
        return {}


def task_with(number: int, fields: Mapping[str, object], versions: tuple[str, ...] = ()) -> Task:
    """A task with this number and these data fields."""
    document, text = fields.get("doc_id"), fields.get("text")
    return Task(
        id=msgspec.convert(number, int),
        document=document if isinstance(document, str) else None,
        text=text if isinstance(text, str) else None,
        versions=versions,
    )


def _submission(annotation: _Annotation, result: object, task: int) -> Submission:
    user = annotation.completed_by
    return Submission(
        id=annotation.id,
        task=task,
        user=user.id if isinstance(user, _User) else user,
        skipped=bool(annotation.was_cancelled),
        created=annotation.created_at,
        updated=annotation.updated_at,
        result=result,
        prediction=annotation.parent_prediction,
        lead_time=_seconds(annotation.lead_time),
    )


def _seconds(value: float | None) -> float | None:
    """A time that the page reported; None for one that cannot be."""
    return value if value is not None and math.isfinite(value) and value >= 0 else None


def _draft_user(draft: object) -> int | None:
    """The number of a draft's author, None if the server does not give it."""
    # The server gives a name or an address, a comma and the number.
    author = draft.get("created_username") if isinstance(draft, dict) else None
    return whole_number(str(author or "").rpartition(",")[2].strip())
