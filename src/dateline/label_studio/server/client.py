"""The Label Studio server, as far as this package needs it; the only module that talks to it.

Whatever the server or the network refuses becomes a DatelineError that names the address and the
hint, never the token.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec.structs import replace

from dateline.errors import DatelineError
from dateline.label_studio.server.error_messages import DoubtfulServerError, explained
from dateline.label_studio.server.responses import (
    AnnotatedTask,
    Exported,
    Project,
    Start,
    Task,
    described,
    drafter,
    exported_task,
    project_of,
    submission_of,
    task_of,
)

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase

    from dateline.label_studio.server.retry import Patience, PatientClient, Say

BATCH = 250
"""Tasks or predictions in one request."""
PAGE = 100
"""Tasks or projects in one answer."""
KEYS = 100
"""Documents that one request asks for by name."""
LISTED = 200
"""Tasks up to which a project's annotations are listed; more are exported, which is faster."""
SETTLING = 5
"""How many times longer than otherwise to wait before looking for what may have been added."""

# Repeating is left to our own transport: the SDK would also repeat a POST that was carried out
# though its answer got lost.
ONCE: Any = {"max_retries": 0}


T = TypeVar("T")


class Server:
    """A Label Studio server that has accepted our token; ``studio.connect`` makes one."""

    def __init__(
        self,
        address: str,
        sdk: LabelStudioBase,
        version: str,
        http: PatientClient,
        patience: Patience,
        say: Say,
    ) -> None:
        self.address = address
        self.version = version
        self._sdk = sdk
        self._http = http
        self._patience = patience
        self._say = say

    @property
    def time(self) -> datetime | None:
        """What the server's clock showed when it last answered, if it says so."""
        try:
            return parsedate_to_datetime(self._http.date)
        except ValueError:
            return None

    def find_project(self, title: str) -> Project | None:
        """The project of just this title. Raises DatelineError where there are two."""
        with explained(self.address, "listing the projects"):
            pager: Any = self._sdk.projects.list(
                title=title,
                include="id,title,label_config,task_number",
                page_size=PAGE,
                request_options=ONCE,
            )
            projects = [p for p in self._all(pager, "count") if p.title == title]
        if len(projects) > 1:
            numbers = ", ".join(str(project.id) for project in projects)
            raise DatelineError(
                f"{self.address}: {len(projects)} projects are called «{title}» (ids {numbers}); "
                "rename all but one in Label Studio, or choose with --project."
            )
        return next((project_of(project) for project in projects), None)

    def create_project(self, title: str, config: str) -> Project:
        """Create a project with this labelling configuration."""

        def create() -> Project:
            made: Any = self._sdk.projects.create(
                title=title, label_config=config, request_options=ONCE
            )
            return Project(id=int(made.id), title=title, config=config)

        return self._once(create, lambda: self.find_project(title), "creating the project")

    def reconfigure(self, project: Project, config: str) -> None:
        """Give the project another labelling configuration."""
        with explained(self.address, "changing the labelling configuration"):
            self._sdk.projects.update(id=project.id, label_config=config, request_options=ONCE)

    def tasks(self, project: Project) -> Iterator[Task]:
        """All tasks of a project, without their annotations."""
        with explained(self.address, "listing the tasks"):
            pager: Any = self._sdk.tasks.list(
                project=project.id,
                page_size=PAGE,
                fields="all",
                include="id,data,predictions_model_versions",
                request_options=ONCE,
            )
            for task in self._all(pager, "total"):
                yield task_of(task)

    def annotated_tasks(
        self, project: Project, *, all_drafts: bool = False
    ) -> Iterator[AnnotatedTask]:
        """All tasks of a project with their annotations; those of a small one all at once.

        Lists, which serve for small projects, have only our own drafts, unless ``all_drafts``.
        """
        if project.size <= LISTED and not all_drafts:
            yield from self._listed(project, None)
            return
        with explained(self.address, "counting the tasks"):
            count, first = self._count(project)
            _, last = self._count(project, order="-tasks:id")
        yield from self._exported(project, self._ranges(project, first, last, count))

    def changed_tasks(self, project: Project, since: str) -> list[AnnotatedTask]:
        """The tasks that changed at this time or later, by ISO 8601, with their annotations."""
        condition = {
            "filter": "filter:tasks:updated_at", "operator": "greater_or_equal",
            "type": "Datetime", "value": since,
        }  # fmt: skip
        return self._listed(project, _query("and", [condition]))

    def drafted(self, project: Project) -> list[str]:
        """The documents that somebody has begun and not submitted."""
        condition = {
            "filter": "filter:tasks:draft_exists", "operator": "equal",
            "type": "Boolean", "value": True,
        }  # fmt: skip
        with explained(self.address, "looking for drafts"):
            pager: Any = self._sdk.tasks.list(
                project=project.id,
                page_size=PAGE,
                include="id,data",
                query=_query("and", [condition]),
                request_options=ONCE,
            )
            found = [described(task.id, task.data or {}) for task in self._all(pager, "total")]
        return sorted({task.document for task in found if task.document is not None})

    def tasks_of(self, project: Project, documents: Collection[str]) -> Iterator[AnnotatedTask]:
        """The tasks of these documents with their annotations."""
        names = sorted(documents)
        for start in range(0, len(names), KEYS):
            conditions = [
                {
                    "filter": "filter:tasks:data.doc_id", "operator": "equal",
                    "type": "String", "value": name,
                }
                for name in names[start : start + KEYS]
            ]  # fmt: skip
            yield from self._listed(project, _query("or", conditions))

    def start(self, number: int) -> Start | None:
        """The prediction of this number, or None where it is no more there."""
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

        with explained(self.address, "reading a prediction"):
            try:
                found: Any = self._sdk.predictions.get(number, request_options=ONCE)
            except ApiError as error:
                if error.status_code != 404:
                    raise
                return None
            rows = msgspec.to_builtins(found.result, enc_hook=lambda row: row.dict())
            return Start(version=found.model_version or "", result=rows)

    def gone_tasks(self, project: Project, known: Collection[int]) -> list[int]:
        """Which of these tasks the server has no more, with few requests where all are there."""
        numbers = sorted(known)
        with explained(self.address, "counting the tasks"):
            return list(self._gone(project, numbers))

    def _gone(self, project: Project, known: Sequence[int]) -> Iterator[int]:
        if known:
            there, _ = self._count(project, between=(known[0], known[-1]))
            if there == 0:
                yield from known
            elif there < len(known):
                middle = len(known) // 2
                yield from self._gone(project, known[:middle])
                yield from self._gone(project, known[middle:])

    def _listed(self, project: Project, query: str | None) -> list[AnnotatedTask]:
        with explained(self.address, "listing the annotations"):
            pager: Any = self._sdk.tasks.list(
                project=project.id,
                page_size=PAGE,
                fields="all",
                query=query,
                request_options=ONCE,
            )
            return [
                AnnotatedTask(
                    task=task_of(task),
                    submissions=tuple(submission_of(a, task.id) for a in task.annotations or ()),
                    drafts=tuple(map(drafter, task.drafts or ())),
                )
                for task in self._all(pager, "total")
            ]

    def _exported(
        self, project: Project, ranges: Iterator[tuple[int, int, int]]
    ) -> Iterator[AnnotatedTask]:
        """Tasks by ranges of their numbers; while one is used, the next is made ready."""
        with ThreadPoolExecutor(max_workers=1) as ahead:
            waiting = None
            for numbers in ranges:
                coming = ahead.submit(self._export, project, numbers)
                if waiting is not None:
                    yield from map(exported_task, waiting.result())
                waiting = coming
            if waiting is not None:
                yield from map(exported_task, waiting.result())

    def _export(self, project: Project, numbers: tuple[int, int, int]) -> list[Exported]:
        from dateline.label_studio.server.retry import UncertainOutcomeError, repeated  # noqa: PLC0415 (imports the SDK's httpx)

        first, last, count = numbers
        options: Any = ONCE | {
            # What the SDK calls `ids` has another name on the server.
            "additional_query_parameters": {"ids[]": [*range(first, last + 1)]},
            "chunk_size": 1 << 20,
        }
        action = "exporting the annotations"

        def attempt() -> list[Exported]:
            try:
                with explained(self.address, action):
                    content = b"".join(
                        self._sdk.projects.exports.download_sync(
                            id=project.id,
                            export_type="JSON",
                            download_all_tasks=True,
                            request_options=options,
                        )
                    )
                    return msgspec.json.decode(content, type=list[Exported])
            except DoubtfulServerError as fault:
                raise UncertainOutcomeError(fault) from None

        try:
            found = repeated(self._patience, self._say, f"{self.address}, {action}")(attempt)
        except UncertainOutcomeError as unsure:
            raise unsure.fault from None
        if len(found) != count:
            raise self._changed(len(found), count)
        return sorted(found, key=lambda task: task.id)

    def _ranges(
        self, project: Project, first: int, last: int, count: int
    ) -> Iterator[tuple[int, int, int]]:
        """Ranges of task numbers that hold all ``count`` tasks from first to last, and how many."""
        if count == last - first + 1:
            for start in range(first, last + 1, BATCH):
                end = min(start + BATCH - 1, last)
                yield start, end, end - start + 1
        elif last - first < BATCH:
            yield first, last, count
        elif count:
            middle = (first + last) // 2
            with explained(self.address, "counting the tasks"):
                lower, _ = self._count(project, between=(first, middle))
            yield from self._ranges(project, first, middle, lower)
            yield from self._ranges(project, middle + 1, last, count - lower)

    def _count(
        self, project: Project, order: str = "tasks:id", between: tuple[int, int] | None = None
    ) -> tuple[int, int]:
        """How many tasks there are, of all or of a range of numbers, and the first one's number."""
        conditions = []
        if between is not None:
            conditions = [
                {
                    "filter": "filter:tasks:id", "operator": "in", "type": "Number",
                    "value": {"min": between[0], "max": between[1]},
                }
            ]  # fmt: skip
        pager: Any = self._sdk.tasks.list(
            project=project.id,
            page_size=1,
            include="id",
            query=_query("and", conditions, order),
            request_options=ONCE,
        )
        return int(pager.response.total), pager.items[0].id if pager.items else 0

    def import_tasks(self, project: Project, texts: Sequence[Mapping[str, str]]) -> None:
        """Add tasks to a project, each with these fields as its data, by ``doc_id`` only once."""

        def send(batch: Sequence[Mapping[str, str]]) -> None:
            request: Any = [{"data": dict(fields)} for fields in batch]
            self._sdk.projects.import_tasks(id=project.id, request=request, request_options=ONCE)

        def missing(batch: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
            there = {task.document for task in self.tasks(project)}
            return [fields for fields in batch if fields["doc_id"] not in there]

        for batch in _batches(texts):
            self._all_once(batch, send, missing, "importing the tasks")

    def import_predictions(
        self, project: Project, predictions: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add predictions, each with ``task``, ``result`` and ``model_version``, only once."""

        def send(batch: Sequence[Mapping[str, Any]]) -> None:
            request: Any = [dict(prediction) for prediction in batch]
            self._sdk.projects.import_predictions(
                id=project.id, request=request, request_options=ONCE
            )

        def missing(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
            there = {task.id: task.versions for task in self.tasks(project)}
            return [p for p in batch if p["model_version"] not in there.get(p["task"], ())]

        for batch in _batches(predictions):
            self._all_once(batch, send, missing, "importing the predictions")

    def add_webhook(self, project: Project, url: str) -> int:
        """Have the server tell this address that something has changed; returns its number."""
        with explained(self.address, "asking to be told of changes"):
            for hook in self._sdk.webhooks.list(project=str(project.id), request_options=ONCE):
                if hook.url == url and hook.id is not None:
                    return int(hook.id)  # left over from one who was killed
            made = self._sdk.webhooks.create(
                url=url,
                project=project.id,
                send_payload=False,
                send_for_all_actions=True,
                request_options=ONCE,
            )
            return int(made.id or 0)

    def remove_webhook(self, number: int) -> None:
        """Have the server tell nobody any more."""
        with explained(self.address, "asking not to be told of changes any more"):
            self._sdk.webhooks.delete(number, request_options=ONCE)

    def _all_once(
        self,
        batch: Sequence[T],
        send: Callable[[Sequence[T]], None],
        missing: Callable[[Sequence[T]], Sequence[T]],
        action: str,
    ) -> None:
        """Send what is to be added; after a doubtful answer, only what is not there."""
        rest = batch

        def sent() -> bool:
            send(rest)
            return True

        def arrived() -> bool | None:
            nonlocal rest
            rest = missing(rest)
            return None if rest else True

        self._once(sent, arrived, action)

    def _once(self, add: Callable[[], T], look: Callable[[], T | None], action: str) -> T:
        """Add something; where the answer leaves doubt, look for it before it is added again."""
        from dateline.label_studio.server.retry import UncertainOutcomeError, repeated  # noqa: PLC0415 (imports the SDK's httpx)

        doubtful = False
        # The server may still be at work when the connection breaks: a batch takes it up to 4 s.
        patience = replace(self._patience, base=SETTLING * self._patience.base)

        def attempt() -> T:
            nonlocal doubtful
            if doubtful and (found := look()) is not None:
                return found
            try:
                with explained(self.address, action):
                    return add()
            except DoubtfulServerError as fault:
                doubtful = True
                raise UncertainOutcomeError(fault) from None

        try:
            return repeated(patience, self._say, f"{self.address}, {action}")(attempt)
        except UncertainOutcomeError as unsure:
            found = look()
            if found is not None:
                return found
            raise unsure.fault from None

    def _all(self, pager: Any, total_field: str) -> Iterator[Any]:
        """All entries of a list. Raises DatelineError where one may have been left out."""
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

        # The SDK's own iteration takes a 404 for the end of the list, whatever was left out, and
        # pages are counted, so what is deleted meanwhile moves another entry out of sight.
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

    def _changed(self, found: int, total: int) -> DatelineError:
        return DatelineError(
            f"{self.address}: gave {found} of {total} entries of a list, which changed while it "
            "was read; run the command again when nobody adds or deletes anything there."
        )


def _query(
    conjunction: str, conditions: Sequence[Mapping[str, Any]], order: str = "tasks:id"
) -> str:
    filters = {"conjunction": conjunction, "items": list(conditions)}
    return json.dumps({"filters": filters, "ordering": [order]})


def _batches(items: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
