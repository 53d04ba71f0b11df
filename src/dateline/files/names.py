"""Names and paths from outside: which of them stay where they belong.

Everything that becomes a file name (an annotator, a system, a dataset's config, a document's id)
goes through here before anything is read or written under it.
"""

from __future__ import annotations

import re
from pathlib import Path

from dateline.errors import InvalidInputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def is_plain_name(name: str) -> bool:
    """Whether a name is a plain file name: letters of ASCII, digits, dot, hyphen, underscore."""
    return _NAME.fullmatch(name) is not None and not name.endswith(".")


def plain_name(name: str, what: str) -> str:
    """The name. Raises InvalidInputError, saying ``what`` it is, if it is not a plain file name."""
    if not is_plain_name(name):
        raise InvalidInputError(
            f"{what} {name!r}: is not a plain name. Allowed: a-z, A-Z, 0-9, '.', '-' and '_', "
            "at most 128 characters, a letter or digit first."
        )
    return name


def inside(root: Path, path: Path) -> Path:
    """The path. Raises InvalidInputError if it leads out of the root, also through a link.

    A link to nothing leads out, too.
    """
    try:
        target = path.resolve()
        is_inside = target.is_relative_to(root.resolve())
        is_inside = is_inside and not (path.is_symlink() and not target.exists())
    except (OSError, RuntimeError):
        raise InvalidInputError(f"{path}: is a link in a circle; replace it.") from None
    if not is_inside:
        raise InvalidInputError(f"{path}: leads out of {root}; nothing is read or written there.")
    return path
