"""Stage the pages of the documentation site, and build it with Zensical.

The site has the pages of docs/ and some from the top folder, such as the README as its home page.
Links are rewritten to match: a link to another file of the repository leads to a copy of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dateline.corpus.store import Corpus
from dateline.rendering.site_links import document_file
from dateline.viewer.build import Options, build_site

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
CONFIGURATION = REPOSITORY / "zensical.toml"
TOP_PAGES = {
    "README.md": "index.md",
    "DATASHEET.md": "datasheet.md",
    "CHANGELOG.md": "corpus-changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
SAMPLE = ("tiral-talks", "tiral-talks-radio", "e1")
"""The story, the document and the item that the page on viewing shows."""
MARK = "<!-- sample -->"
LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\((?P<path>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")


def main(folder: Path) -> None:
    """Build the site into ``folder``/site."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # it does not notice changed docstrings
    stage(folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")
    print(folder / "site" / "index.html")


def stage(folder: Path) -> None:
    """Write the pages and the configuration to ``folder``."""
    pages = folder / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(DOCS, pages)
    configuration = CONFIGURATION.read_text(encoding="utf-8")
    sources = f"paths = {[str(REPOSITORY / 'src')]}"
    configuration = configuration.replace('paths = ["src"]', sources)
    (folder / "zensical.toml").write_text(configuration, encoding="utf-8")

    places = {page: page.relative_to(DOCS).as_posix() for page in DOCS.glob("*.md")}
    places |= {REPOSITORY / name: place for name, place in TOP_PAGES.items()}
    for page, place in places.items():
        text = page.read_text(encoding="utf-8")
        (pages / place).write_text(with_site_links(text, page, places, pages), encoding="utf-8")
    write_sample(pages)
    listed = set(nav_pages(tomllib.loads(configuration)["project"]["nav"]))
    if missing := set(places.values()) ^ listed:
        sys.exit(f"zensical.toml: nav and pages differ: {', '.join(sorted(missing))}.")


def write_sample(pages: Path) -> None:
    """Write a site of one story of this repository's corpus, and show a page of it."""
    corpus = Corpus(REPOSITORY)
    documents = [name for name in corpus.document_ids() if name.startswith(f"{SAMPLE[0]}-")]
    build_site(corpus, pages / "sample", Options(documents=documents))
    page = pages / "viewing.md"
    shown = f"sample/{document_file(SAMPLE[1])}#{SAMPLE[2]}"
    frame = (
        f'<iframe src="{shown}" title="A page of dateline view" width="100%" height="640" '
        'loading="lazy"></iframe>\n\n'
        "The [whole sample](sample/index.html) has one story of this repository's corpus.\n"
    )
    text = page.read_text(encoding="utf-8")
    if text.count(MARK) != 1:
        sys.exit(f"docs/viewing.md: expected {MARK} once, for the sample.")
    page.write_text(text.replace(MARK, frame), encoding="utf-8")


def with_site_links(text: str, page: Path, places: dict[Path, str], pages: Path) -> str:
    """The text of a page with its links as they are in the site. Copies files that it links to."""

    def rewritten(link: re.Match[str]) -> str:
        if not link["path"] or "://" in link["path"]:
            return link[0]
        target = Path(os.path.normpath(page.parent / link["path"]))
        if target in places:
            place = places[target]
        elif target.is_relative_to(DOCS):
            place = target.relative_to(DOCS).as_posix()
        elif target.is_file():
            place = f"repository/{target.relative_to(REPOSITORY).as_posix()}"
            (pages / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(target, pages / place)
        else:
            return link["text"]
        return f"[{link['text']}]({place}{link['anchor'] or ''})"

    return LINK.sub(rewritten, text)


def nav_pages(entries: list[Any]) -> Iterator[str]:
    """The pages that a navigation lists, at any depth."""
    for entry in entries:
        for value in entry.values():
            if isinstance(value, str):
                yield value
            else:
                yield from nav_pages(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
