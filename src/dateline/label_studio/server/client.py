"""A Label Studio server: reading is inherited, and this adds writing, each thing only once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from dateline.errors import ConflictError
from dateline.label_studio.config.controls import REVIEW
from dateline.label_studio.server.error_messages import UncertainOutcomeError
from dateline.label_studio.server.reading import NO_SDK_RETRIES, ServerReader
from dateline.label_studio.server.responses import REVIEWS, Project, Review, with_key

BATCH = 250
"""Tasks or predictions in one request."""
PAUSE_FACTOR = 5
"""How many times longer than usual to pause before looking for what may have been added."""

T = TypeVar("T")


class Server(ServerReader):
    """A server that has accepted the token; made by ``connect``."""

    def create_project(self, title: str, config: str, instructions: str) -> Project:
        """Create a project with this labelling configuration, instructions and a new key."""
        key = secrets.token_hex(16)
        description = with_key("", key)

        def create() -> Project:
            made: Any = self._sdk.projects.create(
                title=title,
                label_config=config,
                description=description,
                expert_instruction=instructions,
                show_instruction=True,
                request_options=NO_SDK_RETRIES,
            )
            return Project(
                id=int(made.id),
                title=title,
                config=config,
                key=key,
                description=description,
                instructions=instructions,
            )

        return self._add_once(create, lambda: self.find_project(title), "creating the project")

    def add_key(self, project: Project) -> Project:
        """Give a project that has no key a new one."""
        key = secrets.token_hex(16)
        description = with_key(project.description, key)
        with self._explaining("changing the project's description"):
            self._sdk.projects.update(
                id=project.id, description=description, request_options=NO_SDK_RETRIES
            )
        return replace(project, key=key, description=description)

    def update_config(self, project: Project, config: str) -> None:
        """Replace the project's labelling configuration."""
        with self._explaining("changing the labelling configuration"):
            self._sdk.projects.update(
                id=project.id, label_config=config, request_options=NO_SDK_RETRIES
            )

    def update_instructions(self, project: Project, instructions: str) -> None:
        """Replace the project's instructions, HTML, and show them to annotators."""
        with self._explaining("changing the instructions"):
            self._sdk.projects.update(
                id=project.id,
                expert_instruction=instructions,
                show_instruction=True,
                request_options=NO_SDK_RETRIES,
            )

    def import_tasks(self, project: Project, tasks: Sequence[Mapping[str, str]]) -> None:
        """Add tasks, given as their data fields, each ``doc_id`` only once."""

        def send(batch: Sequence[Mapping[str, str]]) -> None:
            request: Any = [{"data": dict(fields)} for fields in batch]
            self._sdk.projects.import_tasks(
                id=project.id, request=request, request_options=NO_SDK_RETRIES
            )

        def missing(batch: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
            present = {task.document for task in self.tasks(project)}
            return [fields for fields in batch if fields["doc_id"] not in present]

        for batch in _batches(tasks):
            self._add_all_once(batch, send, missing, "importing the tasks")

    def import_predictions(
        self, project: Project, predictions: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add predictions, each with ``task``, ``result`` and ``model_version``, only once."""

        def send(batch: Sequence[Mapping[str, Any]]) -> None:
            request: Any = [dict(prediction) for prediction in batch]
            self._sdk.projects.import_predictions(
                id=project.id, request=request, request_options=NO_SDK_RETRIES
            )

        def missing(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
            present = {task.id: task.versions for task in self.tasks(project)}
            return [p for p in batch if p["model_version"] not in present.get(p["task"], ())]

        for batch in _batches(predictions):
            self._add_all_once(batch, send, missing, "importing the predictions")

    def set_reviews(self, task: int, text: str, reviews: Mapping[int, Review]) -> None:
        """Replace the comments on a task's annotations, and the text that the page shows of them.

        The annotations, and all else of the task, stay as they are.
        """
        with self._explaining("writing a comment"):
            unresolved: Any = NO_SDK_RETRIES | {
                "additional_query_parameters": {"resolve_uri": "false"}
            }
            found: Any = self._sdk.tasks.get(str(task), request_options=unresolved)
            meta = found.meta if isinstance(found.meta, dict) else {}
            by_user = {str(user): msgspec.to_builtins(one) for user, one in reviews.items()}
            self._sdk.tasks.update(
                str(task),
                data={**found.data, REVIEW: text},
                meta={**meta, REVIEWS: by_user},
                request_options=NO_SDK_RETRIES,
            )

    def add_webhook(self, project: Project, url: str) -> int:
        """Make the server call this address after each change; returns the webhook's number."""
        with self._explaining("adding a webhook"):
            hooks = self._sdk.webhooks.list(project=str(project.id), request_options=NO_SDK_RETRIES)
            for hook in hooks:
                if hook.url == url and hook.id is not None:
                    return int(hook.id)  # left by a run that was killed
            made = self._sdk.webhooks.create(
                url=url,
                project=project.id,
                send_payload=False,
                send_for_all_actions=True,
                request_options=NO_SDK_RETRIES,
            )
            return int(made.id or 0)

    def remove_webhook(self, number: int) -> None:
        """Remove a webhook."""
        with self._explaining("removing a webhook"):
            self._sdk.webhooks.delete(number, request_options=NO_SDK_RETRIES)

    def add_model(self, project: Project, url: str, version: str, account: tuple[str, str]) -> int:
        """Make the server ask a model at this address for predictions; returns its number.

        ``account`` are the user and the password with which it asks. Raises ConflictError if
        another model is connected, because the server asks only one.
        """
        with self._explaining("connecting the model"):
            models: Any = self._sdk.ml.list(project=project.id, request_options=NO_SDK_RETRIES)
            others = [model.url for model in models if model.url != url]
            if others:
                raise ConflictError(
                    f'{self.address}: the project "{project.title}" is connected to a model at '
                    f"{others[0]}. Label Studio asks only one: delete that in the project's "
                    "Settings, Model."
                )
            for model in models:  # left by a run that was killed
                self._sdk.ml.delete(model.id, request_options=NO_SDK_RETRIES)
            user, password = account
            made = self._sdk.ml.create(
                project=project.id,
                url=url,
                title=version,  # so that what it predicts is what the project shows
                auth_method="BASIC_AUTH",
                basic_auth_user=user,
                basic_auth_pass=password,
                request_options=NO_SDK_RETRIES,
            )
            return int(made.id or 0)

    def remove_model(self, project: Project, number: int, url: str) -> None:
        """Disconnect a model, and remove the webhook that the server has added for it."""
        with self._explaining("disconnecting the model"):
            self._sdk.ml.delete(number, request_options=NO_SDK_RETRIES)
            hooks = self._sdk.webhooks.list(project=str(project.id), request_options=NO_SDK_RETRIES)
            for hook in hooks:
                if hook.url == f"{url.rstrip('/')}/webhook" and hook.id is not None:
                    self._sdk.webhooks.delete(hook.id, request_options=NO_SDK_RETRIES)

    def order_by_uncertainty(self, project: Project, version: str) -> None:
        """Show predictions of this version, and give out tasks with the lowest score first."""
        with self._explaining("changing the order of tasks"):
            self._sdk.projects.update(
                id=project.id,
                model_version=version,
                sampling="Uncertainty sampling",
                request_options=NO_SDK_RETRIES,
            )

    def _add_all_once(
        self,
        batch: Sequence[T],
        send: Callable[[Sequence[T]], None],
        missing: Callable[[Sequence[T]], Sequence[T]],
        action: str,
    ) -> None:
        """Send a batch; after an uncertain outcome, send only what is missing."""
        rest = batch

        def sent() -> bool:
            send(rest)
            return True

        def arrived() -> bool | None:
            nonlocal rest
            rest = missing(rest)
            return None if rest else True

        self._add_once(sent, arrived, action)

    def _add_once(self, add: Callable[[], T], find: Callable[[], T | None], action: str) -> T:
        """Add something; after an uncertain outcome, look for it before adding it again."""
        uncertain = False
        # The server may still be at work when the connection breaks: a batch takes it up to 4 s.
        retry = replace(self._retry, first_pause=PAUSE_FACTOR * self._retry.first_pause)

        def attempt() -> T:
            nonlocal uncertain
            if uncertain and (found := find()) is not None:
                return found
            try:
                with self._explaining(action):
                    return add()
            except UncertainOutcomeError:
                uncertain = True
                raise

        try:
            return retry.retrying(self._notify, f"{self.address}, {action}")(attempt)
        except UncertainOutcomeError:
            found = find()
            if found is None:
                raise
            return found


def _batches(entries: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(entries), BATCH):
        yield entries[start : start + BATCH]
