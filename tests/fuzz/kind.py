"""What a kind of file is: contents to start from, commands that read it, and what must hold then."""

from __future__ import annotations

import random
import shutil
import signal
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from dateline.cli.main import main

SECONDS = 10
"""How much processor time a command may take for one input, whatever else the machine does."""

Check = Callable[[bytes, int], str | None]


class HangError(BaseException):
    """A command took too long; not an Exception, so that nothing takes it for an error."""


@dataclass
class Kind:
    """A file of a corpus, contents to start from, and the commands that read it.

    The first command is run for every input, and one or none of the others in turn. ``check`` gets the content and the exit code of the first command, and says what is wrong.
    """

    root: Path
    path: Path
    bases: Sequence[bytes]
    change: Callable[[bytes, random.Random], bytes]
    commands: Sequence[Sequence[str]]
    check: Check = lambda _content, _code: None
    written: Sequence[Path] = field(default_factory=list)

    def problems(self, content: bytes) -> Iterator[str]:
        """What goes wrong with this content in the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(content)
        first, *others = self.commands
        code, found = run(self.root, first)
        if found is None:
            found = self.check(content, code)
        if found is not None:
            yield f"{first[0]}: {found}"
        turn = zlib.crc32(content) % (len(others) + 1)
        if turn < len(others):
            other = others[turn]
            _, found = run(self.root, other)
            if found is not None:
                yield f"{other[0]}: {found}"
        for path in self.root.rglob(".*"):
            if path.name.endswith(".tmp") or path.name.startswith(".dist."):
                yield f"left {path.name}"
                shutil.rmtree(path, ignore_errors=True)
                path.unlink(missing_ok=True)
        for path in self.written:
            path.unlink(missing_ok=True)


def run(root: Path, command: Sequence[str]) -> tuple[int, str | None]:
    """The exit code of a command, and what is wrong with how it ended."""
    with time_limit():
        try:
            result = CliRunner().invoke(main, ["--root", str(root), *command])
        except HangError:
            return -1, "took too long"
    if result.exc_info is not None and not isinstance(result.exception, SystemExit | None):
        last = traceback.extract_tb(result.exc_info[2])[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        return -1, f"traceback {type(result.exception).__name__} at {place}"
    if result.exit_code not in (0, 1, 2):
        return result.exit_code, f"exit code {result.exit_code}"
    if result.exit_code and not result.output.strip():
        return result.exit_code, f"exit code {result.exit_code} without a message"
    if "Traceback" in result.output:
        return result.exit_code, "a traceback in the output"
    return result.exit_code, None


@contextmanager
def time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise HangError

    old = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)


def accepted_only_if(problem: Callable[[bytes], str | None]) -> Check:
    return lambda content, code: problem(content) if code == 0 else None
