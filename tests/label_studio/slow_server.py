"""A stand-in for Label Studio that answers slowly, now and then not at all."""

from __future__ import annotations

import contextlib
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TITLE = "slow"
TASK = {"id": 1, "data": {"text": "x", "doc_id": "x"}}


@contextlib.contextmanager
def slow_server(config):
    """Serve one project of this labelling configuration, which has no annotations; yields the URL.

    Of its answers, one in twenty never comes, and one in ten is that the server is busy.
    """
    chance = random.Random(0)
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            luck = chance.random()
            closing.wait(600 if luck < 0.05 else chance.uniform(0, 0.05))
            self.answer(503 if luck > 0.9 else 200, _answer(self.path, config, chance))

        def answer(self, status, body):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(OSError):  # the client may have been killed
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        closing.set()
        server.shutdown()
        server.server_close()


def _answer(path, config, chance):
    if path.startswith("/api/current-user/whoami"):
        return {"id": 1, "email": "a@example.org"}
    if path.startswith("/api/version"):
        return {"label-studio-os-package": {"version": "1.0"}}
    if path.startswith("/api/projects/?"):
        # A project of many tasks is exported, in a thread of its own.
        size = chance.choice([1, 1000])
        project = {
            "id": 1,
            "title": TITLE,
            "description": f"dateline-project={'0' * 32}",
            "label_config": config,
            "task_number": size,
        }
        return {"count": 1, "results": [project]}
    if path.startswith("/api/tasks"):
        return {
            "total": 1,
            "total_annotations": 0,
            "total_predictions": 0,
            "tasks": [{"id": 1, "data": {"text": "x", "doc_id": "x"}}],
        }
    return [{"id": 1, "data": {"text": "x", "doc_id": "x"}, "annotations": []}]
