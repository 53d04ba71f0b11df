"""Attempts to change what was released: editing, moving or deleting its records, reusing its ids."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.release.cut import cut_release
from dateline.release.plan import plan_release

from ..corpora import CorpusMaker
from .conftest import commit, git, source, story

DATE = "2026-11-30"


def release(corpus: Corpus, version: str | None = None) -> None:
    commit(corpus)
    cut_release(corpus, plan_release(corpus, version, DATE))


def first(corpus: Corpus) -> str:
    return corpus.document_ids()[0]


def write_gold(corpus: Corpus, **fields: object) -> None:
    gold = corpus.read_annotation("gold", first(corpus))
    corpus.write_annotation(msgspec.structs.replace(gold, **fields))


def removed_claim(corpus: Corpus) -> None:
    gold = corpus.read_annotation("gold", first(corpus))
    claims = tuple(claim for claim in gold.claims if claim.id != "c2")
    relations = tuple(r for r in gold.claim_relations if "c2" not in (r.source, r.target))
    write_gold(corpus, claims=claims, claim_relations=relations, retired=("c2",))


@pytest.fixture
def one(corpus: Corpus) -> Corpus:
    """A corpus with one release."""
    release(corpus)
    return corpus


@pytest.fixture
def two(one: Corpus, maker: CorpusMaker) -> Corpus:
    """A corpus with two releases, the second of which retired a claim; and then a change."""
    removed_claim(one)
    release(one)
    story(maker, one, "train", source=source(None))
    return one


@pytest.fixture(params=["one", "two"])
def released(request: pytest.FixtureRequest, maker: CorpusMaker) -> Corpus:
    """A corpus after one and after two releases, with something new to release."""
    corpus: Corpus = request.getfixturevalue(request.param)
    story(maker, corpus, "train", source=source(None))
    commit(corpus)
    return corpus


def manifest(corpus: Corpus, version: str = "1.0.0") -> Path:
    return corpus.root / "releases" / f"{version}.json"


def edited(**fields: object) -> Callable[[Corpus], object]:
    def edit(corpus: Corpus) -> None:
        path = sorted(manifest(corpus).parent.iterdir())[-1]
        path.write_text(json.dumps({**json.loads(path.read_bytes()), **fields}))

    return edit


def replaced_manifest(corpus: Corpus) -> None:
    """Delete the manifest, commit, and add another one."""
    path = manifest(corpus)
    content = json.loads(path.read_bytes())
    path.unlink()
    commit(corpus)
    path.write_text(json.dumps({**content, "documents": []}))


def invented_manifest(corpus: Corpus) -> None:
    content = json.loads(manifest(corpus).read_bytes())
    content.update(version="1.0.5", previous="1.0.0")
    manifest(corpus, "1.0.5").write_text(json.dumps(content))


def rewritten_release(corpus: Corpus) -> None:
    """Begin again without the history of releases; the tags remain."""
    shutil.rmtree(corpus.root / "releases")
    git(corpus, "checkout", "-q", "--orphan", "clean")


def amended_release(corpus: Corpus) -> None:
    """The first release repeated, with fewer files in its manifest."""
    (path,) = [manifest(corpus)]
    content = json.loads(path.read_bytes())
    shutil.rmtree(corpus.root / "releases")
    for tag in git(corpus, "tag").split():
        git(corpus, "tag", "-d", tag)
    git(corpus, "checkout", "-q", "--orphan", "clean")
    commit(corpus)
    path.parent.mkdir()
    path.write_text(json.dumps({**content, "documents": content["documents"][1:]}))


MANIPULATIONS: dict[str, tuple[Callable[[Corpus], object], str]] = {
    "a deleted manifest": (lambda c: manifest(c).unlink(), "is missing.*git checkout"),
    "all manifests deleted": (
        lambda c: shutil.rmtree(c.root / "releases"), "is missing.*git checkout",
    ),
    "a manifest deleted and added": (replaced_manifest, "differs from the manifest.*git checkout"),
    "another list of documents": (edited(documents=[]), "differs from the manifest.*git checkout"),
    "emptied tombstones": (
        edited(retired={"documents": [], "annotations": [
            {"annotator": "x", "document": "y", "ids": []}]}),
        "differs from the manifest.*git checkout",
    ),
    "another version": (edited(version="9.9.9"), "differs from the manifest.*git checkout"),
    "not a manifest": (edited(version=7), "/version: 7 has the wrong type.*git checkout"),
    "an invented manifest": (invented_manifest, "does not fit the commit"),
    "a tag moved forward": (
        lambda c: git(c, "tag", "--force", "v1.0.0"), "the tag v1.0.0 is on commit.*git tag --force",
    ),
    "a tag moved back": (
        lambda c: git(c, "tag", "--force", "v1.0.0", git(c, "rev-list", "--max-parents=0", "HEAD")),
        "the tag v1.0.0 is on commit.*git tag --force",
    ),
    "a history without releases": (rewritten_release, r"the tag v\d\.0\.0 is a release that HEAD"),
    "a repeated release": (amended_release, "does not fit the commit"),
}  # fmt: skip


@pytest.mark.parametrize("case", MANIPULATIONS)
def test_a_changed_record_of_a_release_is_an_error_with_the_fix(released: Corpus, case: str):
    change, message = MANIPULATIONS[case]
    change(released)
    commit(released)
    with pytest.raises(DatelineError, match=message):
        plan_release(released, None, DATE)


def test_a_manifest_that_is_not_committed_is_refused(released: Corpus):
    invented_manifest(released)
    with pytest.raises(DatelineError, match=r"1\.0\.5\.json: is not committed"):
        plan_release(released, None, DATE)


def test_untouched_records_allow_the_next_release(released: Corpus):
    assert plan_release(released, None, DATE).files


def claim_back(corpus: Corpus, **fields: object) -> None:
    """Empty `retired`, and add the claim again, as it was in the first release."""
    path = corpus.annotation_path("gold", first(corpus))
    old = json.loads(git(corpus, "show", f"v1.0.0:{path.relative_to(corpus.root).as_posix()}"))
    new = json.loads(path.read_bytes())
    for field in ("claims", "claim_relations"):
        new[field] = old.get(field, [])
    path.write_text(json.dumps({**new, "retired": [], **fields}))


def test_a_retired_id_is_never_used_again(two: Corpus, maker: CorpusMaker):
    release(two)
    for _ in range(2):
        claim_back(two)
        commit(two)
        with pytest.raises(DatelineError, match='R805 "c2" was released, and a later release'):
            plan_release(two, None, DATE)
        removed_claim(two)
        # One more release does not make it forgotten.
        story(maker, two, "train", source=source(None))
        release(two)


def test_a_tombstone_is_never_removed(two: Corpus, maker: CorpusMaker):
    for _ in range(2):
        write_gold(two, retired=())
        commit(two)
        with pytest.raises(DatelineError, match='R801 "c2" was released'):
            plan_release(two, None, DATE)
        write_gold(two, retired=("c2",))
        story(maker, two, "train", source=source(None))
        release(two)


def test_removed_annotations_are_remembered_in_all_later_manifests(one: Corpus):
    name = first(one)
    paths = (one.document_path(name), one.annotation_path("gold", name))
    kept = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    for number in range(2):
        write_gold(one, retired=tuple(f"old{n}" for n in range(number + 1)))
        release(one, f"{number + 2}.0.0")
        retired = json.loads(sorted(manifest(one).parent.iterdir())[-1].read_bytes())["retired"]
        assert [document["id"] for document in retired["documents"]] == [name]
        assert retired["annotations"][0]["ids"]
    for path, content in zip(paths, kept, strict=True):
        path.write_bytes(content)
    commit(one)
    with pytest.raises(DatelineError, match="R805"):
        plan_release(one, None, DATE)


def test_a_shallow_clone_cannot_release(one: Corpus, maker: CorpusMaker, tmp_path: Path):
    story(maker, one, "train")
    commit(one)
    git(one, "clone", "-q", "--depth=1", one.root.resolve().as_uri(), str(tmp_path / "clone"))
    with pytest.raises(DatelineError, match="git fetch --unshallow --tags"):
        plan_release(Corpus(tmp_path / "clone"), None, DATE)
