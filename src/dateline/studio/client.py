"""The Label Studio server, as far as this package needs it; the only module that talks to it.

The SDK is imported when a connection is made, for it is heavy and optional. Whatever the server or
the network refuses becomes a Fault that names the address and the mend, never the token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dateline.fault import Fault
from dateline.model import Struct

if TYPE_CHECKING:
    from label_studio_sdk.client import LabelStudio

BATCH = 250
"""Tasks or predictions in one request."""
PAGE = 100
"""Tasks or projects in one answer."""
SECONDS = 600.0
"""How long to wait for one answer."""
DETAIL = 300
"""Characters of a server's explanation that are shown."""

# A POST that was carried out though its answer got lost would be carried out twice.
_ONCE: Any = {"max_retries": 0}


class Project(Struct, frozen=True):
    """A project on the server; ``config`` is its labelling configuration."""

    id: int
    title: str
    config: str


class Task(Struct, frozen=True):
    """A text to annotate; ``versions`` are the model versions of its predictions."""

    id: int
    document: str | None
    text: str | None
    versions: tuple[str, ...]


class Submission(Struct, frozen=True):
    """An annotation on the server. ``user`` is the number of who made it, None where unknown.

    ``skipped`` means that the user declined the task; times are ISO 8601.
    """

    id: int
    task: int
    user: int | None
    skipped: bool
    created: str
    updated: str
    result: object


class AnnotatedTask(Struct, frozen=True):
    """A task with its annotations; ``drafts`` is how many unsubmitted ones can be seen."""

    task: Task
    submissions: tuple[Submission, ...]
    drafts: int


class Server:
    """A Label Studio server that has accepted our token; ``connect`` makes one."""

    def __init__(self, address: str, sdk: LabelStudio, version: str) -> None:
        self.address = address
        self.version = version
        self._sdk = sdk

    def find_project(self, title: str) -> Project | None:
        """The project of just this title. Raises Fault where there are two."""
        with _faults(self.address, "listing the projects"):
            pager: Any = self._sdk.projects.list(
                title=title, include="id,title,label_config", page_size=PAGE
            )
            total = pager.response.count
            projects = [p for p in self._all(pager, total) if p.title == title]
        if len(projects) > 1:
            numbers = ", ".join(str(project.id) for project in projects)
            raise Fault(
                f"{self.address}: {len(projects)} projects are called «{title}» (ids {numbers}); "
                "rename all but one in Label Studio, or choose with --project."
            )
        return next((_project(project) for project in projects), None)

    def create_project(self, title: str, config: str) -> Project:
        """Create a project with this labelling configuration."""
        with _faults(self.address, "creating the project"):
            made: Any = self._sdk.projects.create(
                title=title, label_config=config, request_options=_ONCE
            )
            return Project(id=made.id, title=title, config=config)

    def reconfigure(self, project: Project, config: str) -> None:
        """Give the project another labelling configuration."""
        with _faults(self.address, "changing the labelling configuration"):
            self._sdk.projects.update(id=project.id, label_config=config)

    def tasks(self, project: Project) -> Iterator[Task]:
        """All tasks of a project, without their annotations."""
        with _faults(self.address, "listing the tasks"):
            pager: Any = self._sdk.tasks.list(
                project=project.id, page_size=PAGE, include="id,data,predictions_model_versions"
            )
            for task in self._all(pager, pager.response.total):
                yield _task(task)

    def annotated_tasks(self, project: Project) -> Iterator[AnnotatedTask]:
        """All tasks of a project with their annotations."""
        with _faults(self.address, "listing the annotations"):
            pager: Any = self._sdk.tasks.list(project=project.id, page_size=PAGE)
            for task in self._all(pager, pager.response.total):
                yield AnnotatedTask(
                    task=_task(task),
                    submissions=tuple(_submission(a, task.id) for a in task.annotations or ()),
                    drafts=len(task.drafts or ()),
                )

    def import_tasks(self, project: Project, texts: Sequence[Mapping[str, str]]) -> None:
        """Add tasks to a project, each with these fields as its data."""
        with _faults(self.address, "importing the tasks"):
            for batch in _batches(texts):
                request: Any = [{"data": dict(fields)} for fields in batch]
                self._sdk.projects.import_tasks(
                    id=project.id, request=request, request_options=_ONCE
                )

    def import_predictions(
        self, project: Project, predictions: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add predictions, each with ``task``, ``result`` and ``model_version``."""
        with _faults(self.address, "importing the predictions"):
            for batch in _batches(predictions):
                request: Any = [dict(prediction) for prediction in batch]
                self._sdk.projects.import_predictions(
                    id=project.id, request=request, request_options=_ONCE
                )

    def _all(self, pager: Any, total: int) -> Iterator[Any]:
        # The SDK's own iteration takes a 404 for the end of the list, whatever was left out.
        count = 0
        while pager is not None and pager.items:
            yield from pager.items
            count += len(pager.items)
            pager = pager.next_page() if count < total else None
        if count < total:
            raise Fault(
                f"{self.address}: gave {count} of {total} entries of a list; try again when nobody "
                "deletes anything there."
            )


@contextmanager
def connect(address: str, token: str) -> Iterator[Server]:
    """A connection to a server, with a legacy token or a personal access token.

    Raises Fault where the SDK is not installed, the server cannot be reached, or it refuses us.
    """
    if not re.match(r"https?://[^/\s]", address):
        raise Fault(f"«{address}» is no address of a server; write it as http://localhost:8080.")
    if not re.fullmatch(r"[!-~]+", token):
        raise Fault(
            "The token is empty or holds blanks or letters that no token has; copy it anew."
        )
    try:
        import httpx  # noqa: PLC0415 (comes with the SDK)
        from label_studio_sdk.client import LabelStudio  # noqa: PLC0415 (heavy and optional)
    except ModuleNotFoundError:
        raise Fault(
            "The Label Studio client is not installed: pip install 'dateline[studio]'"
        ) from None
    with httpx.Client(timeout=SECONDS, follow_redirects=True) as http:
        with _faults(address, "signing in"):
            sdk: LabelStudio = _untyped(LabelStudio)(
                base_url=address.rstrip("/"), api_key=token, httpx_client=http
            )
            sdk.users.whoami()
            version = _version(sdk)
        yield Server(address, sdk, version)


def page_errors(rows: Sequence[Mapping[str, Any]], config: str) -> list[str]:
    """What the SDK finds wrong with rows for this labelling configuration.

    It knows dangling relations, which break the page, and unknown labels; it knows no offsets.
    """
    from label_studio_sdk.label_interface.interface import LabelInterface  # noqa: PLC0415 (heavy)

    page = LabelInterface(config)
    errors = _untyped(page.validate_prediction)({"result": list(rows)}, return_errors=True)
    return [str(error) for error in errors]


def _untyped(function: Any) -> Any:
    return function


def _version(sdk: LabelStudio) -> str:
    package = sdk.versions.get().label_studio_os_package or {}
    version = package.get("version") if isinstance(package, dict) else None
    return str(version or "of unknown version")


def _project(project: Any) -> Project:
    return Project(id=project.id, title=project.title, config=project.label_config or "")


def _task(task: Any) -> Task:
    fields = task.data if isinstance(task.data, dict) else {}
    document, text = fields.get("doc_id"), fields.get("text")
    return Task(
        id=task.id,
        document=document if isinstance(document, str) else None,
        text=text if isinstance(text, str) else None,
        versions=tuple(filter(None, (task.predictions_model_versions or "").split(","))),
    )


def _submission(annotation: Mapping[str, Any], task: int) -> Submission:
    user = annotation.get("completed_by")
    return Submission(
        id=annotation["id"],
        task=task,
        user=user.get("id") if isinstance(user, dict) else user,
        skipped=bool(annotation.get("was_cancelled")),
        created=str(annotation["created_at"]),
        updated=str(annotation["updated_at"]),
        result=annotation.get("result"),
    )


def _batches(items: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


@contextmanager
def _faults(address: str, deed: str) -> Iterator[None]:
    import httpx  # noqa: PLC0415 (comes with the SDK)
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

    # What the libraries say may quote the request's headers, so only the server's own words and
    # the name of the error are passed on.
    try:
        yield
    except ApiError as error:
        raise Fault(f"{address}: {_refusal(error.status_code, error.body, deed)}") from None
    except httpx.ConnectError:
        raise Fault(
            f"{address}: nothing answers there. Is the server running? `scripts/label-studio` "
            "starts one on this machine; --url says where another is."
        ) from None
    except httpx.TimeoutException:
        raise Fault(
            f"{address}: no answer within {SECONDS:.0f} seconds while {deed}. Run the command "
            "again: nothing is done twice."
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Fault(
            f"{address}: {type(error).__name__} while {deed}. Check the address and the network, "
            "then run the command again: nothing is done twice."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Fault(
            f"{address}: an answer that makes no sense ({type(error).__name__}) while {deed}. "
            "Is this a Label Studio server?"
        ) from None


def _refusal(status: int | None, body: object, deed: str) -> str:
    if status == 401:
        return (
            "the token is not accepted. Copy it anew from Account & Settings; a legacy token works "
            "only where the organization's settings allow legacy tokens."
        )
    if status == 403:
        return f"the token's user may not do this ({deed}); ask the project's owner."
    if status == 404:
        return (
            f"there is no such page (HTTP 404, {deed}). Is this the address of Label Studio itself?"
        )
    said = ""
    if isinstance(body, dict):
        said = str(body.get("validation_errors") or body.get("detail") or "")[:DETAIL]
    return f"HTTP {status} while {deed}. {said}".rstrip()
