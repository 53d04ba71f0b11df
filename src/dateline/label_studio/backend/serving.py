"""Serves a WSGI application in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from dateline.errors import DatelineError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


POLL = 0.1
"""Seconds after which the server looks whether it has to stop."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Ignore a connection that broke: the client knows."""


class _Handler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, *_: object) -> None:
        """Log nothing: the application does."""


@contextmanager
def serving(app: WSGIApplication, host: str, port: int) -> Iterator[int]:
    """Serve an application; yields the port, which is any free one for 0.

    Raises DatelineError if the address cannot be used.
    """
    try:
        server = _Server((host, port), _Handler)
    except OSError as error:
        raise DatelineError(f"{host}:{port}: cannot listen: {error.strerror or error}.") from None
    server.set_app(app)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
