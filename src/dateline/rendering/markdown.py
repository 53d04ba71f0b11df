"""Escaping of values for Markdown, and Markdown templates that escape their values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$]|^[-+=])")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


class Markdown(str):
    """Text that is already Markdown, which templates do not escape."""

    __slots__ = ()


def environment(package: str) -> Environment:
    """The Jinja environment for templates in a package; values are escaped unless Markdown."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 (slow to import)

    made = Environment(
        loader=PackageLoader(package, package_path=""),
        autoescape=False,  # noqa: S701 (`finalize` escapes every value for Markdown)
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["code"] = code
    return made


def one_line(text: str) -> str:
    """The text on one line, with whitespace collapsed to single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def escape(value: object) -> str:
    """A value escaped for Markdown, on one line; also for table cells."""
    if isinstance(value, Markdown):
        return value
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line(str(value))))


def code(value: object) -> Markdown:
    """A value as a code span; also for table cells."""
    text = one_line(str(value)).replace("|", r"\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return Markdown(f"{fence}{pad}{text}{pad}{fence}")
