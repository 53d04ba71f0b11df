"""One Label Studio server for all processes of a test run.

The first process that needs it starts it. It stops when the last one has left, or has crashed: each
holds the writing end of a pipe, and a supervisor, this file run as a program, reads the other end.

Tests that use it run one at a time: with SQLite, Label Studio cannot be relied on to serve two of
them. Under load it reports errors for what it has done.

The server uses SQLite, or the PostgreSQL server that `POSTGRESQL` names: each server then makes a
database of its own there, and drops it when it stops.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from filelock import FileLock

PATIENCE = 1200
"""Seconds that a fresh server may take until it answers; on a busy machine, minutes."""
POSTGRESQL = "DATELINE_TEST_POSTGRESQL"
"""The environment variable with the address of a PostgreSQL server, of which the user may create
databases: ``postgresql://USER:PASSWORD@HOST:PORT``."""
OWNER, ANNOTATOR = "owner.of.projects@example.org", "an.annotator@example.org"

_SQL = """
import os, sys, psycopg
names = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
given = {name: os.environ["POSTGRE_" + variable] for name, variable in names.items()}
with psycopg.connect(**given, dbname="postgres", autocommit=True) as server:
    server.execute(sys.argv[1] + " " + os.environ["POSTGRE_NAME"])
"""


@dataclass
class Access:
    """The address of a server and the secrets of its two accounts."""

    url: str
    password: str
    owner_token: str
    annotator_token: str
    personal_access_token: str


@contextlib.contextmanager
def shared_server(folder):
    """Access to the server of the processes that share this folder, started if need be."""
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        held, access = _join(folder)
        if access is None:
            held, access = _start(folder)
    try:
        yield access
    finally:
        os.close(held)


def find_label_studio():
    """The virtual environment of the server; fails where there is none."""
    from dateline.label_studio.local_server.environment import VARIABLE, environment_folder

    venv = environment_folder()
    if not (venv / "bin" / "label-studio").is_file():
        pytest.fail(
            f"There is no Label Studio in {venv}: run `dateline studio server install`, or name "
            f"its virtual environment in {VARIABLE}."
        )
    return venv


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _join(folder):
    """The pipe and the access of a server that is running, or None twice."""
    try:
        held = os.open(folder / "pipe", os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # there is no pipe, or nobody reads it any more
        return None, None
    return held, Access(**json.loads((folder / "access.json").read_bytes()))


def _start(folder):
    # Imported here because the supervisor, which runs without a Python path, needs none of it.
    from dateline.label_studio.local_server.environment import copy_empty_database
    from dateline.label_studio.local_server.local_server import Access as Account
    from dateline.label_studio.local_server.local_server import command, variables

    venv = find_label_studio()
    data = Path(tempfile.mkdtemp(prefix="data-", dir=folder))
    copy_empty_database(venv, data)
    password, token, port = secrets.token_urlsafe(18), secrets.token_hex(20), free_port()
    account = Account(port=port, username=OWNER, password=password, token=token)
    environment = variables(account, data)
    environment["SSRF_PROTECTION_ENABLED"] = "false"  # it may call back on this machine
    if POSTGRESQL in os.environ:
        environment |= _new_database(venv, os.environ[POSTGRESQL])
    pipe = folder / "pipe"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    held = os.open(pipe, os.O_WRONLY)
    os.set_blocking(reading, True)
    with (data / "log").open("wb") as log:
        subprocess.run(
            [sys.executable, __file__, folder, *command(venv, port, data)], cwd=data, env=environment,
            stdin=reading, stdout=log, stderr=log, start_new_session=True, check=True,
        )  # fmt: skip
    os.close(reading)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url, held, data / "log")
        access = _make_accounts(url, password, token)
        (folder / "access.json").write_text(json.dumps(asdict(access)))
    except BaseException:
        os.close(held)
        raise
    return held, access


def _new_database(venv, address):
    """Create a database, and return the variables with which Label Studio uses it."""
    server = urlsplit(address)
    variables = {
        "DJANGO_DB": "default",
        "POSTGRE_USER": server.username or "postgres",
        "POSTGRE_PASSWORD": server.password or "",
        "POSTGRE_HOST": server.hostname,
        "POSTGRE_PORT": str(server.port or 5432),
        "POSTGRE_NAME": f"dateline_{secrets.token_hex(8)}",
    }
    _run_sql(venv / "bin" / "python", "CREATE DATABASE", variables)
    return variables


def _run_sql(python, statement, variables):
    """Run a statement about a server's database, with the client that Label Studio brings."""
    subprocess.run([python, "-c", _SQL, statement], env=variables, check=True)


def _wait_until_it_answers(url, held, log):
    deadline = time.monotonic() + PATIENCE
    stopped = select.poll()
    stopped.register(held, 0)  # reports an error when nobody reads the pipe
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        if stopped.poll(200):
            break
    pytest.fail(f"Label Studio did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _make_accounts(url, password, owner_token):
    """Let the annotator join the owner's organization through the invitation; make tokens."""
    headers = {"Authorization": f"Token {owner_token}"}
    answer = httpx.get(f"{url}/api/invite", headers=headers, timeout=60).raise_for_status()
    invitation = httpx.URL(url).join(answer.json()["invite_url"]).raw_path.decode()
    with _session(url, invitation, ANNOTATOR, password) as session:
        annotator_token = session.get("/api/current-user/token").raise_for_status().json()["token"]
    with _session(url, "/user/login/", OWNER, password) as session:
        personal = session.post("/api/token/").raise_for_status().json()["token"]
    return Access(url, password, owner_token, annotator_token, personal)


@contextlib.contextmanager
def _session(url, page, email, password):
    with httpx.Client(base_url=url, timeout=60) as session:
        session.get(page).raise_for_status()
        form = {
            "email": email,
            "password": password,
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        answer = session.post(page, data=form, headers={"Referer": url})
        assert answer.is_redirect, answer.text[:500]
        session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
        session.headers["Referer"] = url
        yield session


def _supervise(folder, command):
    """Run a server until it ends, or nobody holds the pipe on standard input any more."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:
        threading.Thread(target=_wait_until_nobody_needs_it, args=(folder, server)).start()
        server.wait()
    if "POSTGRE_NAME" in os.environ:
        _run_sql(command[0], "DROP DATABASE", os.environ)
    os._exit(0)


def _wait_until_nobody_needs_it(folder, server):
    while True:
        os.set_blocking(0, True)
        os.read(0, 1)
        with FileLock(folder / "lock"), contextlib.suppress(BlockingIOError):
            os.set_blocking(0, False)
            os.read(0, 1)  # somebody may have joined before the lock was taken
            (folder / "pipe").unlink()
            break
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(30)
    server.kill()


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # so that nobody has to wait for the supervisor
    _supervise(Path(sys.argv[1]), sys.argv[2:])
