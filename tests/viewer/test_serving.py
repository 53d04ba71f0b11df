"""The site is served to this machine only."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def address(small):
    """The address of a site that the command serves, until the test ends it with Ctrl-C."""
    command = [sys.executable, "-m", "dateline", "--root", str(small.root), "view", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield urlsplit(running.stdout.readline().strip())
        finally:
            os.kill(running.pid, signal.SIGINT)
            assert running.wait(timeout=60) == 0


def get(address, path, **headers):
    with contextlib.closing(http.client.HTTPConnection(address.hostname, address.port)) as server:
        server.request("GET", path, headers=headers)
        answer = server.getresponse()
        return answer.status, answer.read().decode()


def test_pages_have_all_texts_and_other_hosts_are_refused(address):
    assert address.hostname == "127.0.0.1"
    status, page = get(address, "/documents/closed.html")
    assert (status, "Putin" in page) == (200, True)
    assert get(address, "/index.html", Host=f"localhost:{address.port}")[0] == 200
    assert get(address, "/index.html", Host=f"evil.example:{address.port}")[0] == 421
    assert get(address, "/../../../etc/passwd")[0] == 404


def test_a_port_in_use_is_named(small, run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(small, "view", "--port", str(port))
    assert done.exit_code == 1
    assert f"port {port} cannot be used" in done.stderr
