"""`dateline verify VERSION`: a release is proved by its commit, whatever became of the files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.corpus.store import Corpus

from ..conftest import Run
from ..corpora import CorpusMaker
from .conftest import clone, commit, edit_manifest, git, story

MANIFEST = "releases/1.0.0.json"


def unpacked(corpus: Corpus, folder: Path, commit: str = "v1.0.0") -> Corpus:
    """The files of a commit, without a repository."""
    folder.mkdir()
    archive = folder.parent / "archive.tar"
    git(corpus, "archive", f"--output={archive.resolve()}", commit)
    shutil.unpack_archive(archive, folder, filter="data")
    return Corpus(folder)


def change_format(corpus: Corpus) -> None:
    """Change schemas, documents and annotations as another version of the format would."""
    for path in sorted((*corpus.annotations.glob("*/*.json"), *corpus.documents.glob("*.json"))):
        value = json.loads(path.read_bytes()) | {"schema_version": "9.0", "another": []}
        path.write_text(json.dumps(value), encoding="utf-8")
    (corpus.root / "schema" / "annotation.schema.json").write_text("{}", encoding="utf-8")
    (corpus.root / "schema" / "prediction.schema.json").unlink()


def test_a_release_is_proved_by_its_commit(released: Corpus, run: Run):
    result = run(released, "verify", "v1.0.0")
    assert result.exit_code == 0, result.output
    commit = git(released, "rev-parse", "--short=9", "HEAD")
    assert result.stderr.splitlines() == [
        f"Release 1.0.0 is intact (13 files of commit {commit}; manifest: {MANIFEST})",
        "The working tree has the same files.",
    ]
    result = run(released, "verify", "1.0.0", "--working-tree")
    assert result.exit_code == 0, result.output
    assert f"The files on disk are release 1.0.0 (13 files; manifest: {MANIFEST})" in result.stderr


@pytest.mark.parametrize("committed", [True, False])
def test_a_release_stays_proved_when_the_format_changes(
    released: Corpus, run: Run, committed: bool
):
    change_format(released)
    if committed:
        commit(released)
    result = run(released, "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert "Release 1.0.0 is intact (13 files of commit" in result.stderr
    assert "The working tree differs from it in 10 files, such as schema/annotation.schema.json." in (
        result.stderr
    )  # fmt: skip
    result = run(released, "verify", "1.0.0", "--working-tree")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 10
    assert "schema/prediction.schema.json: is missing" in result.stdout


def test_every_difference_of_a_checkout_is_named(released: Corpus, maker: CorpusMaker, run: Run):
    first, second, *_ = released.document_ids()
    path = released.document_path(first)
    path.write_bytes(path.read_bytes() + b"\n")
    released.annotation_path("gold", second).unlink()
    new = maker.add_in_split(released, "validation")
    result = run(released, "verify", "v1.0.0", "--working-tree")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"corpus/{first}.json: has changed",
        f"annotations/gold/{second}.json: is missing",
        f"corpus/{new.id}.json: is not in the release",
    ]
    assert "Check out the commit of the release (tag v1.0.0)" in result.stderr
    commit(released)
    git(released, "switch", "-q", "--detach", "v1.0.0")
    assert run(released, "verify", "1.0.0", "--working-tree").exit_code == 0


def test_an_unpacked_archive_is_compared_with_its_manifest(
    released: Corpus, run: Run, tmp_path: Path
):
    copy = unpacked(released, tmp_path / "unpacked")
    result = run(copy, "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert f"The files on disk are release 1.0.0 (13 files; manifest: {MANIFEST})" in result.stderr
    copy.document_path(copy.document_ids()[0]).unlink()
    result = run(copy, "verify", "1.0.0")
    assert result.exit_code == 1
    assert "is missing" in result.stdout
    assert "the files on disk differ from release 1.0.0: 1 difference" in result.stderr


def test_an_archive_is_compared_without_git(
    released: Corpus, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copy = unpacked(released, tmp_path / "unpacked")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(copy, "verify", "1.0.0").exit_code == 0
    result = run(copy, "diff", "1.0.0")
    assert result.exit_code == 1
    assert "git is not installed" in result.stderr


def test_schemas_that_cannot_be_read_are_named_as_changed(
    released: Corpus, run: Run, tmp_path: Path
):
    copy = unpacked(released, tmp_path / "unpacked")
    (copy.root / "schema" / "ontology.schema.json").write_text("{}", encoding="utf-8")
    result = run(copy, "verify", "1.0.0")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["schema/ontology.schema.json: has changed"]


def test_a_shallow_clone_is_told_what_it_lacks(
    released: Corpus, maker: CorpusMaker, run: Run, tmp_path: Path
):
    tagged = clone(released, tmp_path / "tagged", "--depth=1", "--branch=v1.0.0")
    assert "Release 1.0.0 is intact" in run(tagged, "verify", "1.0.0").stderr
    same = clone(released, tmp_path / "same", "--depth=1", "--no-tags")
    assert "The files on disk are release 1.0.0" in run(same, "verify", "1.0.0").stderr
    story(maker, released, "train")
    commit(released)
    other = clone(released, tmp_path / "other", "--depth=1", "--no-tags")
    for version in ("1.0.0", "9.9.9"):
        result = run(other, "verify", version)
        assert result.exit_code == 1
        assert "`git fetch --unshallow --tags` to verify it in the history" in result.stderr


def test_a_branch_without_the_manifest_can_verify_a_tagged_release(released: Corpus, run: Run):
    git(released, "switch", "-q", "--detach", "v1.0.0~1")
    result = run(released, "verify", "1.0.0")
    assert result.exit_code == 0, result.output
    assert "The working tree has the same files." in result.stderr
    assert run(released, "verify", "1.0.0", "--working-tree").exit_code == 1


def released_files_removed(corpus: Corpus) -> None:
    """Rewrite the history: the commit of the release lacks a document of its manifest."""
    manifest = (corpus.root / MANIFEST).read_bytes()
    shutil.rmtree(corpus.root / "releases")
    git(corpus, "tag", "-d", "v1.0.0")
    git(corpus, "checkout", "-q", "--orphan", "clean")
    corpus.document_path(corpus.document_ids()[0]).unlink()
    (corpus.root / "releases").mkdir()
    (corpus.root / MANIFEST).write_bytes(manifest)
    commit(corpus)


def tag_moved(corpus: Corpus) -> None:
    corpus.document_path(corpus.document_ids()[0]).unlink()
    commit(corpus)
    git(corpus, "tag", "--force", "v1.0.0")


def tag_before_the_manifest(corpus: Corpus) -> None:
    git(corpus, "tag", "--force", "v1.0.0", "v1.0.0~1")


def manifest_changed(corpus: Corpus) -> None:
    edit_manifest(corpus.root / MANIFEST, ("tables", 0, "sha256"), "0" * 64)
    commit(corpus)


def object_lost(corpus: Corpus) -> None:
    name = corpus.relative(corpus.document_path(corpus.document_ids()[0]))
    blob = git(corpus, "rev-parse", f"HEAD:{name}")
    (corpus.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def object_damaged(corpus: Corpus) -> None:
    name = corpus.relative(corpus.document_path(corpus.document_ids()[0]))
    blob = git(corpus, "rev-parse", f"HEAD:{name}")
    path = corpus.root / ".git" / "objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-40] + bytes(40))


MANIPULATIONS: dict[str, tuple[Callable[[Corpus], None], str]] = {
    "a rewritten history": (released_files_removed, "get the commit of the release from another"),
    "a moved tag": (tag_moved, "the tag v1.0.0 is on commit"),
    "a tag before the manifest": (tag_before_the_manifest, "has no releases/1.0.0.json"),
    "a changed manifest": (manifest_changed, "restore it with `git checkout"),
    "a lost object": (object_lost, "git lacks the object"),
    "a damaged object": (object_damaged, "git cannot read an object"),
}


@pytest.mark.parametrize("case", MANIPULATIONS)
def test_a_release_that_is_not_intact_is_refused(released: Corpus, run: Run, case: str):
    change, message = MANIPULATIONS[case]
    change(released)
    result = run(released, "verify", "1.0.0")
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_trusted_manifest_finds_out_another_history(released: Corpus, run: Run, tmp_path: Path):
    trusted = tmp_path / "trusted.json"
    shutil.copy(released.root / MANIFEST, trusted)
    released_files_removed(released)
    removed = json.loads(trusted.read_bytes())["documents"][0]["document"]["path"]
    result = run(released, "verify", "1.0.0", "--manifest", str(trusted))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [f"{removed}: is missing"]


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        (("previous",), "one", '/previous: "one" does not match'),
        (("documents", 0, "split"), "other", '/documents/0/split: "other" is not allowed. Allowed: '
         "train, validation, test."),
        (("documents", 1, "document", "sha256"), "0" * 63, "/documents/1/document/sha256: "),
        (("tables", 0, "rows"), 0, "/tables/0/rows: 0 is less than 1"),
        (("counts", "mentions"), -1, "/counts/mentions: -1 is less than 0"),
    ],
)  # fmt: skip
def test_a_manifest_that_breaks_its_schema_is_refused_with_the_place(
    released: Corpus, run: Run, pointer: tuple[str | int, ...], value: object, message: str
):
    edit_manifest(released.root / MANIFEST, pointer, value)
    result = run(released, "verify", "1.0.0", "--working-tree")
    assert result.exit_code == 1
    assert f"{MANIFEST}: {message}" in result.stderr
    assert run(released, "verify", "1.0.0").exit_code == 1


def test_a_dataset_has_no_working_tree(released: Corpus, run: Run, tmp_path: Path):
    result = run(released, "verify", str(tmp_path), "--working-tree")
    assert result.exit_code == 2
    assert "--working-tree is for a VERSION" in result.stderr
