"""The commands and code of the README run and print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dateline.corpus.store import Corpus
from tests.conftest import REPOSITORY, Run, code_blocks, copy_repository, dateline_lines

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return code_blocks(README, language)


def commands() -> list[str]:
    """The commands of the README, without those that need a server."""
    return [line for line in dateline_lines(README) if not line.startswith("dateline studio")]


@pytest.fixture
def built(real_corpus: Corpus, run: Run) -> Corpus:
    assert run(real_corpus, "build").exit_code == 0
    return real_corpus


def test_commands_are_found():
    assert {"dateline ingest", "dateline validate", "dateline build"} <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(
    real_corpus: Corpus, run: Run, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    result = run(real_corpus, *shlex.split(command)[1:])
    assert result.exit_code == 0, result.output


def test_the_sidecar_of_the_readme_is_accepted(empty_corpus: Corpus, run: Run):
    (sidecar,) = blocks("toml")
    (empty_corpus.seeds / "name.txt").write_text("A text.", encoding="utf-8")
    (empty_corpus.seeds / "name.toml").write_text(sidecar, encoding="utf-8")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 0, result.output


def test_the_output_of_scripts_run_is_as_shown(run: Run, tmp_path: Path):
    (printed,) = blocks("text")
    built = copy_repository(tmp_path / "repository")
    assert run(built, "build").exit_code == 0
    script = [sys.executable, str(REPOSITORY / "scripts" / "show.py"), str(built.root / "dist")]
    environment = os.environ | {"HF_HOME": str(tmp_path / "cache"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(script, capture_output=True, text=True, env=environment, check=False)
    shown = [line.rstrip() for line in done.stdout.splitlines()]
    messages = [
        line for name in ("ingest", "validate") for line in run(built, name).stderr.splitlines()
    ]
    assert [*messages, *shown] == printed.splitlines(), done.stderr


def test_the_python_of_the_readme_runs(built: Corpus, tmp_path: Path):
    (code,) = blocks("python")
    environment = os.environ | {"HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    check = f"{code}\nprint(len(documents), len(sentences), len(claims))"
    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=built.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split()[:2] == ["1", "27"], done.stderr


def test_every_local_link_has_a_target():
    for page in (
        *REPOSITORY.glob("*.md"),
        *REPOSITORY.glob("docs/*.md"),
    ):
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"
