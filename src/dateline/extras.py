"""Optional dependencies: what to install if an extra of the package is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, requires, version

from dateline.errors import MissingExtraError


@contextmanager
def extra(name: str, checked: str = "") -> Iterator[None]:
    """Import the packages of an extra in this block.

    Raises MissingExtraError if one of them cannot be imported, or if the package ``checked`` is
    installed with other packages than the versions that it needs.
    """
    if checked:
        _refuse_other_versions(name, checked)
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


def _refuse_other_versions(extra_name: str, package: str) -> None:
    from packaging.requirements import Requirement  # noqa: PLC0415 (slow to import)

    try:
        needed = [Requirement(line) for line in requires(package) or []]
        for one in needed:
            if one.marker is not None and not one.marker.evaluate({"extra": ""}):
                continue
            installed = version(one.name)
            if not one.specifier.contains(installed, prereleases=True):
                raise MissingExtraError(
                    f'{package} of the extra "{extra_name}" needs {one.name}{one.specifier}, but '
                    f"{one.name} {installed} is installed. {how_to_install(extra_name)}"
                )
    except PackageNotFoundError:
        return  # what is missing is noticed when it is imported


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
