"""Waking up when something may have changed: after a while, or when the server calls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dateline.errors import DatelineError


class Alarm:
    """Waits, and can be woken or stopped from another thread or a signal handler."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self.stopped = False

    def wake(self) -> None:
        """End the present wait, or the next one at once."""
        self._woken.set()

    def stop(self) -> None:
        """End waiting for good."""
        self.stopped = True
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, unless woken."""
        self._woken.wait(seconds)
        self._woken.clear()


@contextmanager
def listening(host: str, port: int, alarm: Alarm) -> Iterator[int]:
    """Wake whenever somebody posts anything to this address; gives the port.

    What is posted is neither read nor believed: it is a hint to look, and no more. Raises
    DatelineError where the address cannot be had.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_POST(self) -> None:
            alarm.wake()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent: requests are of no interest."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise DatelineError(f"--listen {host}:{port}: {error.strerror or error}.") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
