"""Commands that are killed at any moment, and run again: they end as an uninterrupted run."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dateline.corpus.store import Corpus
from dateline.dataset.output_folder import replaced_folder
from dateline.errors import DatelineError
from dateline.files.writing import locked
from dateline.release.cut import NOTE, cut_release, resume_release
from dateline.release.git import Git
from dateline.release.plan import plan_release

from ..conftest import Run
from .conftest import git

DATE = "2026-11-30"
CALLS = (
    *((Path, name) for name in ("replace", "rename", "unlink", "mkdir", "chmod", "write_bytes")),
    *((Path, "rmdir"), (os, "fsync"), (tempfile, "mkstemp"), (tempfile, "mkdtemp")),
    *((shutil, "rmtree"), (subprocess, "run"), (subprocess, "Popen")),
)


def killed_at(number: int, task: Callable[[], object]) -> bool:
    """Run a task in a process that is killed at its n-th call that changes a file or runs git.

    Returns whether it was killed.
    """
    child = os.fork()
    if child == 0:
        left = number
        for owner, name in CALLS:
            real = getattr(owner, name)

            def counted(*args: Any, real: Any = real, **kwargs: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    os._exit(9)
                return real(*args, **kwargs)

            setattr(owner, name, counted)
        try:
            task()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {".git", ".dateline"} & {*path.relative_to(root).parts}
    }


def state(corpus: Corpus) -> object:
    listed = git(corpus, "show", "--name-only", "--format=%s", "HEAD")
    tagged = git(corpus, "tag", "--points-at", "HEAD")
    commits = git(corpus, "rev-list", "--count", "HEAD")
    return listed, tagged, commits, git(corpus, "status", "-s"), files_of(corpus.root)


def test_a_release_killed_at_any_moment_is_finished_by_the_same_command(
    corpus: Corpus, tmp_path: Path, run: Run
):
    copy = tmp_path / "copy"
    killed, plan = Corpus(copy), plan_release(corpus, None, DATE)

    def cut() -> None:
        with locked(copy):
            assert resume_release(killed) is None
            cut_release(killed, plan)

    shutil.copytree(corpus.root, copy)
    assert not killed_at(1000, cut)
    expected = state(killed)
    for number in itertools.count():
        shutil.rmtree(copy)
        shutil.copytree(corpus.root, copy)
        if not killed_at(number, cut):
            break
        if not (copy / NOTE).is_file() and git(killed, "tag"):
            assert state(killed) == expected, number  # The kill came after the last step.
            continue
        if number % 8 == 0:
            result = run(killed, "release", "--date", DATE)
            assert result.exit_code == 0, (number, result.output)
            assert "Released 1.0.0: commit" in result.stderr
        else:  # The same without building the dataset again.
            with locked(copy):
                if resume_release(killed) is None:
                    cut_release(killed, plan)
        assert state(killed) == expected, number
    assert number > 20


def test_a_change_after_an_interrupted_release_is_not_overwritten(corpus: Corpus, run: Run):
    plan = plan_release(corpus, None, DATE)
    run_git = Git.run

    def cut() -> None:
        Git.run = lambda self, *words: (
            os._exit(9) if words[0] == "commit" else run_git(self, *words)
        )
        cut_release(corpus, plan)

    assert killed_at(1000, cut)
    (corpus.root / "CITATION.cff").write_text("title: mine\n")
    result = run(corpus, "release")
    assert result.exit_code == 1
    assert "CITATION.cff: was changed after `dateline release` was interrupted" in result.stderr
    assert (corpus.root / "CITATION.cff").read_text() == "title: mine\n"
    refused = run(corpus, "release", "--dry-run")
    assert "finishes or undoes that release first" in refused.stderr
    git(corpus, "checkout", "HEAD", "--", "CITATION.cff")
    assert run(corpus, "release").exit_code == 0


def replace(out: Path) -> None:
    with replaced_folder(out) as folder:
        (folder / "README.md").write_bytes(b"new")


def fail_replacing(out: Path) -> None:
    """A next run, which recovers although it fails."""
    with replaced_folder(out):
        raise ZeroDivisionError


def test_an_output_folder_is_old_or_new_and_leftovers_are_removed(tmp_path: Path):
    number, killed = 0, True
    while killed:
        root = tmp_path / str(number)
        out = root / "dist"
        out.mkdir(parents=True)
        (out / "README.md").write_bytes(b"old")
        (root / ".dist.mine").mkdir()
        killed = killed_at(number, lambda out=out: replace(out))
        with pytest.raises(ZeroDivisionError):
            fail_replacing(out)
        assert files_of(out) in ({"README.md": b"old"}, {"README.md": b"new"}), number
        assert sorted(path.name for path in root.iterdir()) == [".dist.mine", "dist"], number
        number += 1
    assert number > 4


def test_a_full_disk_is_named_and_leaves_no_trace(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, run: Run
):
    before, plan = state(corpus), plan_release(corpus, None, DATE)
    real, left = os.fsync, 0

    def fsync(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    for allowed in range(8):
        with locked(corpus.root):
            left = allowed
            monkeypatch.setattr(os, "fsync", fsync)
            with pytest.raises((OSError, DatelineError)) as caught:
                cut_release(corpus, plan)
            monkeypatch.setattr(os, "fsync", real)
            assert "No space left on device" in str(caught.value)
            assert str(corpus.root) in str(caught.value)
            assert resume_release(corpus) is None
        assert state(corpus) == before, allowed
    assert run(corpus, "release", "--date", DATE).exit_code == 0


@pytest.mark.parametrize("kind", ["a file", "a link", "a folder of others", "a folder with others"])
def test_a_refused_output_folder_is_untouched(corpus: Corpus, tmp_path: Path, run: Run, kind: str):
    out = tmp_path / "mine"
    if kind == "a file":
        out.write_text("x")
    elif kind == "a link":
        out.symlink_to(tmp_path)
    else:
        if kind == "a folder with others":
            assert run(corpus, "build", "--out", str(out)).exit_code == 0
        out.mkdir(exist_ok=True)
        (out / "notes.txt").write_text("x")
    before = files_of(tmp_path)
    for command in (["build"], ["hydrate", str(tmp_path), "--texts", str(tmp_path)]):
        assert run(corpus, *command, "--out", str(out)).exit_code != 0
        assert files_of(tmp_path) == before
