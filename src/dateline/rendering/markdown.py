"""Markdown that shows just the text of values that are not trusted, and templates that make it."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$]|^[-+=])")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


class Markdown(str):
    """Text that is Markdown already, so that templates leave it as it is."""

    __slots__ = ()


def environment(package: str) -> Environment:
    """For the templates that lie in a package; what they print is escaped unless it is Markdown."""
    made = Environment(
        loader=PackageLoader(package, package_path=""),
        autoescape=False,  # noqa: S701 (it is Markdown: `finalize` escapes every value for it)
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["code"] = code
    return made


def one_line(text: str) -> str:
    """The text with every run of blanks and line breaks made one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def escape(value: object) -> str:
    """A value as Markdown that shows just its text, on one line, also in a table's cell."""
    if isinstance(value, Markdown):
        return value
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line(str(value))))


def code(value: object) -> Markdown:
    """A value as a code span, which holds in a table's cell too."""
    text = one_line(str(value)).replace("|", r"\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return Markdown(f"{fence}{pad}{text}{pad}{fence}")
