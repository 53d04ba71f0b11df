"""Run the command line, or other code, in a process that ends, as a kill would, at the n-th change of a file.

Changes are counted by Python's audit events: whatever opens a file to write, renames, removes,
makes a folder, or starts git. What is sent to a server counts too. One process forks for each run, and then
imports what the run has imported, so that the next ones need not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline.files.writing import NOTES

HARNESS = r"""
import contextlib, json, os, socket, sys, tempfile

sys.dont_write_bytecode = True  # compiled modules are not changes of the command
left = changes = None
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.link",
           "os.symlink", "subprocess.Popen"}

def audit(event, arguments):
    if left is None:
        return
    if event == "open":
        path, _, flags = arguments
        if not flags & (os.O_WRONLY | os.O_RDWR) or str(path).startswith("/dev/"):
            return
    elif event not in CHANGES:
        return
    count()

def count():
    global changes
    changes += 1
    if changes > left:
        os._exit(9)

def counting(send):
    def sent(self, *arguments):
        if left is not None:
            count()
        return send(self, *arguments)
    return sent

sys.addaudithook(audit)
for name in ("send", "sendall"):
    setattr(socket.socket, name, counting(getattr(socket.socket, name)))
import dateline.cli.main

for line in sys.stdin:
    limit, code = json.loads(line)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        out = tempfile.TemporaryFile()
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
        os.close(0)
        ended = 70
        try:
            left, changes = (1 << 60 if limit is None else limit), 0
            exec(code, {})
            ended = 0
        except SystemExit as end:
            ended = end.code or 0
        except BaseException:
            import traceback
            traceback.print_exc()
        left = None
        sys.stdout.flush(), sys.stderr.flush()
        out.seek(0)
        output = out.read().decode(errors="replace")[-2000:]
        with os.fdopen(writer, "w") as answer:
            json.dump([changes, output, [*sys.modules]], answer)
        os._exit(ended if isinstance(ended, int) else 1)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    changed, output, imported = json.loads(told) if told else [limit, "", []]
    for name in imported:
        if name not in sys.modules:
            with contextlib.suppress(ImportError):
                __import__(name)
    print(json.dumps([os.waitstatus_to_exitcode(status), changed, output]), flush=True)
"""

KILLED = 9


@dataclass
class Ended:
    """How a command ended, after how many changes, and what it printed."""

    code: int
    changes: int
    output: str


class Killer:
    """Runs commands that are killed at a change of a file, or run to their end."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HARNESS],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip

    def run(self, root: Path, command: Sequence[str], changes: int | None = None) -> Ended:
        """Run a command on a corpus; it is killed at the change after so many of them.

        ``{root}`` in the command is the folder of the corpus.
        """
        arguments = [argument.replace("{root}", str(root)) for argument in command]
        arguments = ["--root", str(root), *arguments]
        return self.execute(f"from dateline.cli.main import main\nmain({arguments!r})", changes)

    def execute(self, code: str, changes: int | None = None) -> Ended:
        """Execute code of Python, like a command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([changes, code]), file=self._process.stdin, flush=True)
        return Ended(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


def kill_points(changes: int, most: int | None) -> list[int]:
    """Numbers of changes after which to kill: all, or as many as are wanted, evenly spread."""
    if most is None or changes <= most:
        return list(range(changes))
    return sorted({round(n * (changes - 1) / (most - 1)) for n in range(most)})


def killed_runs(root: Path, command: Sequence[str], folder: Path) -> Iterator[Path]:
    """Copies of a corpus in which a command was killed, at its first change, its second, and so on.

    The last one is a copy in which it ran to its end.
    """
    killer = Killer()
    try:
        whole = folder / "whole"
        shutil.copytree(root, whole)
        done = killer.run(whole, command)
        assert done.code == 0, done.output
        for number in kill_points(done.changes, None):
            copy = folder / str(number)
            shutil.copytree(root, copy)
            assert killer.run(copy, command, number).code == KILLED
            yield copy
        yield whole
    finally:
        killer.close()


def contents(root: Path) -> dict[str, bytes]:
    """All files of a corpus with their content, without locks; temporary files are included."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path != root / NOTES / "lock" and ".git" not in path.parts
    }
