"""Serves requests from Label Studio in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import HTTPServer

from dateline.errors import DatelineError

POLL = 0.1
"""Seconds after which a server looks whether it has to stop."""


@contextmanager
def running(make: Callable[[tuple[str, int]], HTTPServer], host: str, port: int) -> Iterator[int]:
    """Run the server that ``make`` creates for an address; yields the port, any free one for 0.

    Raises DatelineError if the address cannot be used.
    """
    try:
        server = make((host, port))
    except OSError as error:
        raise DatelineError(f"{host}:{port}: cannot listen: {error.strerror or error}.") from None
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
