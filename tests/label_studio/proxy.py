"""A proxy on loopback that breaks requests and answers as networks and servers do."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import httpx

ALWAYS = range(1, 1000)
HOP_BY_HOP = {
    "connection",
    "transfer-encoding",
    "content-encoding",
    "content-length",
    "date",
    "server",
}


@dataclass
class Rule:
    """Do this to the n-th requests (from 1) of a method whose path matches, and forward others."""

    fault: Callable[[Exchange], None]
    method: str
    path: str
    nth: range | tuple[int, ...] = (1,)
    matched: int = 0
    met: int = 0

    def applies(self, method, path):
        if method != self.method or not re.fullmatch(self.path, path):
            return False
        self.matched += 1
        hit = self.matched in self.nth
        self.met += hit
        return hit


@dataclass
class Exchange:
    """A request under way."""

    proxy: Proxy
    handler: BaseHTTPRequestHandler
    body: bytes

    def forward(self):
        """Forward the request to the server; returns its answer."""
        headers = {k: v for k, v in self.handler.headers.items() if k.lower() not in HOP_BY_HOP}
        headers |= {
            "Accept-Encoding": "identity",
            "Host": httpx.URL(self.proxy.upstream).netloc.decode(),
        }
        return self.proxy.client.request(
            self.handler.command, self.proxy.upstream + self.handler.path, headers=headers, content=self.body,
        )  # fmt: skip

    def answer(self, status, body=b"", length=None, **headers):
        """Answer the client, optionally with a wrong length."""
        self.handler.send_response(status)
        sent = {"Content-Type": "application/json"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        for name, value in sent.items():
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(body) if length is None else length))
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def relay(self, answer, body=None):
        """Give the client the server's answer, optionally with another body."""
        kind = answer.headers.get("content-type", "application/json")
        self.answer(answer.status_code, answer.content if body is None else body, Content_Type=kind)

    def reset(self):
        """End the connection as a crash does, with RST."""
        self.handler.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        os.close(self.handler.connection.detach())

    def hold(self):
        """Send nothing until the client gives up."""
        with contextlib.suppress(OSError):
            self.handler.connection.recv(1)


@dataclass
class Proxy:
    """Forwards to a server; ``rules`` has what to break, ``requests`` what was received."""

    upstream: str
    rules: list[Rule] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self):
        self.client = httpx.Client(timeout=60)
        self._lock = threading.Lock()
        self._threads = []
        self._listener = None
        self.listen()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def listen(self):
        """Accept connections, on the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(50)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._start(self._accept, listener)

    def refuse(self):
        """Refuse connections from now on."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def recover(self):
        """Forward everything."""
        self.rules.clear()
        if self._listener is None:
            self.listen()

    def close(self):
        self.refuse()
        for thread in self._threads:
            thread.join(30)
        self.client.close()

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                self._start(self._serve, listener.accept()[0])

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError, ValueError):
            _handler(self)(connection, ("127.0.0.1", 0), None)

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        exchange = Exchange(self, handler, body)
        path = handler.path.partition("?")[0]
        with self._lock:
            self.requests.append((handler.command, path))
            rule = next((r for r in self.rules if r.applies(handler.command, path)), None)
        if rule is None:
            exchange.relay(exchange.forward())
        else:
            rule.fault(exchange)


def _handler(proxy):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self):
            self.close_connection = True
            proxy.handle(self)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any

        def log_message(self, *arguments):
            pass

    return Handler


# What can go wrong.


def reset_before(exchange):
    """The server never sees the request."""
    exchange.reset()


def reset_after(exchange):
    """The server carries it out, and the answer is lost."""
    exchange.forward()
    exchange.reset()


def cut_off(exchange):
    """The connection breaks in the middle of the answer."""
    content = exchange.forward().content
    exchange.answer(200, content[: len(content) // 2], length=len(content))
    exchange.reset()


def truncated(exchange):
    """Half of the JSON is sent as if it were complete."""
    content = exchange.forward().content
    exchange.answer(200, content[: len(content) // 2])


def empty(exchange):
    """The answer has no body."""
    exchange.forward()
    exchange.answer(200)


def page_of_html(exchange):
    """A proxy's page replaces the answer."""
    exchange.forward()
    exchange.answer(200, b"<html>Please log in</html>", Content_Type="text/html")


def html_called_json(exchange):
    """An HTML page declared as JSON."""
    exchange.forward()
    exchange.answer(200, b"<html>Please log in</html>")


def json_called_text(exchange):
    """The right answer with the wrong content type."""
    exchange.answer(200, exchange.forward().content, Content_Type="text/plain")


def other_json(exchange):
    """JSON of another program."""
    exchange.forward()
    exchange.answer(200, b'{"hello": "world"}')


def refused(exchange):
    """The server goes down."""
    exchange.proxy.refuse()
    exchange.reset()


def hold_before(exchange):
    """The request times out and is not carried out."""
    exchange.hold()


def hold_after(exchange):
    """The request times out, but is carried out."""
    exchange.forward()
    exchange.hold()


def redirect(exchange):
    """The server has moved."""
    exchange.answer(302, Location="https://elsewhere.example/api?token=0123456789abcdef")


def status(code, done=False, **headers):
    """An error, before or after the server carries it out; its text quotes the request."""

    def fault(exchange):
        if done:
            exchange.forward()
        quoted = f"sent: {exchange.handler.headers.get('Authorization')}"
        exchange.answer(code, json.dumps({"detail": quoted}).encode(), **headers)

    fault.__name__ = f"status {code}" + (" done" if done else "")
    return fault


def changed(edit):
    """The server's answer after an edit of its JSON."""

    def fault(exchange):
        answer = exchange.forward()
        exchange.relay(answer, json.dumps(edit(answer.json())).encode())

    return fault


def meanwhile(action):
    """Something happens on the server just before the request."""

    def fault(exchange):
        action()
        exchange.relay(exchange.forward())

    return fault
