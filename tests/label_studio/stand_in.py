"""A stand-in for Label Studio on this machine, whose answers a test decides."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

TITLE = "stand-in"

Route = Literal["whoami", "version", "projects", "tasks", "export", "other"]

PATHS: Mapping[str, Route] = {
    "/api/current-user/whoami": "whoami",
    "/api/version": "version",
    "/api/projects/?": "projects",
    "/api/tasks": "tasks",
    "/api/projects/1/export": "export",
}


@dataclass
class Answer:
    """An answer; ``length`` is the size that it claims to have."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    length: int | None = None


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status)


@contextlib.contextmanager
def stand_in(answer: Callable[[Route], Answer]) -> Iterator[str]:
    """Serve these answers to GET; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            routes = (route for path, route in PATHS.items() if self.path.startswith(path))
            found = answer(next(routes, "other"))
            length = len(found.body) if found.length is None else found.length
            with contextlib.suppress(OSError):  # the client may have been killed
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(found.body)
            self.close_connection = length != len(found.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def answers(config: str, task: Mapping[str, Any], size: int = 1) -> dict[Route, Any]:
    """What a server says that has one project, with one task, by route.

    The annotations of a project that is large, by its ``size``, are exported.
    """
    project = {
        "id": 1,
        "title": TITLE,
        "description": f"dateline-project={'0' * 32}",
        "label_config": config,
        "task_number": size,
    }
    return {
        "whoami": {"id": 1, "email": "a@example.org"},
        "version": {"label-studio-os-package": {"version": "1.0"}},
        "projects": {"count": 1, "results": [project]},
        "tasks": {"total": 1, "total_annotations": 0, "total_predictions": 0, "tasks": [task]},
        "export": [task],
        "other": [],
    }
