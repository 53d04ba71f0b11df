"""The scripts keep the output of installers out of the way, and show it when one fails."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture
def logged(tmp_path: Path):
    (tmp_path / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts" / "environment.sh", tmp_path / "scripts")

    def run(command: str) -> subprocess.CompletedProcess[str]:
        script = f"source scripts/environment.sh; logged pip 'Installing x' sh -c '{command}'"
        return subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def test_an_installation_prints_one_line_and_keeps_its_output(logged, tmp_path: Path):
    done = logged("seq 1000")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Installing x ...\n")
    assert (tmp_path / ".cache/logs/pip.log").read_text().endswith("999\n1000\n")


def test_a_failed_installation_shows_the_end_of_its_log_and_its_path(logged, tmp_path: Path):
    done = logged("seq 1000; exit 3")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert lines[1:-1] == [str(number) for number in range(981, 1001)]
    assert lines[-1].endswith(f"Full log: {tmp_path}/.cache/logs/pip.log")


@pytest.mark.parametrize("name", ["docs", "figures", "fuzz", "lock", "run"])
def test_a_script_refuses_unknown_arguments_with_its_usage(name: str):
    script = REPOSITORY / "scripts" / name
    done = subprocess.run([script, "bogus"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith(f"Usage: scripts/{name}")) == (1, True)
    assert subprocess.run([script, "--help"], capture_output=True, check=False).returncode == 0
