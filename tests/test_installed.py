"""The built wheel in an empty environment, outside the checkout, with each Python that is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.small_corpus import TEXT

CITATION = """\
cff-version: 1.2.0
message: Please cite this corpus.
title: News
authors:
  - name: The editors
license: CC-BY-4.0
"""
LOAD = """
import dateline
(documents,) = dateline.load("documents").values()
(text,) = documents["text"]
print(text)
"""


def interpreters() -> list[str]:
    """The oldest and the newest supported Python: this one, on PATH, or from pyenv."""
    found = {sys.version_info[:2]: sys.executable}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for minor in range(11, 14):
        on_path = shutil.which(f"python3.{minor}")
        for python in [*sorted(pyenv.glob(f"3.{minor}.*/bin/python")), *filter(None, [on_path])]:
            check = "import ensurepip, sys; print(*sys.version_info[:2])"
            tried = subprocess.run(
                [python, "-c", check], capture_output=True, text=True, check=False
            )
            if tried.stdout.split() == ["3", str(minor)]:
                found.setdefault((3, minor), str(python))
    return [found[version] for version in dict.fromkeys((min(found), max(found)))]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.parametrize("python", interpreters())
def test_the_installed_package_works_without_a_checkout(python: str, wheel: Path, tmp_path: Path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "DATELINE_", "LABEL_STUDIO_", "GIT_"))
    } | {"HF_HOME": str(tmp_path / "hub"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(*command: str | Path, folder: Path = tmp_path, code: int = 0) -> str:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{command}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    venv = tmp_path / "venv" / "bin"
    run(python, "-m", "venv", venv.parent)
    # The locked versions, so that a new release of a dependency does not fail the tests.
    lock = REPOSITORY / "scripts" / "requirements.lock"
    run(venv / "python", "-m", "pip", "install", "--quiet", "--no-compile", "-c", lock, wheel)
    dateline = venv / "dateline"

    assert run(dateline, "--help").startswith("Usage: dateline ")
    run(dateline, "init", "news")
    corpus = tmp_path / "news"
    (corpus / "seeds" / "summit.txt").write_text(TEXT, encoding="utf-8", newline="")
    assert "1 added" in run(dateline, "ingest", folder=corpus)
    assert "0 errors" in run(dateline, "validate", folder=corpus)
    (corpus / "CITATION.cff").write_text(CITATION, encoding="utf-8")
    run(dateline, "datasheet", "--write", folder=corpus)
    for command in (
        "init --quiet",
        "config user.name A",
        "config user.email a@example.org",
        "add --all",
        "commit --quiet --message Corpus",
    ):
        run("git", *command.split(), folder=corpus)
    assert "Released 1.0.0" in run(dateline, "release", folder=corpus)
    run(dateline, "build", folder=corpus)
    assert run(venv / "python", "-c", LOAD, folder=corpus).startswith(TEXT[:40])

    push = (dateline, "studio", "push", "--url", "http://127.0.0.1:1", "--token", "a-token")
    missing = 'label_studio_sdk of the extra "studio" is not installed. Run: pip install \'label-'
    assert missing in run(*push, folder=corpus, code=1)
    assert run(dateline, "docs", "metrics").startswith("# ")
    assert run(dateline, "studio", "server", "status", folder=corpus, code=3)
