"""The `git` program: reads the repository of a corpus, and writes a release to it."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dateline.errors import DatelineError, NotFoundError

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Git:
    """The repository that contains a folder; paths are relative to the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run a command and return its output. Raises DatelineError with git's message."""
        done = self._run(*arguments, given=given)
        if done.returncode:
            message = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
            raise DatelineError(f"git {arguments[0]} failed: {message or 'no message'}")
        return done.stdout

    def commit_of(self, revision: str) -> str | None:
        """The id of the commit that a revision names; None if there is none."""
        wanted = f"{revision}^{{commit}}"
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        return done.stdout.decode().strip() or None

    def commits_that_added(self, path: str) -> dict[str, str]:
        """The first commit up to HEAD that added each file at or below a path, by file."""
        listed = self._run(
            *("log", "--full-history", "--topo-order", "--reverse", "--no-renames", "--relative"),
            *("--diff-filter=A", "-z", "--name-only", "--format=%x00%H %P%x00", "HEAD", "--", path),
        )
        found: dict[str, str] = {}
        shallow = self.is_shallow()
        for entry in _zero_separated(listed.stdout):
            words = entry.strip("\n").split(" ")
            if _COMMIT.fullmatch(words[0]):
                # The oldest commit of a shallow clone seems to add every file.
                commit = "" if shallow and not any(words[1:]) else words[0]
            elif commit:
                found.setdefault(entry.strip("\n"), commit)
        return found

    def tags(self) -> dict[str, str]:
        """The commits that tags name, by tag."""
        names = self.run("for-each-ref", "--format=%(refname:strip=2)", "refs/tags").decode()
        commits = {tag: self.commit_of(f"refs/tags/{tag}") for tag in names.splitlines()}
        return {tag: commit for tag, commit in commits.items() if commit is not None}

    def is_shallow(self) -> bool:
        """Whether the repository lacks the older part of its history."""
        return self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def has_repository(self) -> bool:
        """Whether the folder is in a repository, and git is installed to read it."""
        try:
            return self._run("rev-parse", "--is-inside-work-tree").returncode == 0
        except NotFoundError:
            return False

    def refuse_no_repository(self) -> None:
        """Raise NotFoundError if the folder is not in a repository."""
        if self._run("rev-parse", "--is-inside-work-tree").returncode:
            raise NotFoundError(
                f"{self.folder}: is not in a git repository, so it has no versions. "
                "Run `git init` and commit the corpus."
            )

    def committed(self, commit: str) -> dict[str, str]:
        """The blob id of every file below the folder in a commit, by path."""
        found = {}
        for entry in _zero_separated(self.run("ls-tree", "-r", "-z", commit)):
            attributes, _, path = entry.partition("\t")
            found[path] = attributes.split()[2]
        return found

    def present(self) -> dict[str, str]:
        """The blob id of every file below the folder in the working tree, by path.

        Files that git knows to be unchanged are not read.
        """
        found = {}
        for entry in _zero_separated(self.run("ls-files", "-s", "-z")):
            attributes, _, path = entry.partition("\t")
            found[path] = attributes.split()[1]
        other = self.run("ls-files", "--modified", "--deleted", "--others", "-z")
        changed = set(_zero_separated(other))
        for path in changed:
            found.pop(path, None)
        files = sorted(p for p in changed if "\n" not in p and (self.folder / p).is_file())
        # Relative paths on standard input would count from the top of the repository.
        absolute = "".join(f"{self.folder.resolve() / path}\n" for path in files)
        ids = self.run("hash-object", "--stdin-paths", given=absolute.encode()).decode().split()
        return found | dict(zip(files, ids, strict=True))

    def blobs(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs, in order, read by one process."""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{blob}\n" for blob in ids).encode())
            wanted.seek(0)
            command = self._command(("cat-file", "--batch"))
            with subprocess.Popen(command, stdin=wanted, stdout=subprocess.PIPE) as process:  # noqa: S603
                printed = process.stdout
                while printed is not None and (header := printed.readline()):
                    if header.endswith(b" missing\n"):
                        raise NotFoundError(
                            f"{self.folder}: git lacks the object {header.split()[0].decode()}. "
                            "Fetch the whole history."
                        )
                    yield printed.read(int(header.split()[2]))
                    printed.read(1)
            if process.returncode:
                raise DatelineError(
                    f"{self.folder}: git cannot read an object of its repository. Run `git fsck`, "
                    "and clone it again."
                )

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = self._command(arguments)
        try:
            return subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603
        except FileNotFoundError:
            raise NotFoundError("git is not installed. Releases are read with it.") from None

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return ["git", "-C", str(self.folder), "-c", "core.quotePath=false", *arguments]


def _zero_separated(output: bytes) -> list[str]:
    return [entry for entry in output.decode(errors="surrogateescape").split("\0") if entry]
