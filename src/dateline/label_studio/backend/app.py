"""The protocol of Label Studio's ML backends, as a WSGI application.

Label Studio 1.23.2 asks for ``/health`` and ``/setup`` before each ``/predict``, shows the
``/versions`` and reports every change to ``/webhook``. ``/setup`` sends it a token of the project's
owner, which is not used.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from dateline.errors import DatelineError, InvalidInputError
from dateline.files.reading import MalformedError, decode_json_as
from dateline.label_studio.backend.live_predictions import LivePredictions
from dateline.label_studio.config.entries import parse_config
from dateline.label_studio.server.responses import task_with
from dateline.label_studio.start import Start
from dateline.rendering.listing import counted
from dateline.text import whole_number

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

USER = "dateline"
"""The name with which Label Studio logs in."""

MAX_BODY = 64 << 20
"""Bytes of the largest request: tasks come with all of their annotations and predictions."""

NO_TRAINING = "events are ignored: this model does not learn from annotations"


class _RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Task(msgspec.Struct):
    id: int
    data: dict[str, object]


class _PredictRequest(msgspec.Struct):
    tasks: list[_Task]
    label_config: str


class Backend:
    """Answers the requests of Label Studio that have the password.

    ``notify`` receives a line for each prediction and each refusal.
    """

    def __init__(
        self, predictions: LivePredictions, password: str, notify: Callable[[str], None]
    ) -> None:
        self._predictions = predictions
        self._authorization = b"Basic " + base64.b64encode(f"{USER}:{password}".encode())
        self._notify = notify
        self._routes: Mapping[tuple[str, str], Callable[[bytes], Mapping[str, Any]]] = {
            ("GET", "/"): self._health,
            ("GET", "/health"): self._health,
            ("GET", "/versions"): self._versions,
            ("POST", "/setup"): self._setup,
            ("POST", "/predict"): self._predict,
            ("POST", "/webhook"): self._ignore,
            ("POST", "/train"): self._ignore,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request with a line of JSON."""
        status, value = self._answer(environ)
        content = msgspec.json.encode(value) + b"\n"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        if status == HTTPStatus.UNAUTHORIZED:
            headers.append(("WWW-Authenticate", 'Basic realm="dateline"'))
        start_response(f"{status.value} {status.phrase}", headers)
        return [content]

    def _answer(self, environ: WSGIEnvironment) -> tuple[HTTPStatus, Mapping[str, Any]]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "").rstrip("/") or "/"
        try:
            # Label Studio adds the webhook itself, without the password.
            if path != "/webhook":
                self._check_password(environ)
            answer = self._route(method, path)
            return HTTPStatus.OK, answer(_body(environ))
        except _RefusedError as refusal:
            status, reason = refusal.status, str(refusal)
        except MalformedError as error:
            status, reason = HTTPStatus.BAD_REQUEST, f"the request is not valid: {error.problem}"
        except DatelineError as error:
            status, reason = HTTPStatus.INTERNAL_SERVER_ERROR, str(error)
        self._notify(f"{method} {path}: refused ({status.value}): {reason}")
        return status, {"error": " ".join(reason.split())}

    def _check_password(self, environ: WSGIEnvironment) -> None:
        given = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1")
        if not hmac.compare_digest(given, self._authorization):
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, "user or password is missing or wrong")

    def _route(self, method: str, path: str) -> Callable[[bytes], Mapping[str, Any]]:
        known = {name for _, name in self._routes}
        if path not in known:
            raise _RefusedError(
                HTTPStatus.NOT_FOUND, f"there is no such address. Known: {', '.join(sorted(known))}"
            )
        if (method, path) not in self._routes:
            raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} does not answer {method}")
        return self._routes[method, path]

    def _health(self, _: bytes) -> Mapping[str, Any]:
        return {"status": "UP", "model_class": self._predictions.version}

    def _versions(self, _: bytes) -> Mapping[str, Any]:
        return {"versions": [self._predictions.version]}

    def _setup(self, body: bytes) -> Mapping[str, Any]:
        decode_json_as(body, dict[str, Any])
        return {"model_version": self._predictions.version}

    def _ignore(self, _: bytes) -> Mapping[str, Any]:
        return {"status": "ok", "detail": NO_TRAINING}

    def _predict(self, body: bytes) -> Mapping[str, Any]:
        request = decode_json_as(body, _PredictRequest)
        tasks = [task_with(task.id, task.data) for task in request.tasks]
        try:
            parse_config(request.label_config)
        except InvalidInputError as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from None
        starts = self._predictions.starts(tasks, request.label_config)
        refused = [one for one in starts if isinstance(one, str)]
        if refused and len(refused) == len(starts):
            raise _RefusedError(HTTPStatus.CONFLICT, "; ".join(refused))
        for reason in refused:
            self._notify(f"refused: {reason}")
        self._notify(f"predicted {counted(len(starts) - len(refused), 'task')}")
        # The server takes a list for several predictions of a task, and an empty one for none.
        results = [one.answer() if isinstance(one, Start) else [] for one in starts]
        return {"results": results, "model_version": self._predictions.version}


def _body(environ: WSGIEnvironment) -> bytes:
    """The content of a request. Raises a refusal if it is too large, or not all there."""
    given = environ.get("CONTENT_LENGTH") or "0"
    length = whole_number(given)
    if "HTTP_TRANSFER_ENCODING" in environ or length is None:
        raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing or not a number")
    if length > MAX_BODY:
        raise _RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the request has {length:,} bytes; at most {MAX_BODY:,} are read. Ask for fewer tasks",
        )
    try:
        body: bytes = environ["wsgi.input"].read(length)
    except OSError:
        body = b""
    if len(body) < length:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "the request ended early")
    return body
