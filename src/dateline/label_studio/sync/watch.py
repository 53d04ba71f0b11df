"""Requests that tell a watch that something has changed on the server."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue

from dateline.label_studio.background_server import running


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


def listening(host: str, port: int, wakeups: Wakeups) -> AbstractContextManager[int]:
    """Wake on every POST request to this address, whatever its content; gives the port.

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

    return running(lambda address: ThreadingHTTPServer(address, Handler), host, port)
