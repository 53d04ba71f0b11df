"""Writing files whole: each is replaced in one step, several together or not at all.

Several files are written through a journal. It lists what is to be put in place and holds the new
contents; once it is complete on disk, the change is decided, and the next writer finishes it
after a crash (`recover`). Before that, nothing has changed.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from dateline.errors import ConflictError
from dateline.files.names import inside, plain_name
from dateline.files.reading import decode_json_as, read_bytes

NOTES = ".dateline"
"""The folder of a corpus for what is not part of it: locks, journals, notes of a pull."""
_JUST_MADE = 1
"""Seconds in which a temporary file may not be locked yet."""
WAIT = 60
"""Seconds that a command waits for another that is writing."""


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_atomically(path: Path, content: bytes | Iterable[bytes], mode: int = 0o644) -> None:
    """Write to a temporary file beside the path, then replace: readers see old or new, whole.

    The content may come in pieces.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.", suffix=".tmp"
    )
    written = Path(temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # held while somebody writes it: no leftover
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
            written.chmod(mode)
            written.replace(path)
    except BaseException as error:
        written.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            # A full disk: the system does not tell which file it is about.
            raise OSError(error.errno, error.strerror or str(error), str(path)) from None
        raise


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write the file unless it has this content already; True if it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True


@contextlib.contextmanager
def locked(root: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold the corpus's lock: one command at a time reads, changes and writes.

    Finishes first what an interrupted command had decided. Raises ConflictError if another command
    holds the lock for longer than ``wait`` seconds.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 (only writing commands need it)

    folder = root / NOTES
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise ConflictError(
            f"{root}: another command has been writing for more than {wait:g} seconds; wait for it "
            "to end, and run this one again."
        ) from None
    try:
        write_if_changed(folder / ".gitignore", b"*\n")
        recover(root)
        _remove_leftovers(root)
        yield
    finally:
        lock.release()


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed commands have left in a folder of several writers.

    Files that another command is writing are kept; `remove_leftovers_of` is for one writer.
    """
    for file in folder.glob(".*.tmp"):
        if _LEFTOVER.fullmatch(file.name) and file.is_file() and not file.is_symlink():
            with contextlib.suppress(OSError), file.open("rb") as opened:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - os.fstat(opened.fileno()).st_mtime > _JUST_MADE:
                    file.unlink(missing_ok=True)


def hashes(paths: Iterator[Path] | list[Path]) -> dict[Path, str | None]:
    """What each file holds now, as a hash; None where there is no file."""
    return {path: sha256(path.read_bytes()) if path.is_file() else None for path in paths}


def refuse_changed(before: Mapping[Path, str | None]) -> None:
    """Raise ConflictError, naming the files, if any of them is not what it was."""
    changed = [str(path) for path, old in hashes(list(before)).items() if old != before[path]]
    if changed:
        raise ConflictError(
            f"{', '.join(changed)}: changed while this command was running, so nothing "
            "was written; look at the change, and run the command again."
        )


class _Step(msgspec.Struct, frozen=True):
    """Put a staged file in place, or remove a file where nothing is staged."""

    path: str
    staged: str | None
    before: str | None


def write_together(root: Path, files: Mapping[Path, bytes | Path | None]) -> None:
    """Write several files of a corpus, or remove those whose content is None: all or none.

    In place of its content, a file may have the path of another file that has the content.

    Call it while holding `locked`. Interrupted at any moment, the files are as before, or `recover`
    makes all of them new. Raises InvalidInputError, and writes nothing, if a path leads out of the
    corpus; ConflictError if the disk fails when only some files are in place.
    """
    journal = root / NOTES / "journal"
    shutil.rmtree(journal, ignore_errors=True)
    for path in files:
        inside(root, path)
    steps = []
    try:
        for number, (path, content) in enumerate(files.items()):
            staged = None
            if content is not None:
                staged = str(number)
                write_atomically(
                    journal / staged,
                    content if isinstance(content, bytes) else content.read_bytes(),
                )
            before = sha256(path.read_bytes()) if path.is_file() else None
            steps.append(
                _Step(path=path.relative_to(root).as_posix(), staged=staged, before=before)
            )
        write_atomically(journal / "steps.json", msgspec.json.encode(steps))
    except OSError:
        shutil.rmtree(journal, ignore_errors=True)
        raise
    try:
        recover(root)
    except KeyboardInterrupt:
        recover(root)
        raise
    except OSError as error:
        raise ConflictError(
            f"{error.filename or journal}: {error.strerror}. Some files are new and some are old. "
            "Fix permissions or disk space, and run the command again; it finishes the change "
            "first."
        ) from None


def recover(root: Path) -> None:
    """Finish what an interrupted `write_together` had decided, and clear what it had not."""
    journal = root / NOTES / "journal"
    decided = journal / "steps.json"
    if decided.is_file():
        for step in decode_json_as(read_bytes(decided), list[_Step]):
            # The journal of somebody else's corpus could name any file.
            target = inside(root, root / step.path)
            content = None
            if step.staged is not None:
                content = read_bytes(journal / plain_name(step.staged, str(decided)))
            now = sha256(target.read_bytes()) if target.is_file() else None
            if now not in (None, step.before, sha256(content or b"")):
                raise ConflictError(
                    f"{target}: was changed after a command was interrupted that was about to "
                    f"write it. Remove {target} to finish that command, or remove {journal} to "
                    "keep your change; then compare the files with version control."
                )
            if content is None:
                target.unlink(missing_ok=True)
            else:
                # Copied, not moved: a crash between two steps must leave what to repeat them from.
                write_if_changed(target, content)
        decided.unlink()
    shutil.rmtree(journal, ignore_errors=True)


_FOLDERS = ("schema", "seeds", "corpus", "annotations", "releases", "benchmarks", "docs", NOTES)
_LEFTOVER = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")


def remove_leftovers_of(path: Path) -> None:
    """Remove the temporary files that killed commands left beside a file they were writing.

    Call it only while no other command can write the file.
    """
    for file in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        if _LEFTOVER.fullmatch(file.name):
            file.unlink(missing_ok=True)


def _remove_leftovers(root: Path) -> None:
    """Remove the temporary files of commands that were killed; nobody else writes meanwhile."""
    files = [path for path in root.iterdir() if path.is_file()]
    for folder in _FOLDERS:
        for path, _, names in os.walk(root / folder):
            files += [Path(path, name) for name in names]
    for file in files:
        if _LEFTOVER.fullmatch(file.name):
            file.unlink(missing_ok=True)
