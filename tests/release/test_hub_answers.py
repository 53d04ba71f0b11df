"""What a server may answer in the Hub's place: explained, without the token."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.errors import DatelineError
from dateline.release.publishing.hub import Hub
from dateline.text import redacted

TOKEN = "hf_s3cret+/s3cret"


class Answers(BaseHTTPRequestHandler):
    """Answers every request with the same status, headers and body."""

    status: ClassVar[int] = 200
    headers_sent: ClassVar[dict[str, str]] = {}
    body: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.send_response(self.status)
        for name, value in {"Content-Length": str(len(self.body)), **self.headers_sent}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield Hub("news-lab/war-news", TOKEN)
    server.shutdown()
    server.server_close()
    thread.join()


BODIES = {
    "an empty object": b"{}",
    "an array": b"[]",
    "a number": b"7",
    "nothing": b"",
    "HTML": b"<!doctype html><title>Log in</title>",
    "deep JSON": b"[" * 100_000 + b"]" * 100_000,
    "other fields": b'{"id": 7, "sha": [], "private": "perhaps", "tags": {}, "siblings": 3}',
    "a repository without a head": b'{"id": "news-lab/war-news", "sha": null, "siblings": []}',
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("case", BODIES)
def test_answers_that_are_not_the_hubs_are_explained(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, case: str
):
    monkeypatch.setattr(Answers, "body", BODIES[case])
    with pytest.raises(DatelineError, match=r"HF_ENDPOINT|cannot be reached") as caught:
        hub.look()
    assert len(str(caught.value)) < 1000
    # Nothing but expected errors from the other calls, if any.
    for call in (lambda: hub.files("main"), lambda: hub.tag("v1", "abc", "Release")):
        with contextlib.suppress(DatelineError):
            call()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 418, 500])
def test_no_refusal_repeats_the_token(hub: Hub, monkeypatch: pytest.MonkeyPatch, status: int):
    message = f"{TOKEN} {quote(TOKEN, safe='')} \x1b[31m" + "x" * 100_000
    monkeypatch.setattr(Answers, "status", status)
    monkeypatch.setattr(Answers, "headers_sent", {"X-Error-Message": message[:2000]})
    monkeypatch.setattr(Answers, "body", b'{"error": "' + message.encode("unicode_escape") + b'"}')
    with pytest.raises(DatelineError) as caught:
        hub.create(private=False)
    for form in (TOKEN, quote(TOKEN, safe=""), "\x1b"):
        assert form not in str(caught.value)
    assert len(str(caught.value)) < 1000


@given(st.text(), st.text(min_size=1), st.text())
def test_a_secret_is_never_shown(before: str, secret: str, after: str):
    shown = redacted(f"{before}{secret}{after}", [secret, None, ""])
    assert len(shown) <= 300 * 6
    assert all(c.isprintable() for c in shown)
    if len(secret) > 6 and secret not in before + after and secret not in "[secret]":
        assert secret not in shown
