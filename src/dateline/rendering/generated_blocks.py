"""Generated parts of a Markdown page, between comments that mark their start and end."""

from __future__ import annotations

from dateline.errors import InvalidInputError


def block(page: str, name: str, file: str) -> str:
    """The content of the block with this name in the page.

    Raises InvalidInputError, naming the ``file``, unless each mark is in the page exactly once.
    """
    return _parts(page, name, file)[1].strip("\n")


def with_block(page: str, name: str, body: str, file: str) -> str:
    """The page with another content of the block. Raises InvalidInputError like `block`."""
    before, _, after = _parts(page, name, file)
    return "\n".join((before + _opening(name), "", body.strip("\n"), "", _closing(name))) + after


def without_block(page: str, name: str) -> str:
    """The page with empty lines instead of the block, or as it is if it does not have the block."""
    try:
        before, body, after = _parts(page, name, "")
    except InvalidInputError:
        return page
    return before + "\n" * body.count("\n") + after


def marks(name: str) -> str:
    """An empty block with this name."""
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
        raise InvalidInputError(
            f"{file}: expected the lines {opening} and {closing}, each once and in this order."
        )
    return before, body, after
