"""`dateline release`: a version that means something, cut whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime

import msgspec
import pytest
import yaml

from dateline.corpus.store import Corpus
from dateline.dataset.description.citation import read_citation
from dateline.files.writing import sha256
from dateline.release.cut import cut_release
from dateline.release.manifest import read_manifest
from dateline.release.plan import plan_release
from dateline.validation.schema import SchemaValidator

from ..conftest import Run
from ..corpora import CorpusMaker
from .conftest import commit, git, story

DAY = ["--date", "2026-11-30"]


@pytest.fixture
def released(corpus: Corpus, run: Run) -> Corpus:
    """The corpus with its first release."""
    assert run(corpus, "release", *DAY).exit_code == 0
    return corpus


def relabel(corpus: Corpus, document: str) -> None:
    gold = corpus.read_annotation("gold", document)
    first = msgspec.structs.replace(gold.mentions[0], attributes={"level": "nominal"})
    corpus.write_annotation(msgspec.structs.replace(gold, mentions=(first, *gold.mentions[1:])))


def state(corpus: Corpus) -> tuple[str, str, str, dict[str, bytes]]:
    files = {
        path.relative_to(corpus.root).as_posix(): path.read_bytes()
        for path in corpus.root.rglob("*")
        if path.is_file() and not {".git", ".dateline"} & {*path.parts}
    }
    return git(corpus, "rev-parse", "HEAD"), git(corpus, "tag"), git(corpus, "status", "-s"), files


def test_the_first_release_is_1_0_0(corpus: Corpus, run: Run):
    result = run(corpus, "release", *DAY)
    assert result.exit_code == 0, result.output
    assert "Version 1.0.0 (first)" in result.stdout
    assert git(corpus, "tag", "--points-at", "HEAD") == "v1.0.0"
    assert git(corpus, "log", "-1", "--format=%s") == "Release 1.0.0"
    assert git(corpus, "status", "-s") == ""
    assert git(corpus, "show", "--name-only", "--format=").split() == [
        *("CHANGELOG.md", "CITATION.cff", "releases/1.0.0.json")
    ]


def test_the_manifest_proves_every_file(released: Corpus):
    path = released.root / "releases" / "1.0.0.json"
    assert (
        list(SchemaValidator(released.schemas, "release").findings(json.loads(path.read_bytes())))
        == []
    )
    manifest = read_manifest(path)
    assert (manifest.version, manifest.previous, manifest.date) == ("1.0.0", None, "2026-11-30")
    assert re.fullmatch(r"dateline \d+\.\d+\.\d+", manifest.tool)
    hashes = {file.path: file.sha256 for file in manifest.files()}
    present = {
        p.relative_to(released.root).as_posix(): sha256(p.read_bytes())
        for folder in ("schema", "corpus", "annotations")
        for p in (released.root / folder).rglob("*.json")
    }
    assert hashes == present
    assert manifest.counts["documents"] == 3
    assert manifest.counts["mentions"] == 27
    rows = {(table.config, table.split): table.rows for table in manifest.tables}
    assert rows["claims", "train"] == 4
    assert rows["documents", "test"] == 1


def test_the_citation_names_the_version_and_all_else_stays(released: Corpus):
    text = (released.root / "CITATION.cff").read_text("utf-8")
    assert 'title: "News of War"  # a working title' in text
    assert yaml.safe_load(text)["date-released"] == "2026-11-30"
    assert read_citation(released.root).version == "1.0.0"


def test_the_least_version_follows_from_the_changes(released: Corpus, maker: CorpusMaker, run: Run):
    new = story(maker, released, "train")
    commit(released)
    result = run(released, "release", *DAY)
    assert "Version 1.1.0 (previous: 1.0.0)\n  minor changes\n  documents: 1 added" in (
        result.stdout
    )
    assert git(released, "tag").split() == ["v1.0.0", "v1.1.0"]
    assert read_manifest(released.root / "releases" / "1.1.0.json").previous == "1.0.0"
    relabel(released, new.id)
    commit(released)
    assert "Version 2.0.0 (previous: 1.1.0)" in run(released, "release", *DAY).stdout
    path = released.annotation_path("gold", new.id)
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=1), encoding="utf-8")
    commit(released)
    assert "Version 2.0.1 (previous: 2.0.0)" in run(released, "release", *DAY).stdout
    log = (released.root / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\S+)", log, re.M) == ["2.0.1", "2.0.0", "1.1.0", "1.0.0"]
    assert f"- documents added: {new.id}" in log
    assert "- mentions: 1 changed" in log


def test_a_smaller_version_is_refused_with_the_reasons(released: Corpus, run: Run):
    relabel(released, released.document_ids()[0])
    commit(released)
    before = state(released)
    for wanted in ("1.0.1", "v1.1.0"):
        result = run(released, "release", wanted)
        assert result.exit_code == 1
        assert "There are major changes since 1.0.0, so the version must be 2.0.0 or higher:" in (
            result.stderr
        )
        assert 'mention m1 "Kim Jong Un": attributes.level name → nominal' in result.stderr
    assert state(released) == before
    assert run(released, "release", "3.1.4").exit_code == 0


def test_what_is_hand_written_goes_into_the_entry(corpus: Corpus, run: Run):
    log = corpus.root / "CHANGELOG.md"
    log.write_text("# Changes\n\nWords.\n\n## Unreleased\n\n- A tool.\n\n## 0.1.0\n\n- Old.\n")
    commit(corpus)
    assert run(corpus, "release", *DAY).exit_code == 0
    text = log.read_text("utf-8")
    heads = ["# Changes\n", "## Unreleased\n", "## 1.0.0 (2026-11-30)\n", "- A tool.\n"]
    heads += ["### Data\n", "## 0.1.0\n", "- Old.\n"]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert "First release. Documents: 3, annotations: 3, mentions: 27" in text


def test_nothing_is_written_by_a_dry_run(corpus: Corpus, run: Run):
    before = state(corpus)
    result = run(corpus, "release", "--dry-run")
    assert result.exit_code == 0
    assert "writes releases/1.0.0.json" in result.stdout
    assert "Nothing was written" in result.stderr
    assert state(corpus) == before


def test_without_changes_the_version_must_be_named(released: Corpus, run: Run):
    result = run(released, "release")
    assert result.exit_code == 1
    assert "has changed since 1.0.0" in result.stderr
    assert run(released, "release", "1.0.1", *DAY).exit_code == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda corpus: relabel(corpus, corpus.document_ids()[0]),
        lambda corpus: corpus.document_path(corpus.document_ids()[0]).unlink(),
        lambda corpus: (corpus.documents / "new.json").write_text("{}"),
        lambda corpus: (corpus.root / "CITATION.cff").write_text("title: x\n"),
    ],
    ids=["changed", "removed", "new", "other"],
)
def test_what_is_not_committed_is_refused(corpus: Corpus, run: Run, spoil):
    spoil(corpus)
    before = state(corpus)
    result = run(corpus, "release")
    assert result.exit_code == 1
    assert "differ from the last commit" in result.stderr
    assert state(corpus) == before


def test_an_ignored_annotation_is_not_released_by_chance(corpus: Corpus, run: Run):
    (corpus.root / ".gitignore").write_text("annotations/secret/\n")
    commit(corpus)
    name = corpus.document_ids()[0]
    shutil.copytree(corpus.annotations / "gold", corpus.annotations / "secret")
    result = run(corpus, "release")
    assert f"annotations/secret/{name}.json" in result.stderr


def test_an_invalid_corpus_is_refused(corpus: Corpus, run: Run):
    path = corpus.annotation_path("gold", corpus.document_ids()[0])
    path.write_text(path.read_text("utf-8").replace('"Putin"', '"Rasputin"'), "utf-8")
    commit(corpus)
    result = run(corpus, "release")
    assert result.exit_code == 1
    assert "so nothing was built" in result.stderr
    assert "T302" in result.stderr


def test_a_stale_datasheet_is_refused(corpus: Corpus, run: Run):
    sheet = corpus.root / "DATASHEET.md"
    sheet.write_text("<!-- dateline:counts -->\n<!-- /dateline:counts -->\n")
    commit(corpus)
    result = run(corpus, "release")
    assert result.exit_code == 1
    assert "out of date. Run `dateline datasheet --write`" in result.stderr
    assert run(corpus, "datasheet", "--write").exit_code == 0
    commit(corpus)
    assert run(corpus, "release", *DAY).exit_code == 0


def test_a_corpus_without_citation_is_refused(corpus: Corpus, run: Run):
    (corpus.root / "CITATION.cff").unlink()
    commit(corpus)
    assert "so that the release can be cited" in run(corpus, "release").stderr


def test_a_tag_that_is_taken_is_refused(corpus: Corpus, run: Run):
    git(corpus, "tag", "v1.0.0")
    result = run(corpus, "release")
    assert result.exit_code == 1
    assert "the tag v1.0.0 exists already" in result.stderr


def test_an_old_schema_of_manifests_is_explained(corpus: Corpus, run: Run):
    path = corpus.root / "schema" / "release.schema.json"
    schema = json.loads(path.read_bytes())
    del schema["properties"]["retired"]
    schema["required"].remove("retired")
    path.write_text(json.dumps(schema))
    commit(corpus)
    assert "Replace it by the file that `dateline init` writes" in run(corpus, "release").stderr


def test_a_commit_that_git_refuses_leaves_no_trace(corpus: Corpus, run: Run):
    hook = corpus.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    before = state(corpus)
    result = run(corpus, "release")
    assert result.exit_code == 1
    assert "git commit failed: not today" in result.stderr
    assert state(corpus) == before


def test_a_tag_that_git_refuses_leaves_no_trace(corpus: Corpus, run: Run):
    plan = plan_release(corpus, None, "2026-11-30")
    git(corpus, "tag", "v1.0.0")
    before = state(corpus)
    with pytest.raises(Exception, match="git tag failed"):
        cut_release(corpus, plan)
    assert state(corpus) == before


def test_today_is_the_day_if_none_is_named(corpus: Corpus, run: Run):
    days = {datetime.now(UTC).date().isoformat()}
    run(corpus, "release")
    days.add(datetime.now(UTC).date().isoformat())
    assert read_manifest(corpus.root / "releases" / "1.0.0.json").date in days
