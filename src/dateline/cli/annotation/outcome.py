"""Printing what pulls did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateline.cli.shared import Settings, echo
from dateline.errors import ConflictError

if TYPE_CHECKING:
    from dateline.label_studio.notice import Notice
    from dateline.label_studio.sync.pull_result import PullResult


class Outcome:
    """Prints the results of one or several pulls, and lists refusals at the end.

    With ``immediately``, refusals are printed with the pull too. No notice is printed twice.
    """

    def __init__(self, settings: Settings, *, immediately: bool = False) -> None:
        self._settings = settings
        self._immediately = immediately
        self._refused: list[str] = []
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
            if notice.level != "refused" or self._immediately:
                self._settings.say(notice.line)
        for file in result.written:
            echo(file)
        for file in result.removed:
            self._settings.say(f"{file}: removed, because it was deleted on the server")
        self._written += len(result.written)
        self._unchanged += result.unchanged

    def finish(self, verb: str = "written") -> None:
        """Print the totals. Raises a ConflictError that lists all refusals."""
        self._settings.say(f"annotations: {self._written} {verb}, {self._unchanged} unchanged")
        if self._refused:
            raise ConflictError("Not pulled:\n" + "\n".join(f"  {line}" for line in self._refused))
