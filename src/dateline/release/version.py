"""Version numbers: three, and the git tag that carries them."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

from dateline.errors import DatelineError

VERSION = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"


class Level(IntEnum):
    """How much a new version changes for those who read the data."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Version(NamedTuple):
    """A semantic version; compares as one."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return ".".join(map(str, self))

    @property
    def tag(self) -> str:
        """The git tag of the version."""
        return f"v{self}"

    def bumped(self, level: Level) -> Version:
        """The next version of this level."""
        match level:
            case Level.MAJOR:
                return Version(self.major + 1, 0, 0)
            case Level.MINOR:
                return Version(self.major, self.minor + 1, 0)
            case Level.PATCH:
                return Version(self.major, self.minor, self.patch + 1)


def parse_version(text: str) -> Version:
    """The version that a text such as 1.2.3 or v1.2.3 names.

    Raises DatelineError where it names none.
    """
    found = re.fullmatch(f"v?{VERSION}", text)
    if found is None:
        raise DatelineError(f"«{text}»: is no version; write three numbers, such as 1.2.3.")
    return Version(*map(int, found.groups()))
