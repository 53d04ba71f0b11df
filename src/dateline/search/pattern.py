"""Regular expressions of a search, with a limit on the time that a text may take."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from dateline.errors import InvalidInputError
from dateline.model import Range
from dateline.text import excerpt

SECONDS = 2.0
"""Time that a pattern may take for one text. An ordinary one takes milliseconds for a book."""


class Pattern:
    """A regular expression of the package ``regex``, such as ``(?i)troops?``."""

    def __init__(self, pattern: str) -> None:
        """Raises InvalidInputError if it is not one."""
        self._shown = excerpt(pattern)
        try:
            self._compiled = regex.compile(pattern)
        except (regex.error, OverflowError, RecursionError, MemoryError) as error:
            reason = str(error) or "it is too large"
            raise InvalidInputError(
                f'"{self._shown}" is not a regular expression: {reason}.'
            ) from None

    def matches(self, text: str) -> Iterator[Range]:
        """The parts of the text that match and are not empty.

        Raises InvalidInputError if that takes too long.
        """
        try:
            for found in self._compiled.finditer(text, timeout=SECONDS):
                if found.end() > found.start():
                    yield found.span()
        except (TimeoutError, MemoryError, RecursionError):
            raise self._too_slow(text) from None

    def is_in(self, text: str) -> bool:
        """Whether a part of the text matches, which may be empty. Raises as `matches`."""
        try:
            return self._compiled.search(text, timeout=SECONDS) is not None
        except (TimeoutError, MemoryError, RecursionError):
            raise self._too_slow(text) from None

    def _too_slow(self, text: str) -> InvalidInputError:
        return InvalidInputError(
            f'"{self._shown}" takes too long on a text of {len(text):,} characters that begins '
            f'with "{excerpt(text, 0, 40)}". Write it without a repetition in a repetition, such '
            "as (a+)+."
        )
