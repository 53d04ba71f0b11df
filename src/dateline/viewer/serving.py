"""Serves a site on this machine only."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"


def site_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the files in a folder, on the loopback interface; port 0 is any free one.

    It answers requests for this machine by its address or as localhost, so that pages of other
    sites cannot read it under a name of their own. Raises OSError if the port is in use.
    """
    return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))


def address_of(server: ThreadingHTTPServer) -> str:
    """The address of a server, such as ``http://127.0.0.1:8000/``."""
    return f"http://{HOST}:{server.server_address[1]}/"


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """Send a file."""
        if self._is_for_this_machine():
            super().do_GET()

    def do_HEAD(self) -> None:
        """Send the headers of a file."""
        if self._is_for_this_machine():
            super().do_HEAD()

    def end_headers(self) -> None:
        """Add that pages are read again after they have changed."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is inherited)
        """Log nothing: nobody reads it."""

    def _is_for_this_machine(self) -> bool:
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host in (HOST, "localhost"):
            return True
        self.send_error(421, "This server answers for 127.0.0.1 and localhost only")
        return False
