"""Makes pictures of the site, to look at and for its docs; ``scripts/screenshots --view`` runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dateline.corpus.store import Corpus
from dateline.viewer.build import Options, build_site

from ..conftest import REPOSITORY
from ..label_studio.browser import browser
from .browsing import Reader
from .conftest import arabic_corpus

FOLDER = Path(os.environ["DATELINE_SCREENSHOTS"])
PAGE = "documents/tiral-talks-radio.html"
STORY = ["tiral-talks-communique", "tiral-talks-magazine", "tiral-talks-radio"]


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


def test_screenshots(chromium, tmp_path):
    FOLDER.mkdir(parents=True, exist_ok=True)
    sites = {
        "gold": (Corpus(REPOSITORY), Options(documents=STORY)),
        "two": (Corpus(REPOSITORY), Options(documents=STORY, annotators=("pass-a", "pass-b"))),
        "arabic": (arabic_corpus(tmp_path / "corpus"), Options()),
    }
    for name, (corpus, options) in sites.items():
        build_site(corpus, tmp_path / name, options)
    for name, site, path, scheme, size in (
        ("view", "gold", f"{PAGE}#e1", "light", (1360, 860)),
        ("view-dark", "gold", f"{PAGE}#c3", "dark", (1360, 860)),
        ("view-phone", "gold", f"{PAGE}#e1", "light", (390, 844)),
        ("view-story", "gold", "stories/tiral-talks.html", "light", (1360, 1900)),
        ("view-list", "gold", "index.html", "light", (1360, 620)),
        ("view-two", "two", PAGE, "light", (1360, 860)),
        ("view-right-to-left", "arabic", "documents/bridge.html#c1", "light", (1360, 620)),
    ):
        viewport = {"width": size[0], "height": size[1]}
        reader = Reader(chromium, tmp_path / site, color_scheme=scheme, viewport=viewport)
        reader.open(path)
        reader.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
        assert reader.problems == []
        reader.context.close()
