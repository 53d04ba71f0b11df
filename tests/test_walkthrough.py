"""The commands of docs/benchmark.md run and print what the page shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def unversioned(page: str) -> str:
    return re.sub(r"\|version:[^|]*\|", "|", page)


def test_the_page_shows_what_its_commands_print(tmp_path: Path):
    page = (REPOSITORY / "docs" / "benchmark.md").read_text(encoding="utf-8")
    copy = tmp_path / "benchmark.md"
    copy.write_text(page, encoding="utf-8")
    script = str(REPOSITORY / "scripts" / "console.py")
    done = subprocess.run(
        [sys.executable, script, str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # A release changes the version in signatures.
    printed = copy.read_text(encoding="utf-8")
    assert unversioned(printed) == unversioned(page), "run scripts/figures"


def test_a_failing_command_is_reported_with_its_output(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ dateline score nowhere.jsonl\n```\n", encoding="utf-8")
    script = str(REPOSITORY / "scripts" / "console.py")
    done = subprocess.run(
        [sys.executable, script, str(page)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "dateline score nowhere.jsonl" in done.stderr
    assert "does not exist" in done.stderr
