"""Finding the commit of a release, with its tag or without."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, NotFoundError
from dateline.release.diff.corpus_diff import diff_corpus
from dateline.release.diff.revision import find_revision
from dateline.release.manifest import read_manifest
from dateline.release.version import parse_version

from ..conftest import Run
from ..corpora import CorpusMaker
from .conftest import clone, commit, git, story

DAY = ["--date", "2026-12-01"]


def test_a_clone_without_tags_can_diff_and_release(
    released: Corpus, maker: CorpusMaker, run: Run, tmp_path: Path
):
    copy = clone(released, tmp_path / "clone", "--no-tags")
    assert git(copy, "tag") == ""
    assert run(copy, "diff", "1.0.0").stdout.endswith("no difference\n")
    new = story(maker, copy, "train")
    commit(copy)
    assert f"+ document {new.id}" in run(copy, "diff", "1.0.0").stdout
    result = run(copy, "release", *DAY)
    assert result.exit_code == 0, result.output
    assert read_manifest(copy.root / "releases" / "1.1.0.json").previous == "1.0.0"
    (change, *_) = diff_corpus(copy, "1.0.0", "v1.1.0").changes
    assert (change.kind, change.action) == ("document", "added")


def test_the_commit_is_the_one_that_added_the_manifest(released: Corpus, maker: CorpusMaker):
    tagged = find_revision(released, "1.0.0")
    git(released, "tag", "-d", "v1.0.0")
    story(maker, released, "train")
    path = released.root / "releases" / "1.0.0.json"
    path.write_bytes(path.read_bytes() + b"\n")
    commit(released)
    assert find_revision(released, "v1.0.0").commit == tagged.commit


def test_a_shallow_clone_does_not_know_where_a_release_is(
    released: Corpus, maker: CorpusMaker, tmp_path: Path
):
    story(maker, released, "train")
    commit(released)
    copy = clone(released, tmp_path / "clone", "--depth=1", "--no-tags")
    with pytest.raises(NotFoundError, match=r"no version 1\.0\.0.*`git fetch --tags --unshallow`"):
        find_revision(copy, "1.0.0")


def test_a_tag_that_disagrees_with_the_manifest_is_an_error(
    released: Corpus, maker: CorpusMaker, run: Run
):
    new = story(maker, released, "train")
    commit(released)
    git(released, "tag", "--force", "v1.0.0")
    with pytest.raises(ConflictError, match=r"2 files differ, such as annotations/gold/"):
        diff_corpus(released, "1.0.0", None)
    result = run(released, "release", *DAY)
    assert result.exit_code == 1
    assert "the tag v1.0.0 is on commit" in result.stderr
    # Commits that change no data, such as a corrected page, do not matter.
    released.document_path(new.id).unlink()
    released.annotation_path("gold", new.id).unlink()
    commit(released)
    git(released, "tag", "--force", "v1.0.0")
    assert diff_corpus(released, "1.0.0", None).changes == ()


@pytest.mark.parametrize("text", ["1.2", "01.2.3", "1.2.3-rc1", "1.2.3+b", "vv1.2.3", "1.2.3 ", ""])
def test_what_is_not_three_numbers_is_not_a_version(text: str):
    with pytest.raises(ValueError, match="is not a version"):
        parse_version(text)


def test_versions_are_compared_by_number():
    assert parse_version("v1.10.0") > parse_version("1.9.9")
