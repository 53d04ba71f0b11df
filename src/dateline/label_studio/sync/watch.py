"""Requests that tell a watch that something has changed on the server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue

from dateline.errors import DatelineError


class Wakeups:
    """Ends a wait from another thread.

    A queue, because an exception in the middle of waiting for a `threading.Event` may leave its
    lock in disorder.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[None] = SimpleQueue()

    def wake(self) -> None:
        """End the current wait, or the next one immediately."""
        self._calls.put(None)

    def wait(self, seconds: float) -> None:
        """Wait this long, or until woken; calls that came in the meantime count as one."""
        try:
            self._calls.get(timeout=seconds)
            while True:
                self._calls.get_nowait()
        except Empty:
            return


@contextmanager
def listening(host: str, port: int, wakeups: Wakeups) -> Iterator[int]:
    """Wake on every POST request to this address, whatever its content; yields the port.

    Raises DatelineError if the address cannot be used.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_POST(self) -> None:
            wakeups.wake()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise DatelineError(f"{host}:{port}: cannot listen: {error.strerror or error}.") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
