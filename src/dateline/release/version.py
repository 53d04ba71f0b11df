"""Semantic versions of a corpus, and the git tags that carry them."""

from __future__ import annotations

from enum import IntEnum

from semver import Version

from dateline.errors import InvalidInputError


class Level(IntEnum):
    """How much a new version changes for readers of the data."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


def parse_version(text: str) -> Version:
    """Read a version such as 1.2.3 or v1.2.3.

    Raises InvalidInputError if the text is anything else, such as a pre-release.
    """
    number = text.removeprefix("v")
    if Version.is_valid(number):
        version = Version.parse(number)
        if version == version.finalize_version() and not version.build:
            return version
    raise InvalidInputError(f'"{text}" is not a version. Expected three numbers, such as 1.2.3.')


def is_version(text: str) -> bool:
    """Whether a text is a version, with or without the v of a tag."""
    try:
        parse_version(text)
    except InvalidInputError:
        return False
    return True


def tag_of(version: Version) -> str:
    """The git tag of a version."""
    return f"v{version}"


def next_version(version: Version, level: Level) -> Version:
    """The next version that changes this much."""
    return version.next_version(str(level))
