"""The files that docs/files.md shows are what the commands make and take."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from dateline.cli.main import main
from dateline.store import Corpus, start_corpus

from .conftest import REPOSITORY


def blocks(language):
    page = (REPOSITORY / "docs" / "files.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", page, re.S)


@pytest.fixture
def corpus(tmp_path):
    start_corpus(tmp_path / "corpus")
    return Corpus(tmp_path / "corpus")


@pytest.fixture
def run(corpus):
    return lambda *arguments: CliRunner().invoke(main, ["--root", str(corpus.root), *arguments])


def test_the_seed_becomes_the_document_that_is_shown(corpus, run):
    shown = json.loads(blocks("json")[0])
    (corpus.seeds / "treaty.txt").write_text(shown["text"], encoding="utf-8")
    assert run("ingest").exit_code == 0
    assert json.loads(corpus.document_path("treaty").read_bytes()) == shown


def test_the_sidecar_that_is_shown_is_taken_over(corpus, run):
    (corpus.seeds / "treaty.txt").write_text("Kim signed.\n", encoding="utf-8")
    (corpus.seeds / "treaty.toml").write_text(blocks("toml")[0], encoding="utf-8")
    assert run("ingest").exit_code == 0
    document = corpus.read_document("treaty")
    assert document.title == "A headline"
    assert document.source.published == "2025-04-28"
    assert document.rights.holder == "A newspaper"


def test_the_annotation_and_the_waiver_that_are_shown_are_valid(corpus, run):
    document, annotation = blocks("json")
    corpus.document_path("treaty").write_text(document, encoding="utf-8")
    path = corpus.annotation_path("ana", "treaty")
    path.parent.mkdir()
    path.write_text(annotation, encoding="utf-8")
    (corpus.seeds / "treaty.txt").write_text(json.loads(document)["text"], encoding="utf-8")
    result = run("validate")
    assert "0 errors, 0 warnings" in result.stderr
    (corpus.annotations / "waivers.toml").write_text(blocks("toml")[1], encoding="utf-8")
    result = run("validate")
    assert "0 errors, 1 warning" in result.stderr
    assert "W701" in result.stdout
