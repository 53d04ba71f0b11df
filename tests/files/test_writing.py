"""Writing several files: all or none, whatever interrupts it, and one command at a time."""

from __future__ import annotations

import fcntl
import json
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from dateline.errors import ConflictError, InvalidInputError
from dateline.files.names import inside, is_plain_name, plain_name
from dateline.files.writing import (
    NOTES,
    hashes,
    locked,
    refuse_changed,
    remove_leftovers,
    write_atomically,
    write_together,
)

from ..killed import Killer

OLD = {"a.txt": b"old a", "b/c.txt": b"old c", "gone.txt": b"old"}
NEW = {"a.txt": b"new a", "b/c.txt": b"new c", "d.txt": b"new d"}

WRITE = """
from pathlib import Path
from dateline.files.writing import locked, write_together
root = Path({root!r})
with locked(root):
    write_together(root, {{root / "a.txt": b"new a", root / "b/c.txt": b"new c",
                           root / "d.txt": b"new d", root / "gone.txt": None}})
"""


def content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and NOTES not in path.parts
    }


def test_killed_at_any_moment_all_files_are_old_or_all_become_new(tmp_path):
    outcomes = []
    killer = Killer()
    for number in range(200):
        root = tmp_path / str(number)
        for name, old in OLD.items():
            write_atomically(root / name, old)
        done = killer.execute(WRITE.format(root=str(root)), number)
        with locked(root):
            found = {name: text for name, text in content(root).items() if "/." not in f"/{name}"}
        assert found in (OLD, NEW), number
        assert not (root / NOTES / "journal").exists()
        outcomes.append(found == NEW)
        if done.code == 0:
            break
    killer.close()
    # Decided once, it stays decided.
    assert outcomes == sorted(outcomes)
    assert outcomes[0] is False
    assert outcomes[-1] is True


def _add_one(root: Path) -> None:
    for _ in range(20):
        with locked(root):
            count = int((root / "count").read_text())
            write_atomically(root / "count", str(count + 1).encode())


def test_no_update_of_parallel_commands_is_lost(tmp_path):
    write_atomically(tmp_path / "count", b"0")
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_add_one, [tmp_path] * 4))
    assert (tmp_path / "count").read_text() == "80"


def test_a_command_that_waits_too_long_says_so(tmp_path):
    waiting = pytest.raises(ConflictError, match="another command has been writing")
    with locked(tmp_path), waiting, locked(tmp_path, wait=0.01):
        pytest.fail("the lock was taken twice")


def test_what_changed_meanwhile_is_not_overwritten(tmp_path):
    kept, gone = tmp_path / "kept", tmp_path / "gone"
    kept.write_text("a")
    before = hashes([kept, gone])
    refuse_changed(before)
    kept.write_text("b")
    with pytest.raises(ConflictError, match="kept: changed while"):
        refuse_changed(before)


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "", ".", "..", ".hidden", "a\n", "x" * 129, "a\\b", "é", "a b", "con."]
)
def test_names_that_could_lead_elsewhere_are_refused(name):
    assert not is_plain_name(name)
    with pytest.raises(InvalidInputError, match="the annotator"):
        plain_name(name, "the annotator")


def test_links_do_not_lead_out_of_a_folder(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    assert inside(root, root / "a.json") == root / "a.json"
    for path in (root / "link" / "a.json", root / ".." / "a.json"):
        with pytest.raises(InvalidInputError, match="leads out of"):
            inside(root, path)


@pytest.mark.parametrize(
    "step", [{"path": "../out", "staged": "0"}, {"path": "a", "staged": "../../secret"}]
)
def test_a_journal_of_somebody_else_leads_nowhere(tmp_path, step):
    root = tmp_path / "root"
    write_atomically(root / NOTES / "journal" / "0", b"x")
    write_atomically(root / NOTES / "journal" / "steps.json", json.dumps([step]).encode())
    (root / "secret").write_text("secret")
    with pytest.raises(InvalidInputError), locked(root):
        pytest.fail("the journal was followed")
    assert not (tmp_path / "out").exists()
    assert not (root / "a").exists()


def test_a_disk_that_fails_in_the_middle_is_named_and_the_change_finished_later(
    tmp_path, monkeypatch
):
    write_atomically(tmp_path / "a", b"old")
    files = {tmp_path / "a": b"new", tmp_path / "b": b"new"}
    with monkeypatch.context() as patch, locked(tmp_path):
        synced = os.fsync

        def full(descriptor):
            if (tmp_path / NOTES / "journal" / "steps.json").exists():
                raise OSError(28, "No space left on device", "b")
            synced(descriptor)

        patch.setattr(os, "fsync", full)
        with pytest.raises(ConflictError, match="No space left on device"):
            write_together(tmp_path, files)
    with locked(tmp_path):
        assert (tmp_path / "b").read_bytes() == b"new"
        assert (tmp_path / "a").read_bytes() == b"new"


def test_only_leftovers_of_commands_that_ended_are_removed(tmp_path: Path):
    killer = Killer()
    code = f"""
from pathlib import Path
from dateline.files.writing import write_atomically
write_atomically(Path({str(tmp_path)!r}) / "page.md", b"new")
"""
    for number in range(20):
        done = killer.execute(code, number)
        if done.code == 0:
            break
    killer.close()
    left = list(tmp_path.glob(".page.md.*.tmp"))
    assert left
    written, mine = tmp_path / ".page.md.abcdefgh.tmp", tmp_path / ".notes.tmp"
    mine.write_bytes(b"")
    with written.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for path in (*left, written):
            os.utime(path, (0, 0))
        remove_leftovers(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([written, mine, tmp_path / "page.md"])
    os.utime(written, (0, 0))
    remove_leftovers(tmp_path)
    assert not written.exists()
    remove_leftovers(tmp_path / "nowhere")
