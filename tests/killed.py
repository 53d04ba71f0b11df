"""Run the command line in a process that ends, as a kill would, at the n-th change of a file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dateline.files.writing import NOTES

_KILLED = """
import os, shutil, sys, tempfile
from pathlib import Path

left = int(sys.argv[1])

def counted(call):
    def wrapper(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return call(*args, **kwargs)
    return wrapper

for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (Path, "chmod"),
                    (os, "fsync"), (tempfile, "mkstemp"), (shutil, "rmtree")):
    setattr(owner, name, counted(getattr(owner, name)))
from dateline.cli.main import main

main(sys.argv[2:])
"""


def killed_runs(root: Path, commands: Sequence[str], folder: Path) -> Iterator[Path]:
    """Copies of a corpus in which a command was killed, at its first change, its second, and so on.

    The last one is a copy in which it ran to its end.
    """
    for number in range(1000):
        copy = folder / str(number)
        shutil.copytree(root, copy)
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(number), "--root", str(copy), *commands],
            check=False, capture_output=True,
        )  # fmt: skip
        yield copy
        if done.returncode != 9:
            assert done.returncode == 0, done.stderr
            return


def contents(root: Path) -> dict[str, bytes]:
    """All files of a corpus with their content, without locks; temporary files are included."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path != root / NOTES / "lock"
    }
