"""Collects what is wrong with a source, so that one message tells all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from dateline.errors import InvalidInputError
from dateline.rendering.listing import listed

SHOWN = 20
"""How many problems a message lists."""

P = ParamSpec("P")
T = TypeVar("T")


class Problems:
    """What is wrong with a source, one message for each problem."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def note(self, messages: Iterable[str]) -> None:
        """Add problems."""
        self._found += messages

    def noting(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """The result of a function; None if it raises InvalidInputError, which is a problem."""
        try:
            return read(*args, **kwargs)
        except InvalidInputError as error:
            self._found.append(str(error))
            return None

    def refuse(self) -> None:
        """Raise InvalidInputError for all problems, if there are any."""
        if self._found:
            raise refusal(self._found)


def refusal(problems: Iterable[str]) -> InvalidInputError:
    """The error that tells these problems."""
    return InvalidInputError("\n".join(listed(problems, SHOWN, more="more problems")))
