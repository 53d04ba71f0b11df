"""The `git` program: what a repository holds, and what a release adds to it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dateline.errors import DatelineError


class Git:
    """The repository that a folder lies in; paths are relative to the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a command prints. Raises DatelineError with what git says where it fails."""
        done = self._done(*arguments, given=given)
        if done.returncode:
            raise DatelineError(_complaint(arguments, done.stderr))
        return done.stdout

    def succeeds(self, *arguments: str) -> bool:
        """Whether a command succeeds."""
        return self._done(*arguments).returncode == 0

    def commit_of(self, revision: str) -> str | None:
        """The id of the commit that a revision names; None where it names none."""
        wanted = f"{revision}^{{commit}}"
        done = self._done("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        return done.stdout.decode().strip() or None

    def refuse_no_repository(self) -> None:
        """Raise DatelineError where the folder lies in no repository."""
        if not self.succeeds("rev-parse", "--is-inside-work-tree"):
            raise DatelineError(
                f"{self.folder}: is in no git repository, so it has no versions. "
                "`git init` makes one; commit the corpus to it."
            )

    def committed(self, commit: str) -> dict[str, str]:
        """Blob ids of all files of a commit that lie below the folder."""
        listed = self.run("ls-tree", "-r", "-z", commit)
        found = {}
        for entry in _zero_separated(listed):
            attributes, _, path = entry.partition("\t")
            found[path] = attributes.split()[2]
        return found

    def present(self) -> dict[str, str]:
        """Blob ids of all files below the folder as they lie there now.

        What git knows to be unchanged since it was added is not read again.
        """
        found = {}
        for entry in _zero_separated(self.run("ls-files", "-s", "-z")):
            attributes, _, path = entry.partition("\t")
            found[path] = attributes.split()[1]
        other = self.run("ls-files", "--modified", "--deleted", "--others", "-z")
        doubtful = set(_zero_separated(other))
        for path in doubtful:
            found.pop(path, None)
        there = sorted(p for p in doubtful if "\n" not in p and (self.folder / p).is_file())
        # Paths on standard input count from the top of the repository unless they are absolute.
        absolute = "".join(f"{self.folder.resolve() / path}\n" for path in there)
        ids = self.run("hash-object", "--stdin-paths", given=absolute.encode()).decode().split()
        return found | dict(zip(there, ids, strict=True))

    def blobs(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs, in order, by one process for all."""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{blob}\n" for blob in ids).encode())
            wanted.seek(0)
            command = self._command(("cat-file", "--batch"))
            with subprocess.Popen(command, stdin=wanted, stdout=subprocess.PIPE) as process:  # noqa: S603
                printed = process.stdout
                while printed is not None and (header := printed.readline()):
                    if header.endswith(b" missing\n"):
                        raise DatelineError(
                            f"{self.folder}: git lacks an object: {header.decode()}"
                        )
                    yield printed.read(int(header.split()[2]))
                    printed.read(1)

    def _done(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = self._command(arguments)
        return subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return ["git", "-C", str(self.folder), "-c", "core.quotePath=false", *arguments]


def _zero_separated(output: bytes) -> list[str]:
    return [entry for entry in output.decode(errors="surrogateescape").split("\0") if entry]


def _complaint(arguments: Sequence[str], message: bytes) -> str:
    said = message.decode(errors="replace").strip().removeprefix("fatal: ") or "it did not say why"
    return f"git {arguments[0]} failed: {said}"
