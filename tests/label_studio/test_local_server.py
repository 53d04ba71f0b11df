"""``dateline studio server`` from the first start to the stop."""

from __future__ import annotations

import os
import subprocess
import sys
import venv

import httpx
import pytest

from dateline.label_studio.local_server.environment import VARIABLE, stamp_of

from .server import free_port


@pytest.fixture
def server(empty_corpus, tmp_path):
    """Run `dateline studio server` for an empty corpus; the environment is to be given."""

    def invoke(*arguments, environment=tmp_path / "none"):
        command = [sys.executable, "-m", "dateline", "studio", "server", *arguments]
        return subprocess.run(
            command, cwd=empty_corpus.root, env=os.environ | {VARIABLE: str(environment)},
            capture_output=True, text=True, check=False, timeout=400,
        )  # fmt: skip

    return invoke


@pytest.fixture
def local_server(server, installed):
    """The same with Label Studio installed; stopped at the end."""

    def invoke(*arguments):
        return server(*arguments, environment=installed)

    yield invoke
    invoke("stop")


def test_a_server_starts_runs_and_stops(local_server, empty_corpus, label_studio):
    taken = local_server("start", "--port", str(httpx.URL(label_studio.url).port))
    assert taken.returncode == 1
    assert "cannot be used: Address already in use. Choose another port." in taken.stderr
    assert local_server("status").returncode == 3

    port = str(free_port())
    started = local_server("start", "--port", port)
    assert started.returncode == 0, started.stderr
    address = f"http://127.0.0.1:{port}"
    assert f"Label Studio is running at {address}" in started.stderr

    printed = local_server("credentials").stdout
    exported = dict(
        line.removeprefix("export ").split("=", 1)
        for line in printed.splitlines()
        if line.startswith("export ")
    )
    assert exported["LABEL_STUDIO_URL"] == address
    token = exported["LABEL_STUDIO_API_KEY"]
    answer = httpx.get(
        f"{address}/api/current-user/whoami", headers={"Authorization": f"Token {token}"}
    )
    assert answer.json()["email"] == "admin@localhost"

    folder = empty_corpus.root / ".dateline" / "label-studio"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "access.json").stat().st_mode & 0o777 == 0o600
    password = printed.partition("password ")[2].partition("\n")[0]
    pid = (folder / "pid").read_text().strip()
    listed = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", pid], capture_output=True, text=True, check=True
    ).stdout
    assert "label-studio" in listed
    for place in (started.stdout, started.stderr, (folder / "log").read_text(), listed):
        assert token not in place
        assert password not in place

    assert "already running" in local_server("start").stderr
    assert (
        local_server("status").stdout == f"Label Studio is running at {address} (process {pid})\n"
    )
    assert local_server("stop").stderr == "Label Studio stopped\n"
    assert local_server("status").returncode == 3
    assert local_server("stop").stderr == "Label Studio is not running\n"


def test_a_process_that_has_the_number_of_a_stopped_server_is_left_alone(server, empty_corpus):
    folder = empty_corpus.root / ".dateline" / "label-studio"
    folder.mkdir(parents=True)
    with subprocess.Popen(["sleep", "600"]) as other:
        (folder / "pid").write_text(f"{other.pid}\n")
        assert server("stop").stderr == "Label Studio is not running\n"
        assert other.poll() is None
        other.terminate()


def test_a_server_that_does_not_start_leaves_nothing_running(server, tmp_path):
    folder = tmp_path / "broken"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("#!/bin/sh\necho no database\nexit 1\n")
    (folder / "bin" / "python").chmod(0o755)
    (folder / "dateline-stamp").write_text(stamp_of(folder))
    failed = server("start", "--port", str(free_port()), environment=folder)
    assert failed.returncode == 1
    assert "Error: Label Studio stopped: no database The log is " in failed.stderr
    assert server("status").returncode == 3


def test_what_cannot_work_is_explained(server, empty_corpus, tmp_path):
    assert "does not exist yet. Start the server first." in server("credentials").stderr
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    refused = server("install", environment=tmp_path / "mine")
    assert (refused.returncode, "is not a virtual environment" in refused.stderr) == (1, True)
    (empty_corpus.root / "schema" / "ontology.schema.json").unlink()
    assert "is not a corpus" in server("start").stderr
    assert not (empty_corpus.root / ".dateline" / "label-studio").exists()


def test_credentials_of_an_unknown_form_are_not_printed(server, empty_corpus):
    folder = empty_corpus.root / ".dateline" / "label-studio"
    folder.mkdir(parents=True)
    (folder / "access.json").write_text(
        '{"port": 1, "username": "a\\nrm -r x", "password": "p", "token": "0"}'
    )
    result = server("credentials")
    assert (result.returncode, result.stdout) == (1, "")
    assert "access.json" in result.stderr


def test_a_failed_installation_names_its_log_and_is_repeated(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    for _ in range(2):
        failed = server("install")
        assert failed.returncode == 1
        *_, line = failed.stderr.splitlines()
        assert line.startswith("Error: Label Studio cannot be installed: ERROR: No matching dist")
        assert line.endswith(f"The log is {tmp_path}/none.log.")


def test_a_complete_environment_is_not_installed_again(server, tmp_path):
    folder = tmp_path / "complete"
    venv.create(folder, symlinks=True)
    (folder / "dateline-stamp").write_text(stamp_of(folder))
    result = server("install", environment=folder)
    assert (result.stdout, result.stderr) == (f"{folder}\n", "")
