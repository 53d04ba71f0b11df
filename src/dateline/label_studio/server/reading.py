"""Reading projects, tasks and annotations from a Label Studio server."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from dateline.errors import ConflictError, ServerError
from dateline.label_studio.server.error_messages import explain_errors
from dateline.label_studio.server.responses import (
    AnnotatedTask,
    Prediction,
    Project,
    Task,
    TaskExport,
    annotated_task_from_sdk,
    exported_tasks,
    limited,
    project_from_sdk,
    task_from_sdk,
)

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase

    from dateline.label_studio.server.retry import Notify, RetryingClient, RetryPolicy

PAGE = 100
"""Tasks or projects in one answer."""
EXPORT_BATCH = 250
"""Tasks in one export."""
MAX_NAMES = 100
"""Documents that one request asks for by name."""
MAX_LISTED = 200
"""Size of a project whose annotations are listed; those of larger ones are exported: faster."""

# Retries are left to our own transport: the SDK would also repeat a POST that was carried out
# though its answer got lost.
NO_SDK_RETRIES: Any = {"max_retries": 0}


class ServerReader:
    """Read access to a server. Errors are ServerErrors with the address, never the token."""

    def __init__(
        self,
        address: str,
        sdk: LabelStudioBase,
        version: str,
        http: RetryingClient,
        retry: RetryPolicy,
        notify: Notify,
        secrets: Callable[[], Iterable[str | None]] = tuple,
    ) -> None:
        self.address = address
        self.version = version
        self._sdk = sdk
        self._http = http
        self._retry = retry
        self._notify = notify
        self._secrets = secrets

    @property
    def time(self) -> datetime | None:
        """The server's clock at its last answer, if it gives one."""
        try:
            return parsedate_to_datetime(self._http.date)
        except ValueError:
            return None

    def _explaining(self, action: str) -> AbstractContextManager[None]:
        return explain_errors(self.address, action, self._secrets())

    def find_project(self, title: str) -> Project | None:
        """The project with exactly this title. Raises ConflictError if there are several."""
        with self._explaining("listing the projects"):
            pager: Any = self._sdk.projects.list(
                title=title,
                include="id,title,label_config,task_number,description,expert_instruction",
                page_size=PAGE,
                request_options=NO_SDK_RETRIES,
            )
            entries = self._entries(pager, "count")
            projects = [project_from_sdk(p) for p in entries if p.title == title]
        if len(projects) > 1:
            numbers = ", ".join(str(project.id) for project in projects)
            raise ConflictError(
                f'{self.address}: {len(projects)} projects have the title "{title}" '
                f"(ids {numbers}). Rename all but one in Label Studio, or use another title."
            )
        return projects[0] if projects else None

    def tasks(self, project: Project) -> Iterator[Task]:
        """All tasks of a project, without their annotations."""
        with self._explaining("listing the tasks"):
            include = "id,data,predictions_model_versions"
            yield from map(task_from_sdk, self._tasks(project, fields="all", include=include))

    def annotated_tasks(
        self, project: Project, *, all_drafts: bool = False
    ) -> Iterator[AnnotatedTask]:
        """All tasks of a project with their annotations.

        The tasks of a small project are listed, which shows only the token's own drafts, unless
        ``all_drafts`` is set.
        """
        if project.size <= MAX_LISTED and not all_drafts:
            yield from self._listed(project, None)
            return
        with self._explaining("counting the tasks"):
            count, first = self._count(project)
            _, last = self._count(project, order="-tasks:id")
        yield from self._exported(project, self._ranges(project, first, last, count))

    def changed_tasks(self, project: Project, since: str) -> list[AnnotatedTask]:
        """The tasks changed at this ISO 8601 time or later, with their annotations."""
        changed = _condition("updated_at", "greater_or_equal", "Datetime", since)
        return self._listed(project, _query([changed]))

    def tasks_of(self, project: Project, documents: Collection[str]) -> Iterator[AnnotatedTask]:
        """The tasks of these documents with their annotations."""
        names = sorted(documents)
        for start in range(0, len(names), MAX_NAMES):
            conditions = [
                _condition("data.doc_id", "equal", "String", name)
                for name in names[start : start + MAX_NAMES]
            ]
            yield from self._listed(project, _query(conditions, "or"))

    def documents_with_drafts(self, project: Project) -> list[str]:
        """The documents that somebody has begun and not submitted."""
        drafted = _query([_condition("draft_exists", "equal", "Boolean", value=True)])
        with self._explaining("looking for drafts"):
            found = map(task_from_sdk, self._tasks(project, include="id,data", query=drafted))
            return sorted({task.document for task in found if task.document is not None})

    def deleted_tasks(self, project: Project, known: Collection[int]) -> list[int]:
        """The known tasks that the server no longer has; few requests if it has all of them."""
        with self._explaining("counting the tasks"):
            return list(self._deleted(project, sorted(known)))

    def prediction(self, number: int) -> Prediction | None:
        """The prediction with this number, None if it was deleted."""
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

        with self._explaining("reading a prediction"):
            try:
                found: Any = self._sdk.predictions.get(number, request_options=NO_SDK_RETRIES)
            except ApiError as error:
                if error.status_code != 404:
                    raise
                return None
            rows = msgspec.to_builtins(found.result, enc_hook=lambda row: row.dict())
            return Prediction(version=str(found.model_version or ""), result=rows)

    def _deleted(self, project: Project, known: Sequence[int]) -> Iterator[int]:
        if known:
            present, _ = self._count(project, between=(known[0], known[-1]))
            if present == 0:
                yield from known
            elif present < len(known):
                middle = len(known) // 2
                yield from self._deleted(project, known[:middle])
                yield from self._deleted(project, known[middle:])

    def _listed(self, project: Project, query: str | None) -> list[AnnotatedTask]:
        with self._explaining("listing the annotations"):
            tasks = self._tasks(project, fields="all", query=query)
            return list(map(annotated_task_from_sdk, tasks))

    def _exported(
        self, project: Project, ranges: Iterator[tuple[int, int, int]]
    ) -> Iterator[AnnotatedTask]:
        """Tasks by ranges of their numbers; while one is used, the next is exported."""
        with ThreadPoolExecutor(max_workers=1) as ahead:
            waiting = None
            for numbers in ranges:
                coming = ahead.submit(self._export, project, numbers)
                if waiting is not None:
                    yield from self._decoded(waiting.result())
                waiting = coming
            if waiting is not None:
                yield from self._decoded(waiting.result())

    def _decoded(self, tasks: Iterable[TaskExport]) -> Iterator[AnnotatedTask]:
        with self._explaining("reading the export"):
            yield from map(TaskExport.decoded, tasks)

    def _export(self, project: Project, numbers: tuple[int, int, int]) -> list[TaskExport]:
        first, last, count = numbers
        options: Any = NO_SDK_RETRIES | {
            # What the SDK calls `ids` has another name on the server.
            "additional_query_parameters": {"ids[]": [*range(first, last + 1)]},
            "chunk_size": 1 << 20,
        }
        action = "exporting the annotations"

        def attempt() -> list[TaskExport]:
            with self._explaining(action):
                chunks = self._sdk.projects.exports.download_sync(
                    id=project.id,
                    export_type="JSON",
                    download_all_tasks=True,
                    request_options=options,
                )
                return exported_tasks(limited(chunks))

        # The transport does not retry streamed answers.
        found = self._retry.retrying(self._notify, f"{self.address}, {action}")(attempt)
        if len(found) != count:
            raise self._changed(len(found), count)
        return sorted(found, key=lambda task: task.id)

    def _ranges(
        self, project: Project, first: int, last: int, count: int
    ) -> Iterator[tuple[int, int, int]]:
        """Ranges of task numbers that cover ``count`` tasks, each with its number of tasks."""
        if count == last - first + 1:
            for start in range(first, last + 1, EXPORT_BATCH):
                end = min(start + EXPORT_BATCH - 1, last)
                yield start, end, end - start + 1
        elif last - first < EXPORT_BATCH:
            yield first, last, count
        elif count:
            middle = (first + last) // 2
            with self._explaining("counting the tasks"):
                lower, _ = self._count(project, between=(first, middle))
            yield from self._ranges(project, first, middle, lower)
            yield from self._ranges(project, middle + 1, last, count - lower)

    def _count(
        self, project: Project, order: str = "tasks:id", between: tuple[int, int] | None = None
    ) -> tuple[int, int]:
        """The number of tasks, of all or of a range of ids, and the first one's id."""
        conditions = []
        if between is not None:
            ids = {"min": between[0], "max": between[1]}
            conditions = [_condition("id", "in", "Number", ids)]
        pager: Any = self._sdk.tasks.list(
            project=project.id,
            page_size=1,
            include="id",
            query=_query(conditions, order=order),
            request_options=NO_SDK_RETRIES,
        )
        return int(pager.response.total), pager.items[0].id if pager.items else 0

    def _tasks(self, project: Project, **options: Any) -> Iterator[Any]:
        """The tasks of a project as the SDK's objects."""
        pager: Any = self._sdk.tasks.list(
            project=project.id, page_size=PAGE, request_options=NO_SDK_RETRIES, **options
        )
        yield from self._entries(pager, "total")

    def _entries(self, pager: Any, total_field: str) -> Iterator[Any]:
        """All entries of a paged list. Raises ServerError if one may be missing."""
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

        # The SDK's own iteration takes a 404 for the end of the list, and pages are counted, so an
        # entry that is deleted meanwhile moves another one out of sight.
        total = int(getattr(pager.response, total_field))
        seen: set[int] = set()
        while pager is not None and pager.items:
            fresh = [item for item in pager.items if item.id not in seen]
            seen.update(item.id for item in fresh)
            if len(fresh) < len(pager.items):
                break
            yield from fresh
            if len(seen) >= total:
                break
            try:
                pager = pager.next_page()
            except ApiError as error:
                if error.status_code != 404:
                    raise
                break
            if int(getattr(pager.response, total_field)) != total:
                break
        if len(seen) != total:
            raise self._changed(len(seen), total)

    def _changed(self, found: int, total: int) -> ServerError:
        return ServerError(
            f"{self.address}: read {found} of {total} entries of a list that changed while it was "
            "read. Run the command again when nobody adds or deletes tasks."
        )


def _condition(field: str, operator: str, kind: str, value: object) -> Mapping[str, object]:
    return {"filter": f"filter:tasks:{field}", "operator": operator, "type": kind, "value": value}


def _query(
    conditions: Sequence[Mapping[str, object]], conjunction: str = "and", order: str = "tasks:id"
) -> str:
    filters = {"conjunction": conjunction, "items": conditions}
    return json.dumps({"filters": filters, "ordering": [order]})
