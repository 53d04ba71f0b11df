"""The command line at a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path

from dateline.corpus.store import Corpus


class Terminal:
    """The command at a real terminal; waits for what it shows before each key."""

    def __init__(self, corpus: Corpus, *arguments: str) -> None:
        self._controller, terminal = pty.openpty()
        command = [sys.executable, "-m", "dateline", "--root", str(corpus.root), *arguments]
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
        self._process = subprocess.Popen(
            command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
        )
        os.close(terminal)
        self.shown = ""

    def until(self, text: str) -> str:
        """What is shown up to a text, which must come."""
        while text not in self.shown:
            ready, _, _ = select.select([self._controller], [], [], 60)
            assert ready, f"{text!r} did not come after {self.shown!r}"
            try:
                piece = os.read(self._controller, 65536)
            except OSError:
                piece = b""
            assert piece, f"{text!r} did not come, the command has ended: {self.shown!r}"
            self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", piece.decode())
        before, _, self.shown = self.shown.partition(text)
        return before

    def press(self, key: str) -> None:
        """Press a key once the command listens for one; what came before that it forgets."""
        for _ in range(3000):
            if not termios.tcgetattr(self._controller)[3] & termios.ICANON:
                break
            select.select([], [], [], 0.02)
        os.write(self._controller, key.encode())

    def type(self, line: str) -> None:
        """Type a line at a prompt."""
        os.write(self._controller, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Send what Ctrl+C sends, once threads beside the main one have worked for a second."""
        process = Path("/proc", str(self._process.pid))
        main = process / "task" / process.name
        while _ticks(process) - _ticks(main) < os.sysconf("SC_CLK_TCK"):
            assert self._process.poll() is None, "the command has ended"
            select.select([], [], [], 0.02)
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        code = self._process.wait(60)
        os.close(self._controller)
        return code


def _ticks(folder: Path) -> int:
    """The processor time of a process or thread; its name may have spaces."""
    _, _, fields = (folder / "stat").read_text().rpartition(")")
    user, system = fields.split()[11:13]
    return int(user) + int(system)
