"""The commands of docs/benchmark.md run and print what the page shows."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

from tests.conftest import REPOSITORY


def test_the_page_shows_what_its_commands_print(tmp_path: Path):
    page = (REPOSITORY / "docs" / "benchmark.md").read_text(encoding="utf-8")
    copy = tmp_path / "benchmark.md"
    copy.write_text(page, encoding="utf-8")
    script = str(REPOSITORY / "scripts" / "console.py")
    done = subprocess.run(
        [sys.executable, script, str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert copy.read_text(encoding="utf-8") == page, "run scripts/figures"


def test_signatures_on_the_page_have_the_present_versions():
    """A quick check of what a release changes."""
    page = (REPOSITORY / "docs" / "benchmark.md").read_text(encoding="utf-8")
    corpus = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {*re.findall(r"\|version:([^|]*)\|", page)} == {corpus}
    assert {*re.findall(r"\|dateline:([^|\n]*)", page)} == {project["version"]}


def test_pages_and_messages_name_no_version_of_the_package():
    """They would be out of date with the next one; the changelog has them."""
    pages = {REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")}
    sources = (REPOSITORY / "src").rglob("*.py")
    named = re.compile(r"\b(?:[Dd]ateline|version) v?0\.\d+")
    assert not [
        f"{path.name}: {match[0]}"
        for path in (*pages - {REPOSITORY / "docs" / "changelog.md"}, *sources)
        for match in named.finditer(path.read_text(encoding="utf-8"))
    ]


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
