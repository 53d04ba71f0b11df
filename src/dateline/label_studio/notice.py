"""What a user should know about a document, or an annotator's work on it."""

from __future__ import annotations

from typing import Literal

from dateline.model import Struct

Level = Literal["refused", "invalid", "problem", "note"]


class Notice(Struct, frozen=True):
    """A message of a pull.

    ``refused``: nothing was written, and the user has to decide. ``invalid``: the annotation was
    written, but breaks a rule. ``problem``: it was written, but has an irregularity. ``note``: for
    information.
    """

    level: Level
    document: str
    annotator: str | None
    message: str

    @property
    def line(self) -> str:
        """The notice in one line."""
        of = f" ({self.annotator})" if self.annotator else ""
        return f"{self.document}{of}: {self.message}"
