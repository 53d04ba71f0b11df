"""Serves a WSGI application in threads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from dateline.label_studio.background_server import running

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Ignore a connection that broke: the client knows."""


class _Handler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, *_: object) -> None:
        """Log nothing: the application does."""


def serving(app: WSGIApplication, host: str, port: int) -> AbstractContextManager[int]:
    """Serve an application while the context is open; gives the port, which is any free one for 0.

    Raises DatelineError if the address cannot be used.
    """

    def server(address: tuple[str, int]) -> WSGIServer:
        made = _Server(address, _Handler)
        made.set_app(app)
        return made

    return running(server, host, port)
