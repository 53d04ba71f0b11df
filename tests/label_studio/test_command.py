"""``dateline studio`` without a server."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from dateline.cli.annotation.studio import studio
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.label_studio.server import responses

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def studio_of(files):
    """Run a subcommand for a small corpus that has gold."""
    files.check()

    def invoke(command, *arguments, **environment):
        result = CliRunner().invoke(
            studio,
            [command, "--root", str(files.root), *arguments],
            env={"LABEL_STUDIO_URL": None, "LABEL_STUDIO_API_KEY": None} | environment,
        )
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert TOKEN not in result.output
        return result

    return invoke


def test_config_prints_the_page(studio_of, ontology):
    result = studio_of("config")
    assert result.exit_code == 0
    assert result.stdout == labelling_config(ontology)


@pytest.mark.parametrize("command", ["config", "push", "pull", "status", "watch"])
def test_help_ends_with_an_example(studio_of, command):
    result = studio_of(command, "--help")
    assert re.search(r"Examples?:\n", result.stdout)
    assert f"dateline studio {command}" in result.stdout


@pytest.mark.parametrize("command", ["push", "pull", "status", "watch"])
def test_without_a_token_it_says_where_to_find_one(studio_of, command):
    result = studio_of(command)
    assert result.exit_code == 1
    assert "LABEL_STUDIO_API_KEY" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--url", "localhost:8080", "--token", TOKEN], "write it like http://localhost:8080"),
        (["--url", "http://127.0.0.1:1", "--token", TOKEN], "the server running?"),
        (["--url", "http://:x", "--token", TOKEN], "Check the address"),
        (["--token", "two words"], "Copy it again"),
        (["--url", "http://ls.example.org", "--token", TOKEN], "sent unencrypted"),
        (["--url", "http://127.0.0.1.example.org", "--token", TOKEN], "sent unencrypted"),
        (["--url", "http://10.0.0.1:8080", "--token", TOKEN], "--allow-http"),
        (["--url", "http://[::1", "--token", TOKEN], "write it like"),
        (["--url", "http://nowhere.invalid", "--allow-http", "--token", TOKEN], "cannot connect"),
        (["--documents", "nowhere", "--token", TOKEN], "no file corpus/nowhere.json"),
    ],
    ids=[
        "no scheme",
        "nobody there",
        "no address",
        "no token",
        "plain http",
        "like loopback",
        "another machine",
        "half an address",
        "http allowed",
        "no document",
    ],
)
def test_what_cannot_work_is_explained(studio_of, arguments, message):
    result = studio_of("push", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


def test_an_empty_corpus_is_explained(empty_corpus):
    result = CliRunner().invoke(studio, ["push", "--root", str(empty_corpus.root)])
    assert result.exit_code == 1
    assert "`dateline ingest` adds some" in result.output


@pytest.mark.parametrize("pair", ["ana", "x=ana", f"{'9' * 5000}=ana", "\u00b2=ana", "-1=ana"])
def test_a_pseudonym_without_the_number_of_a_user_is_explained(studio_of, pair):
    result = studio_of("pull", "--users", pair, "--token", TOKEN)
    assert result.exit_code == 2
    assert "is not NUMBER=PSEUDONYM" in result.stderr


def test_the_client_is_not_imported_before_it_is_needed():
    modules = "dateline.cli.annotation.studio, dateline.label_studio.sync.push, dateline.label_studio.sync.pull"
    code = f"import sys, {modules}; sys.exit('label_studio_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@contextlib.contextmanager
def answering(status, body):
    """A server that gives the same answer to every request; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # the client stops reading a huge answer
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"null",
        b"7",
        b"<html>Sign in</html>",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"count": "many", "results": 7}',
        b'{"count": 1e999, "results": []}',
        b'{"count": 1, "results": [{"id": "x", "title": "Conflict and diplomacy"}]}',
        b'{"count": 1, "results": [7]}',
        b"\xff\xfe",
        b"x" * 100_000,
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_an_answer_of_another_kind_is_one_message(studio_of, monkeypatch, body):
    monkeypatch.setattr(responses, "MAX_BYTES", 300_000)
    with answering(200, body) as url:
        result = studio_of("status", "--url", url, "--token", TOKEN, "--backoff", "0")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert url in result.stderr.splitlines()[-1]


def test_an_answer_without_end_is_not_read(studio_of, monkeypatch):
    monkeypatch.setattr(responses, "MAX_BYTES", 1 << 20)
    with answering(200, b" " * (2 << 20)) as url:
        result = studio_of("status", "--url", url, "--token", TOKEN)
    assert result.exit_code == 1
    assert "larger than 1 MiB" in result.stderr


@pytest.mark.parametrize("token", [TOKEN, "short/secret"])
def test_what_a_server_states_is_shown_without_the_token(studio_of, token):
    stated = {"detail": f"You sent {token} \x1b[2J\u202e " + "and more " * 1000}
    with answering(400, json.dumps(stated).encode()) as url:
        result = studio_of("status", "--url", url, "--token", token)
    assert result.exit_code == 1
    assert "You sent" in result.stderr
    assert token not in result.stderr
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr
    assert len(result.stderr) < 600
