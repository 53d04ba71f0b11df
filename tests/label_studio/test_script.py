"""``scripts/label-studio`` from the first start to the stop."""

from __future__ import annotations

import shutil
import subprocess

import httpx
import pytest

from ..conftest import REPOSITORY
from .server import find_label_studio, free_port


@pytest.fixture
def label_studio_script(tmp_path):
    """Run a copy of the script, whose server is installed already but has no data yet."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    for name in ("label-studio", "label-studio.lock", "environment.sh"):
        shutil.copy(REPOSITORY / "scripts" / name, folder / name)
    venv = tmp_path / ".cache" / "label-studio" / "venv"
    venv.mkdir(parents=True)
    for entry in find_label_studio().iterdir():
        if entry.name not in (".lock", ".place"):
            (venv / entry.name).symlink_to(entry)
    (venv / ".place").write_text(f"{venv}\n")
    stamp = "sha256sum <scripts/label-studio.lock >.cache/label-studio/venv/.lock"
    subprocess.run(["bash", "-c", stamp], cwd=tmp_path, check=True)

    def run(*arguments):
        command = [folder / "label-studio", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)

    yield run
    run("stop")


def test_a_server_starts_runs_and_stops(label_studio_script, tmp_path):
    port = str(free_port())
    assert label_studio_script("status").returncode == 3
    started = label_studio_script("start", "--port", port)
    assert started.returncode == 0, started.stderr
    assert f"Label Studio is running at http://127.0.0.1:{port}" in started.stdout

    kept = tmp_path / ".cache" / "label-studio" / "credentials"
    assert kept.stat().st_mode & 0o777 == 0o600
    for line in kept.read_text().splitlines():
        name, _, value = line.partition("=")
        assert (value in started.stdout) == (name == "LABEL_STUDIO_USERNAME")

    exported = dict(
        line.removeprefix("export ").split("=", 1)
        for line in label_studio_script("credentials").stdout.splitlines()
        if line.startswith("export ")
    )
    answer = httpx.get(
        f"{exported['LABEL_STUDIO_URL']}/api/current-user/whoami",
        headers={"Authorization": f"Token {exported['LABEL_STUDIO_API_KEY']}"},
    )
    assert answer.json()["email"] == "admin@localhost"

    assert "already running" in label_studio_script("start").stdout
    assert label_studio_script("status").returncode == 0
    assert label_studio_script("stop").stdout == "Label Studio stopped\n"
    assert label_studio_script("status").returncode == 3


def test_what_it_cannot_do_is_explained(label_studio_script, label_studio):
    taken = label_studio_script("start", "--port", str(httpx.URL(label_studio.url).port))
    assert (taken.returncode, "is in use; choose another" in taken.stderr) == (1, True)
    assert "unknown command bogus" in label_studio_script("bogus").stderr
    assert "no credentials yet" in label_studio_script("credentials").stderr
