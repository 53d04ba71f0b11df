"""Regenerates the pictures of docs/annotating.md; run by ``scripts/screenshots``, not with the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from ..corpora import new_corpus
from .browser import Annotator
from .strategies import document_of

TEXT = """The mayor of Arden said on Monday that troops had attacked the old bridge.

“We will rebuild it,” Vera Holm told reporters. She accused the Northern Army of breaking the truce.

The army denied the attack. Its spokesman, Colonel Ito, said that the bridge was closed by a flood in \
March and that no soldier had come near it.
"""
FOLDER = Path(os.environ["DATELINE_SCREENSHOTS"])
MENTION = ("nominal",)
EVENT = ("positive", "past", "asserted", "specific")
CLAIM = ("indirect", "positive", "certain", "yes")


@pytest.fixture
def demo(tmp_path):
    """A corpus of one short text, written for the pictures."""
    corpus = new_corpus(tmp_path / "demo")
    document = replace(document_of(TEXT, "bridge"), title="The old bridge of Arden")
    corpus.write_document(document)
    return corpus


def test_screenshots(demo, sync, label_studio, title, chromium):
    FOLDER.mkdir(parents=True, exist_ok=True)
    assert sync(demo, "push").exit_code == 0
    people = label_studio.annotator
    (task,) = people.tasks(title).values()
    project = people.project(title)["id"]
    label_studio.owner.patch(f"/api/projects/{project}/", title="Bridge news")
    page = chromium.new_page(viewport={"width": 1360, "height": 820})
    page.goto(f"{label_studio.url}/user/login/")
    page.wait_for_selector("[name=email]")
    _take(page, "login")
    ana = Annotator(page, label_studio.url, people.email, label_studio.password)
    ana.open_list(project)
    _take(page, "tasks")
    ana.open(project, task["id"])
    ana.draw("1", "PERSON", "mayor of Arden")
    ana.draw("3", "GPE", "Arden")
    ana.draw("-", "DATE", "Monday")
    ana.draw("6", "FORCE", "troops")
    ana.draw("5", "FACILITY", "old bridge")
    ana.draw("1", "PERSON", "Vera Holm")
    ana.draw("6", "FORCE", "Northern Army")
    ana.select("troops")
    ana.choose(*MENTION)
    ana.write("entity_id", "northern-army")
    _take(page, "mention")
    ana.draw("a", "ATTACK", "attacked")
    ana.select("attacked")
    ana.choose(*EVENT)
    _take(page, "event")
    ana.leave()
    ana.draw("shift+a", "ASSERT", "troops had attacked the old bridge")
    ana.draw("m", "cue", "said")
    page.hover(".dateline .lsf-label:has-text('WITHDRAW')")
    page.wait_for_selector("[role=tooltip], .ant-tooltip, [class*=tooltip]", state="attached")
    _take(page, "hint")
    ana.join("attacked", "mayor of Arden", "agent")
    _take(page, "relation")


def _take(page, name):
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
