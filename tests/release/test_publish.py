"""`dateline publish`: the real clients bring a release to a Hub, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.release.manifest import read_manifest
from dateline.release.publishing.staging import stage

from ..conftest import REPOSITORY, Run
from ..corpora import CorpusMaker
from .conftest import commit, git, story, unreleased_copy
from .loopback_hub import Dropped, LoopbackHub, Refused, Request

NAME = "news-lab/war-news"
TOKEN = "hf_" + "s3cret" * 5

Result = subprocess.CompletedProcess[str]
Publish = Callable[..., Result]
Client = Callable[..., Result]

# What the real clients make of a dataset: its rows as JSON, by config and split.
READ = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
name, how = sys.argv[1], json.loads(sys.argv[2])
rows = {}
for config in get_dataset_config_names(name, revision=how.get("revision")):
    for split, found in load_dataset(name, config, **how).items():
        rows[f"{config}/{split}"] = list(found)
print(json.dumps(rows))
"""

DOWNLOAD = """
import sys
from huggingface_hub import snapshot_download
snapshot_download(sys.argv[1], repo_type="dataset", revision="v1.0.0", local_dir=sys.argv[2])
"""


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    server = LoopbackHub(TOKEN)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(hub: LoopbackHub, tmp_path: Path) -> Client:
    """Run Python with what the Hub's clients read from the environment; no token shows."""
    usual = {
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(tmp_path / "huggingface"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }

    def run(*arguments: str, stdin: int | None = None, **environment: str) -> Result:
        result = subprocess.run(
            [sys.executable, *arguments],
            stdin=stdin,
            env={**os.environ, **usual, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert TOKEN not in result.stdout + result.stderr
        assert "Traceback" not in result.stderr, result.stderr
        return result

    return run


@pytest.fixture
def publish(released: Corpus, client: Client) -> Publish:
    return publisher(released, client)


def publisher(corpus: Corpus, client: Client) -> Publish:
    def run(*arguments: str, token: str = TOKEN, **options: Any) -> Result:
        command = ("-m", "dateline", "--root", str(corpus.root), "publish", *arguments)
        result = client(*command, HF_TOKEN=token, **options)
        for path in corpus.root.rglob("*"):
            assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path
        return result

    return run


@pytest.fixture
def staged(released: Corpus, tmp_path: Path) -> dict[str, bytes]:
    """The files that are to be sent."""
    out = tmp_path / "staged"
    stage(released, read_manifest(released.root / "releases" / "1.0.0.json"), out)
    return files_of(out)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def on_the_hub(hub: LoopbackHub, revision: str = "main") -> dict[str, bytes]:
    files = hub.files(NAME, revision)
    del files[".gitattributes"]
    return files


def first(hub: LoopbackHub, route: str, fail: Callable[[Request], None]) -> None:
    """Let the first request of a route fail."""
    waiting = [route]

    def before(request: Request) -> None:
        if request.route in waiting:
            waiting.remove(request.route)
            fail(request)

    hub.before = before


def drop(_: Request) -> None:
    raise Dropped


def test_a_dry_run_shows_the_plan_and_uploads_nothing(
    publish: Publish, hub: LoopbackHub, staged: dict[str, bytes], released: Corpus
):
    result = publish(NAME, "--dry-run")
    assert result.returncode == 0, result.stderr
    listed = re.findall(r"^[0-9a-f]{12} +([0-9,]+)  (.+)$", result.stdout, re.M)
    assert {path: int(size.replace(",", "")) for size, path in listed} == {
        path: len(content) for path, content in staged.items()
    }
    (bound,) = [
        name
        for name in released.document_ids()
        if not released.read_document(name).rights.redistribute_text
    ]
    assert f"Texts withheld: {bound}\n" in result.stdout
    assert f"Create public repository {NAME} (it does not exist or is not visible)" in result.stdout
    assert f"Upload {len(staged)} files in one commit" in result.stdout
    assert "Tag the commit v1.0.0" in result.stdout
    assert "Nothing was published (--dry-run)." in result.stderr
    assert hub.writes() == []


def test_the_site_is_written_as_a_static_space_without_withheld_texts(
    publish: Publish, hub: LoopbackHub, released: Corpus, tmp_path: Path
):
    for _ in range(2):  # the second run replaces the first one's folder
        result = publish(NAME, "--dry-run", "--site", str(tmp_path / "space"))
        assert result.returncode == 0, result.stderr
    card = (tmp_path / "space" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\ntitle: ")
    assert "sdk: static\napp_file: index.html\n---\n" in card
    for name in released.document_ids():
        document = released.read_document(name)
        page = (tmp_path / "space" / "documents" / f"{name}.html").read_text(encoding="utf-8")
        assert ("The text is withheld" in page) != document.rights.redistribute_text
        assert ("Kursk" in page) == document.rights.redistribute_text
    assert hub.writes() == []


def test_a_release_is_one_commit_and_a_tag(
    publish: Publish, hub: LoopbackHub, staged: dict[str, bytes]
):
    result = publish(NAME, "--yes", "--private")
    assert result.returncode == 0, result.stderr
    assert on_the_hub(hub) == staged
    repository = hub.repository(NAME)
    assert repository.private
    assert [c["title"] for c in repository.commits.values()] == ["initial commit", "Release 1.0.0"]
    assert repository.refs["tags/v1.0.0"] == repository.refs["heads/main"]
    assert repository.refs["heads/main"] in result.stderr
    # Tables went the way of large files, and nothing but what was staged went at all.
    assert len(hub.large) == sum(path.endswith(".parquet") for path in staged)
    # A second time, there is nothing to do.
    before = len(hub.writes())
    assert publish(NAME, "--yes").returncode == 0
    assert "has v1.0.0 already, with exactly these files" in publish(NAME, "--dry-run").stdout
    assert len(hub.writes()) == before


def test_what_was_published_is_loaded_proved_and_filled_in(
    publish: Publish,
    client: Client,
    hub: LoopbackHub,
    released: Corpus,
    staged: dict[str, bytes],
    tmp_path: Path,
    run: Run,
):
    assert publish(NAME, "--yes").returncode == 0
    # The head moves on; the release does not.
    repository = hub.repository(NAME)
    repository.commit("heads/main", {}, "Remove all", [repository.refs["heads/main"]])
    rows = json.loads(client("-c", READ, NAME, '{"revision": "v1.0.0"}').stdout)
    streamed = json.loads(
        client("-c", READ, NAME, '{"revision": "v1.0.0", "streaming": true}').stdout
    )
    assert rows == streamed
    # The clients take the folder that was sent for the same dataset.
    assert rows == json.loads(client("-c", READ, str(tmp_path / "staged"), "{}").stdout)
    withheld = [row for row in rows["documents/train"] if row["text"] is None]
    assert [row["text_available"] for row in withheld] == [False]
    downloaded, filled = tmp_path / "downloaded", tmp_path / "filled"
    assert client("-c", DOWNLOAD, NAME, str(downloaded)).returncode == 0
    proof = run(released, "verify", str(downloaded))
    assert proof.exit_code == 0, proof.output
    assert "1 withheld" in proof.stderr
    texts = tmp_path / "texts"
    texts.mkdir()
    (document,) = (released.read_document(row["id"]) for row in withheld)
    (texts / f"{document.id}.txt").write_text(document.text, encoding="utf-8")
    result = run(released, "hydrate", str(downloaded), "--texts", str(texts), "--out", str(filled))
    assert result.exit_code == 0, result.output
    full = tmp_path / "full"
    build(released, full)
    tables = {path: c for path, c in files_of(full).items() if path.endswith(".parquet")}
    assert tables.items() <= files_of(filled).items()


def test_this_corpus_goes_the_whole_way(client: Client, hub: LoopbackHub, tmp_path: Path, run: Run):
    corpus = unreleased_copy(tmp_path / "repository")
    assert run(corpus, "release", "1.0.0", "--date", "2026-11-30").exit_code == 0
    assert git(corpus, "tag") == "v1.0.0"
    counts = read_manifest(corpus.root / "releases" / "1.0.0.json").counts
    assert counts["documents"] == len(corpus.document_ids())
    assert run(corpus, "diff", "1.0.0").stdout.endswith("no difference\n")
    publish, out = publisher(corpus, client), tmp_path / "sent"
    assert publish(NAME, "--yes", "--out", str(out)).returncode == 0
    loaded = json.loads(client("-c", READ, NAME, '{"revision": "v1.0.0"}').stdout)
    assert loaded == json.loads(client("-c", READ, str(out), "{}").stdout)
    documents = [corpus.read_document(name) for name in corpus.document_ids()]
    withheld = {document.id for document in documents if not document.rights.redistribute_text}
    assert 0 < len(withheld) < len(documents)
    for split in ("train", "validation", "test"):
        for row in loaded[f"documents/{split}"]:
            assert (row["text"] is None) == (row["id"] in withheld)
    downloaded, filled, full = tmp_path / "downloaded", tmp_path / "filled", tmp_path / "full"
    assert client("-c", DOWNLOAD, NAME, str(downloaded)).returncode == 0
    seeds = str(REPOSITORY / "seeds")
    result = run(corpus, "hydrate", str(downloaded), "--texts", seeds, "--out", str(filled))
    assert result.exit_code == 0, result.output
    for folder in (downloaded, filled):
        assert run(corpus, "verify", str(folder)).exit_code == 0
    build(corpus, full)
    tables = {path: c for path, c in files_of(full).items() if path.endswith(".parquet")}
    assert tables.items() <= files_of(filled).items()


@pytest.mark.parametrize("route", ["lfs_put", "lfs_batch", "preupload"])
def test_an_upload_that_is_cut_off_goes_on(
    publish: Publish, hub: LoopbackHub, staged: dict[str, bytes], route: str
):
    first(hub, route, drop)
    result = publish(NAME, "--yes")
    if result.returncode:
        assert "Run the command again" in result.stderr
        assert on_the_hub(hub) == {}
        assert publish(NAME, "--yes").returncode == 0
    assert on_the_hub(hub, "v1.0.0") == staged
    sent = [r.path for r in hub.requests if r.route == "lfs_put" and r.status == 200]
    assert len(sent) == len({*sent}) == len(hub.large)


@pytest.mark.parametrize("route", ["create", "commit", "tag"])
def test_a_run_that_fails_is_repeated_without_sending_twice(
    publish: Publish, hub: LoopbackHub, staged: dict[str, bytes], route: str
):
    def refuse(_: Request) -> None:
        raise Refused(500, message="out of order")

    first(hub, route, refuse)
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    assert f"{hub.endpoint} answered 500" in result.stderr
    assert "Run the command again" in result.stderr
    assert publish(NAME, "--yes").returncode == 0
    assert on_the_hub(hub, "v1.0.0") == staged
    done = [r for r in hub.requests if r.status == 200]
    sent = [r.path for r in done if r.route == "lfs_put"]
    assert len(sent) == len({*sent}) == len(hub.large)
    assert [r.route for r in done if r.route in ("create", "commit", "tag")] == [
        *("create", "commit", "tag")
    ]


def test_a_head_that_moves_meanwhile_is_not_built_upon(publish: Publish, hub: LoopbackHub):
    def overtake(_: Request) -> None:
        repository = hub.repository(NAME)
        head = repository.refs["heads/main"]
        tree = {"new.txt": hub.keep(b"new")}
        repository.commit("heads/main", tree, "Somebody was faster", [head])

    first(hub, "commit", overtake)
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    assert "somebody else has just committed, so nothing was changed" in result.stderr
    assert hub.files(NAME) == {"new.txt": b"new"}
    # The content there is not a release, so somebody must look at it.
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    head = hub.repository(NAME).refs["heads/main"]
    assert f"set `parent` to {head}" in result.stderr
    assert "Delete new.txt" in publish(NAME, "--dry-run", "--parent", head).stdout
    assert publish(NAME, "--yes", "--parent", head).returncode == 0
    assert "new.txt" not in hub.files(NAME)


def test_a_version_never_changes(
    publish: Publish, hub: LoopbackHub, released: Corpus, maker: CorpusMaker, run: Run
):
    assert publish(NAME, "--yes").returncode == 0
    kept = on_the_hub(hub)
    # The same version of something else.
    repository = hub.repository(NAME)
    tree = {"README.md": hub.keep(b"other")}
    repository.commit("tags/v1.0.0", tree, "Another", [repository.refs["heads/main"]])
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    assert "the tag v1.0.0 has other files, and a published version never changes" in (
        result.stderr
    )
    repository.refs["tags/v1.0.0"] = repository.refs["heads/main"]
    story(maker, released, "train")
    commit(released)
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    assert "the corpus differs from release 1.0.0" in result.stderr
    assert run(released, "release", "--date", "2026-12-01").exit_code == 0
    assert publish(NAME, "--yes").returncode == 0
    assert on_the_hub(hub, "v1.0.0") == kept
    assert len(on_the_hub(hub, "v1.1.0")["documents/train.parquet"]) > 0
    git(released, "switch", "-q", "--detach", "v1.0.0")
    del repository.refs["tags/v1.0.0"]
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    assert "has version 1.1.0 already" in result.stderr


def test_a_token_that_may_not_is_told_from_one_that_is_wrong(publish: Publish, hub: LoopbackHub):
    wrong = publish(NAME, "--yes", token="hf_wrong")
    assert wrong.returncode == 1
    assert "does not accept the token" in wrong.stderr
    assert "hf_wrong" not in wrong.stderr + wrong.stdout

    def refuse(_: Request) -> None:
        raise Refused(403, message="you have read rights only")

    first(hub, "create", refuse)
    weak = publish(NAME, "--yes")
    assert weak.returncode == 1
    assert "the token does not allow this (you have read rights only" in weak.stderr
    assert hub.repositories == {}


def test_without_a_network_nothing_is_lost(publish: Publish, hub: LoopbackHub):
    hub.stop()
    result = publish(NAME, "--dry-run")
    assert result.returncode == 0
    assert f"{hub.endpoint}: cannot be reached" in result.stderr
    result = publish(NAME, "--yes")
    assert result.returncode == 1
    assert "files that were uploaded are not sent again" in result.stderr
    offline = publish(NAME, "--yes", HF_HUB_OFFLINE="1")
    assert offline.returncode == 1
    assert "HF_HUB_OFFLINE is set" in offline.stderr


def test_publishing_needs_a_confirmation(publish: Publish, hub: LoopbackHub):
    result = publish(NAME, stdin=subprocess.DEVNULL)
    assert result.returncode == 1
    assert "Pass --yes to publish without asking, or --dry-run" in result.stderr
    for answer, published in (("n", False), ("y", True)):
        terminal, stdin = os.openpty()
        os.write(terminal, f"{answer}\n".encode())
        result = publish(NAME, stdin=stdin)
        os.close(stdin)
        os.close(terminal)
        assert result.returncode == 0, result.stderr
        assert f"Publish to {NAME}? [y/N]" in result.stderr
        assert bool(hub.writes()) == published
    assert "Published v1.0.0" in result.stderr


def test_a_missing_token_is_an_error_without_a_terminal(publish: Publish, hub: LoopbackHub):
    result = publish(NAME, "--yes", token="", stdin=subprocess.DEVNULL)
    assert result.returncode == 1
    assert "HF_TOKEN is not set" in result.stderr
    assert hub.requests == []


def test_a_text_is_included_only_by_name(
    publish: Publish, hub: LoopbackHub, released: Corpus, tmp_path: Path
):
    (bound,) = [
        name
        for name in released.document_ids()
        if not released.read_document(name).rights.redistribute_text
    ]
    kept = tmp_path / "kept"
    result = publish(NAME, "--dry-run", "--include-text", bound, "--out", str(kept))
    assert f"Texts included by --include-text: {bound}" in result.stdout
    assert (kept / "README.md").is_file()
    refused = publish(NAME, "--dry-run", "--include-text", f"{bound},nobody")
    assert "the corpus has no document nobody" in refused.stderr
    assert hub.writes() == []


@pytest.mark.parametrize("name", ["war-news", "a/b/c", "news lab/war"])
def test_a_name_that_is_none_is_explained(publish: Publish, name: str):
    result = publish(name, "--dry-run")
    assert result.returncode == 1
    assert "Expected ORG/NAME" in result.stderr
