"""Optional dependencies: what to install if an extra of the package is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, requires

from dateline.errors import MissingExtraError


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import the packages of an extra in this block.

    Raises MissingExtraError if one of them cannot be imported.
    """
    try:
        yield
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == __name__.partition(".")[0]:
            raise
        if not isinstance(error, ModuleNotFoundError):
            reason = f'{missing or "A package"} of the extra "{name}" cannot be imported: {error}'
            raise MissingExtraError(f"{reason.rstrip('.')}. {how_to_install(name)}") from None
        raise MissingExtraError(
            f'{missing} of the extra "{name}" is not installed. {how_to_install(name)}'
        ) from None


def how_to_install(name: str) -> str:
    """What to run for an extra. Names its packages, because Dateline is not on a package index."""
    packages = " ".join(f"'{package}'" for package in _packages(name))
    return f"Run: pip install {packages}" if packages else "Install that extra of Dateline."


def _packages(name: str) -> list[str]:
    """The requirements of an extra, such as ``matplotlib>=3.9``; empty if it is unknown."""
    try:
        listed = requires("dateline") or []
    except PackageNotFoundError:  # the source is on the path, but not installed
        return []
    split = (line.partition(";") for line in listed)
    return [
        requirement.strip()
        for requirement, _, marker in split
        if marker.replace("'", '"').strip() == f'extra == "{name}"'
    ]
