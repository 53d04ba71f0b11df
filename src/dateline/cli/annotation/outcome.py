"""How commands tell what a pull did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli.shared import Settings
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.label_studio.sync.pull import Pulled
    from dateline.label_studio.sync.puller import Notice


class Outcome:
    """Tells of one pull or of several, at the end of what was refused, or ``at_once`` too."""

    def __init__(self, settings: Settings, *, at_once: bool = False) -> None:
        self._settings = settings
        self._at_once = at_once
        self._refused: list[str] = []
        self._told: set[Notice] = set()
        self._written = 0
        self._unchanged = 0

    def tell(self, pulled: Pulled) -> None:
        """Tell what a pull wrote and removed, and what it noticed that was not told before."""
        say = self._settings.say
        for notice in pulled.notices:
            if notice in self._told:
                continue
            self._told.add(notice)
            if notice.level == "refused":
                self._refused.append(_line(notice))
            if notice.level != "refused" or self._at_once:
                say(_line(notice))
        for file in pulled.written:
            click.echo(file)
        for file in pulled.removed:
            say(f"{file}: removed, for it is no more on the server")
        self._written += len(pulled.written)
        self._unchanged += pulled.unchanged

    def end(self) -> None:
        """Say how much there was. Raises DatelineError with all that was refused."""
        self._settings.say(f"annotations: {self._written} written, {self._unchanged} unchanged")
        if self._refused:
            raise DatelineError("Not pulled:\n" + "\n".join(f"  {line}" for line in self._refused))


def _line(notice: Notice) -> str:
    of = f" ({notice.annotator})" if notice.annotator else ""
    return f"{notice.document}{of}: {notice.message}"
