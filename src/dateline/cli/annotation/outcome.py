"""Printing what pulls did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from dateline.cli.shared import Settings, echo
from dateline.errors import ConflictError, InvalidInputError
from dateline.rendering.listing import counted, listed

if TYPE_CHECKING:
    from dateline.label_studio.notice import Notice
    from dateline.label_studio.sync.pull_result import PullResult

SHOWN = 5
"""Documents that a message names."""


class Outcome:
    """Prints the results of one or several pulls, and lists refusals and errors at the end.

    With ``immediately``, refusals are printed with the pull too. No notice is printed twice.
    """

    def __init__(self, settings: Settings, *, immediately: bool = False) -> None:
        self._settings = settings
        self._immediately = immediately
        self._refused: list[str] = []
        self._invalid: dict[str, set[str]] = {}
        self._printed: set[Notice] = set()
        self._written = 0
        self._unchanged = 0

    def show(self, result: PullResult) -> None:
        """Print the files that a pull wrote and removed, and its notices."""
        for notice in result.notices:
            if notice in self._printed:
                continue
            self._printed.add(notice)
            if notice.level == "refused":
                self._refused.append(notice.line)
            if notice.level == "invalid":
                self._invalid.setdefault(notice.annotator or "", set()).add(notice.document or "")
            if notice.level != "refused" or self._immediately:
                self._settings.say(notice.line)
        for file in result.written:
            echo(file)
        for file in result.removed:
            self._settings.say(f"{file}: removed, because it was deleted on the server")
        self._written += len(result.written)
        self._unchanged += result.unchanged

    def finish(self, verb: str = "written") -> None:
        """Print the totals.

        Raises a ConflictError that lists all refusals, or else an InvalidInputError if something
        was written that is not valid.
        """
        self._settings.say(f"annotations: {self._written} {verb}, {self._unchanged} unchanged")
        invalid = not_valid(self._invalid)
        if self._refused:
            refused = ("Not pulled:", *(f"  {line}" for line in self._refused))
            raise ConflictError("\n".join((*invalid, *refused)))
        if invalid:
            raise InvalidInputError("\n".join(invalid))


def not_valid(documents: Mapping[str, Collection[str]]) -> list[str]:
    """A line for each annotator of these documents, whose annotations have errors."""
    return [
        f"annotations/{annotator}: {counted(len(names), 'annotation')} with errors: "
        f"{', '.join(listed(sorted(names), SHOWN))}. `dateline validate annotations/{annotator}` "
        "lists them."
        for annotator, names in sorted(documents.items())
    ]
