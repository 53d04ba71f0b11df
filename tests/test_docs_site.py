"""The documentation site builds without warnings, needs no other server, and has the whole API."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import dateline
from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    script = str(REPOSITORY / "scripts" / "docs.py")
    done = subprocess.run(
        [sys.executable, script, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return folder / "site"


@pytest.mark.parametrize("name", [n for n in dateline.__all__ if not n.startswith("__")])
def test_a_public_name_is_in_the_reference(site: Path, name: str):
    page = (site / "reference.html").read_text(encoding="utf-8")
    assert f'id="dateline.{name}"' in page


def test_no_page_loads_anything_from_another_server(site: Path):
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(
            r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"?(https?:[^\"> ]+)", html
        )
        assert loaded == [], page.name


def test_links_are_rewritten_for_the_site(tmp_path: Path):
    with_site_links = runpy.run_path(str(REPOSITORY / "scripts" / "docs.py"))["with_site_links"]

    readme = REPOSITORY / "README.md"
    places = {readme: "index.md", REPOSITORY / "docs" / "files.md": "files.md"}
    text = "[a](docs/files.md#b) [c](LICENSE) [d](corpus) [e](https://example.org) [f](#g)"
    assert with_site_links(text, readme, places, tmp_path) == (
        "[a](files.md#b) [c](repository/LICENSE) d [e](https://example.org) [f](#g)"
    )
    assert (tmp_path / "repository" / "LICENSE").read_bytes() == (
        REPOSITORY / "LICENSE"
    ).read_bytes()


def test_the_page_on_viewing_shows_a_sample(site: Path):
    page = (site / "viewing.html").read_text(encoding="utf-8")
    found = re.search(r'<iframe src="(sample/documents/[^"#]+)#(\w+)"', page)
    assert found is not None
    assert f'id="{found[2]}"' in (site / found[1]).read_text(encoding="utf-8")
    assert 'href="sample/index.html"' in page
    assert (site / "sample" / "index.html").is_file()
