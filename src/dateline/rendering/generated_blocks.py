"""Parts of a Markdown page that a command writes, between marks that the reader does not see."""

from __future__ import annotations

from dateline.errors import DatelineError


def block(page: str, name: str, file: str) -> str:
    """What stands between the marks of this name in the page, which is the text of this file.

    Raises DatelineError where the marks are not there, each once and in order.
    """
    return _parts(page, name, file)[1].strip("\n")


def with_block(page: str, name: str, body: str, file: str) -> str:
    """The page with the body between the marks of this name.

    Raises DatelineError as `block` does.
    """
    before, _, after = _parts(page, name, file)
    return "\n".join((before + _opening(name), "", body.strip("\n"), "", _closing(name))) + after


def marks(name: str) -> str:
    """The marks of this name with nothing between them."""
    return f"{_opening(name)}\n{_closing(name)}\n"


def _opening(name: str) -> str:
    return f"<!-- dateline:{name} -->"


def _closing(name: str) -> str:
    return f"<!-- /dateline:{name} -->"


def _parts(page: str, name: str, file: str) -> tuple[str, str, str]:
    opening, closing = _opening(name), _closing(name)
    before, _, rest = page.partition(opening)
    body, _, after = rest.partition(closing)
    if page.count(opening) != 1 or page.count(closing) != 1 or closing not in rest:
        raise DatelineError(
            f"{file}: needs the lines {opening} and {closing}, each once and in this order."
        )
    return before, body, after
